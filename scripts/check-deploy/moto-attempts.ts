import * as dynamodb from "@aws-sdk/client-dynamodb";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Deployed } from "./moto.ts";
import type { Moto } from "./moto-server.ts";
import { complaint, runTool } from "./tools.ts";

type Request = readonly [name: string, run: () => Promise<unknown>];

/** Requests that the fallback makes, and requests that it must not make, with its keys. */
function requests(moto: Moto, table: string, credentials: { accessKeyId: string; secretAccessKey: string }) {
  const settings = { endpoint: moto.url, region: "us-east-1", credentials, maxAttempts: 1 };
  const db = new dynamodb.DynamoDBClient(settings);
  const ssm = new SSMClient(settings);
  const TableName = table;
  const Key = { callSid: { S: "CA1" } };
  const cli = async (...args: string[]) => {
    const { accessKeyId, secretAccessKey } = credentials;
    const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_MAX_ATTEMPTS: "1" };
    const ran = await runTool("aws", args, { env: { ...moto.env, ...own } });
    if (ran.code !== 0) throw new Error(complaint(ran));
  };
  const letThrough: Request[] = [
    ["GetItem", () => db.send(new dynamodb.GetItemCommand({ TableName, Key }))],
    ["UpdateItem", () => db.send(new dynamodb.UpdateItemCommand({ TableName, Key, UpdateExpression: "REMOVE x" }))],
  ];
  const denied: Request[] = [
    ["PutItem", () => db.send(new dynamodb.PutItemCommand({ TableName, Item: Key }))],
    ["DeleteItem", () => db.send(new dynamodb.DeleteItemCommand({ TableName, Key }))],
    ["Scan", () => db.send(new dynamodb.ScanCommand({ TableName }))],
    [
      "Query",
      () =>
        db.send(
          new dynamodb.QueryCommand({
            TableName,
            KeyConditionExpression: "callSid = :c",
            ExpressionAttributeValues: { ":c": { S: "CA1" } },
          }),
        ),
    ],
    ["BatchGetItem", () => db.send(new dynamodb.BatchGetItemCommand({ RequestItems: { [table]: { Keys: [Key] } } }))],
    [
      "BatchWriteItem",
      () => db.send(new dynamodb.BatchWriteItemCommand({ RequestItems: { [table]: [{ PutRequest: { Item: Key } }] } })),
    ],
    [
      "TransactWriteItems",
      () => db.send(new dynamodb.TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key } }] })),
    ],
    ["PartiQL", () => db.send(new dynamodb.ExecuteStatementCommand({ Statement: `SELECT * FROM "${table}"` }))],
    ["ListTables", () => db.send(new dynamodb.ListTablesCommand({}))],
    ["DescribeTable", () => db.send(new dynamodb.DescribeTableCommand({ TableName }))],
    ["UpdateTable", () => db.send(new dynamodb.UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))],
    ["DeleteTable", () => db.send(new dynamodb.DeleteTableCommand({ TableName }))],
    ["ssm GetParameters", () => ssm.send(new GetParametersCommand({ Names: ["/stayline/seal-keys"] }))],
    ["iam create-access-key", () => cli("iam", "create-access-key")],
    ["iam list-users", () => cli("iam", "list-users")],
    ["logs describe-log-groups", () => cli("logs", "describe-log-groups")],
    ["cloudformation delete-stack", () => cli("cloudformation", "delete-stack", "--stack-name", "stayline")],
    ["s3 list-buckets", () => cli("s3api", "list-buckets")],
  ];
  return { letThrough, denied };
}

/**
 * Tries a pair of keys that may do what the fallback's may. Moto enforces actions but knows DynamoDB's resources only as
 * `*`, so these keys have the fallback's actions on `*`: whatever they may not do, the fallback may not do either.
 */
export async function attempts(
  moto: Moto,
  { ids, template }: Deployed,
): Promise<{ said: string[]; problems: string[] }> {
  const policy = template.Resources.TableAccess?.Properties.PolicyDocument as { Statement: { Action: string[] }[] };
  const actions = policy.Statement.flatMap(({ Action }) => Action);
  const widened = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
  await moto.aws("iam", "create-user", "--user-name", "tried");
  await moto.aws(
    ...["iam", "put-user-policy", "--user-name", "tried", "--policy-name", "actions"],
    ...["--policy-document", JSON.stringify(widened)],
  );
  const { AccessKey } = (await moto.aws("iam", "create-access-key", "--user-name", "tried")) as {
    AccessKey: { AccessKeyId: string; SecretAccessKey: string };
  };
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey;
  const { letThrough, denied } = requests(moto, ids.get("Table") ?? "", { accessKeyId, secretAccessKey });
  const problems: string[] = [];
  await moto.enforce(true);
  try {
    for (const [name, run] of letThrough) {
      await run().catch((error) => problems.push(`moto: the fallback cannot ${name}: ${String(error)}`));
    }
    for (const [name, run] of denied) {
      const how = await run().then(
        () => "it succeeded",
        (error: Error) => (isDenial(error) ? undefined : error.message),
      );
      if (how !== undefined) problems.push(`moto: the fallback was not denied ${name}: ${how}`);
    }
  } finally {
    await moto.enforce(false);
  }
  return { said: [`fallback's keys: ${letThrough.length} requests let through, ${denied.length} denied`], problems };
}

/** Moto denies in XML, also to a client that speaks JSON and cannot read it: then the status tells. */
function isDenial(error: Error & { $response?: { statusCode?: number } }): boolean {
  return error.$response?.statusCode === 403 || /AccessDenied|not authorized/i.test(`${error.name} ${error.message}`);
}
