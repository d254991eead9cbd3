import { sample } from "./identities.ts";

/** Everything that each identity of the template may do. Whoever changes a policy changes this list too, on purpose. */

const { account, region, table, key } = sample;
const log = (name: string) => `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/stayline/${name}:*`;
const parameter = (name: string) => `arn:aws:ssm:${region}:${account}:parameter/stayline/${name}`;

const onTable = [`Allow dynamodb:GetItem ${table}`, `Allow dynamodb:UpdateItem ${table}`];
const onSecrets = [
  `Allow kms:Decrypt ${key}`,
  `Allow ssm:GetParameters ${parameter("seal-keys")}`,
  `Allow ssm:GetParameters ${parameter("twilio-auth-token")}`,
];
const onLog = (name: string) => [`Allow logs:CreateLogStream ${log(name)}`, `Allow logs:PutLogEvents ${log(name)}`];

export const allowed: Readonly<Record<string, readonly string[]>> = {
  VoiceWebhookRole: [
    ...onTable,
    ...onSecrets,
    `Allow ssm:GetParameters ${parameter("sorry")}`,
    ...onLog("voice-webhook"),
  ],
  StatusCallbackRole: [...onTable, ...onSecrets, ...onLog("status-callback")],
  MediaRole: onLog("media"),
  OutboxRole: [
    `Allow dynamodb:Query ${table}/index/outbox`,
    `Allow dynamodb:UpdateItem ${table}`,
    `Allow kms:Decrypt ${key}`,
    `Allow ssm:GetParameters ${parameter("seal-keys")}`,
    `Allow ssm:GetParameters ${parameter("twilio-rest-login")}`,
    ...onLog("outbox"),
  ],
  FallbackUser: onTable,
};

const dynamodb = `BatchGetItem BatchWriteItem ConditionCheckItem CreateBackup CreateGlobalTable CreateTable
  CreateTableReplica DeleteBackup DeleteItem DeleteResourcePolicy DeleteTable DeleteTableReplica DescribeBackup
  DescribeContinuousBackups DescribeEndpoints DescribeExport DescribeGlobalTable DescribeImport DescribeLimits
  DescribeStream DescribeTable DescribeTimeToLive DisableKinesisStreamingDestination EnableKinesisStreamingDestination
  ExportTableToPointInTime GetRecords GetResourcePolicy GetShardIterator ImportTable ListBackups ListExports
  ListGlobalTables ListStreams ListTables ListTagsOfResource PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate
  PurchaseReservedCapacityOfferings PutItem PutResourcePolicy Query RestoreTableFromBackup RestoreTableToPointInTime
  Scan StartAwsBackupJob TagResource UntagResource UpdateContinuousBackups UpdateContributorInsights
  UpdateGlobalTable UpdateGlobalTableSettings UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive`;
const elsewhere = `apigateway:GET cloudformation:DeleteStack cloudformation:DescribeStacks cloudformation:UpdateStack
  cloudwatch:DeleteAlarms cloudwatch:GetMetricData ec2:DescribeInstances iam:AttachUserPolicy iam:CreateAccessKey
  iam:CreateUser iam:DeleteUserPolicy iam:GetUser iam:ListAccessKeys iam:PassRole iam:PutUserPolicy
  iam:UpdateAccessKey kms:CreateGrant kms:Decrypt kms:Encrypt lambda:GetFunction lambda:GetFunctionConfiguration
  lambda:InvokeFunction lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration logs:FilterLogEvents
  logs:GetLogEvents logs:PutLogEvents s3:GetObject s3:ListAllMyBuckets s3:PutObject secretsmanager:GetSecretValue
  ses:SendEmail sns:Publish sqs:SendMessage ssm:DescribeParameters ssm:GetParameter ssm:GetParameters
  ssm:GetParametersByPath ssm:PutParameter sts:AssumeRole`;
const words = (text: string) => text.split(/\s+/);

/** What the fallback leg's keys must not open, also in the hands of somebody else: action and resource. */
export const forbiddenToFallback: readonly { readonly action: string; readonly resource: string }[] = [
  ...words(dynamodb).flatMap((name) =>
    [table, `${table}/index/any`, `${table}/stream/2026-01-01T00:00:00.000`, `${table}/backup/1`, "*"].map(
      (resource) => ({ action: `dynamodb:${name}`, resource }),
    ),
  ),
  ...["dynamodb:GetItem", "dynamodb:UpdateItem"].flatMap((action) =>
    [
      `${table}2`,
      `${table}/index/any`,
      table.replace("stayline-Table", "another"),
      table.replace(region, "eu-west-1"),
      table.replace(account, "210987654321"),
      "*",
    ].map((resource) => ({ action, resource })),
  ),
  ...words(elsewhere).flatMap((action) =>
    ["*", table, key, parameter("seal-keys"), log("voice-webhook")].map((resource) => ({ action, resource })),
  ),
];
