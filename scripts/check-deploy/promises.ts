import { limits } from "../../core/limits.ts";
import { delivery } from "../../core/outbox-delivery.ts";
import { outboxIndex } from "../../core/stores/dynamodb-outbox.ts";
import { resolve } from "./identities.ts";
import { asList, asObject, type Json, type JsonObject, type Resource, type Template, walk } from "./template.ts";

/** What may stand in an access log: nothing of the path, the query, the headers or the caller. */
const loggable = new Set(
  `requestId requestTimeEpoch routeKey status responseLatency responseLength integration.status
  integration.integrationStatus integration.requestId integration.latency integrationErrorMessage error.message
  error.responseType`.split(/\s+/),
);
/** What core/environment.ts and lambda/outbox-env.ts insist on, the secrets by the names of their parameters. */
const variablesOfAll = ["PRIMARY_BASE_URL", "FALLBACK_BASE_URL", "TABLE_NAME", "TABLE_REGION", "SEAL_KEYS_PARAMETER"];
const variablesNeeded = {
  leg: [...variablesOfAll, "TWILIO_AUTH_TOKEN_PARAMETER"],
  outbox: [...variablesOfAll, "TWILIO_REST_LOGIN_PARAMETER", "TWILIO_ACCOUNT_SID"],
};
const secretLike =
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:AC|SK)[0-9a-f]{32}\b|\b[0-9a-f]{32}\b|[a-z0-9]{1,8}:[A-Za-z0-9+/]{43}=|-----BEGIN/;

/**
 * What the design promises of its deployment and no general linter can know.
 *
 * @returns one line for each promise that the template breaks
 */
export function checkPromises(template: Template): string[] {
  const { resources, globals, parameters } = template;
  const all = Object.entries(resources);
  const of = (type: string) => all.filter(([, resource]) => resource.Type === type);
  const functions = of("AWS::Serverless::Function").map(
    ([name, { Properties }]) => [name, { ...asObject(globals.Function), ...Properties }] as const,
  );
  const problems: string[] = [];
  const must = (holds: boolean, line: string) => void (holds || problems.push(line));

  must(functions.length === 4, "there are not four functions");
  for (const [name, properties] of functions) {
    const [timeoutMs, home] =
      name === "Outbox"
        ? [delivery.functionTimeoutMs, "delivery.functionTimeoutMs"]
        : [limits.lambdaTimeoutMs, "limits.lambdaTimeoutMs"];
    must(properties.Timeout === timeoutMs / 1_000, `${name}: Timeout is not ${home}`);
    must(properties.Runtime === "nodejs22.x", `${name}: not on Node 22`);
    must(asList(properties.Architectures).join() === "arm64", `${name}: not on arm64`);
    must(resources[name]?.Properties.CodeUri === "dist/lambda", `${name}: CodeUri is not what the build writes`);
    const variables = asObject(asObject(properties.Environment).Variables);
    for (const secret of ["SEAL_KEYS", "TWILIO_AUTH_TOKEN", "TWILIO_REST_LOGIN", "TABLE_SECRET_ACCESS_KEY"]) {
      must(!(secret in variables), `${name}: ${secret} is in the template`);
    }
    if (name !== "Media") {
      for (const needed of variablesNeeded[name === "Outbox" ? "outbox" : "leg"])
        must(needed in variables, `${name}: ${needed} is missing`);
    }
    const group = resources[String(asObject(asObject(properties.LoggingConfig).LogGroup).Ref)];
    must(group?.Type === "AWS::Logs::LogGroup", `${name}: has no log group of ours`);
  }
  for (const [name, { Properties }] of of("AWS::ApiGatewayV2::Integration")) {
    const isAsPromised = Number(Properties.TimeoutInMillis) === limits.gatewayTimeoutMs;
    must(isAsPromised, `${name}: TimeoutInMillis is not limits.gatewayTimeoutMs`);
  }
  for (const [name, { Properties }] of of("AWS::Logs::LogGroup")) {
    must(asObject(Properties.RetentionInDays).Ref === "LogRetentionDays", `${name}: keeps logs for ever`);
  }
  must(of("AWS::ApiGatewayV2::Stage").length === 1, "there is not one stage");
  for (const [name, { Properties }] of of("AWS::ApiGatewayV2::Stage")) problems.push(...checkStage(name, Properties));
  must(of("AWS::DynamoDB::GlobalTable").length === 1, "there is not one table");
  for (const [name, table] of of("AWS::DynamoDB::GlobalTable")) problems.push(...checkTable(name, table, template));
  const latency = Number(resources.LatencyAlarm?.Properties.Threshold);
  must(latency < limits.primaryLeaveMs, "LatencyAlarm: its threshold is not below limits.primaryLeaveMs");
  must(
    String(resources.LatencyAlarm?.Properties.AlarmDescription).includes(limits.primaryLeaveMs.toLocaleString("en")),
    "LatencyAlarm: its description tells another deadline than limits.primaryLeaveMs",
  );
  for (const [name, { Properties }] of of("AWS::CloudWatch::Alarm")) {
    must("AlarmActions" in Properties && "OKActions" in Properties, `${name}: tells nobody`);
  }
  for (const [name, { Default }] of Object.entries(parameters)) {
    must(!secretLike.test(String(Default ?? "")), `${name}: its default looks like a secret`);
  }
  for (const [name, { Properties }] of all) {
    for (const { value, place } of walk(Properties, name)) {
      must(typeof value !== "string" || !secretLike.test(value), `${place} looks like a secret`);
    }
  }
  return problems;
}

function checkStage(name: string, properties: JsonObject): string[] {
  const problems: string[] = [];
  const format = String(asObject(properties.AccessLogSettings).Format ?? "");
  for (const [, variable = ""] of format.matchAll(/\$context\.([A-Za-z.]+)/g)) {
    if (!loggable.has(variable)) problems.push(`${name}: the access log has ${variable}`);
  }
  const line = toJson(format.replaceAll(/\$context\.[A-Za-z.]+/g, "-"));
  const wanted = ["routeKey", "status", "responseLatencyMs", "integrationStatus", "integrationLatencyMs", "error"];
  for (const field of wanted) if (!(field in asObject(line))) problems.push(`${name}: the access log has no ${field}`);
  const throttling = asObject(properties.DefaultRouteSettings);
  for (const setting of ["ThrottlingRateLimit", "ThrottlingBurstLimit"]) {
    if (!(setting in throttling)) problems.push(`${name}: no ${setting}`);
  }
  return problems;
}

function toJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkTable(name: string, { Properties, rest }: Resource, template: Template): string[] {
  // every condition holds: with both Regions
  const table = asObject(resolve(Properties, template));
  const replicas = asList(table.Replicas).map(asObject);
  const [key] = asList(table.KeySchema).map(asObject);
  const [index, ...moreIndexes] = asList(table.GlobalSecondaryIndexes).map(asObject);
  const indexKeys = asList(index?.KeySchema).map((one) => String(asObject(one).AttributeName));
  const held: [string, boolean][] = [
    ["key callSid", key?.AttributeName === "callSid" && asList(table.KeySchema).length === 1],
    [
      "one index, on outbox and dueAtMs, with nothing of what letters say",
      index?.IndexName === outboxIndex &&
        moreIndexes.length === 0 &&
        indexKeys.join() === "outbox,dueAtMs" &&
        asObject(index.Projection).ProjectionType === "INCLUDE" &&
        asList(asObject(index.Projection).NonKeyAttributes).join() === "lease,tries,reason",
    ],
    ["TTL on ttlAtSec", asObject(table.TimeToLiveSpecification).AttributeName === "ttlAtSec"],
    ["TTL enabled", asObject(table.TimeToLiveSpecification).Enabled === true],
    ["on demand", table.BillingMode === "PAY_PER_REQUEST"],
    ["encryption", asObject(table.SSESpecification).SSEEnabled === true],
    ["two replicas at most", replicas.length === 2],
    ["deletion protection", replicas.every(({ DeletionProtectionEnabled }) => DeletionProtectionEnabled === true)],
    [
      "point-in-time recovery",
      replicas.every((one) => asObject(one.PointInTimeRecoverySpecification).PointInTimeRecoveryEnabled === true),
    ],
    ["kept with the stack gone", rest.DeletionPolicy === "Retain" && rest.UpdateReplacePolicy === "Retain"],
  ];
  return held.filter(([, holds]) => !holds).map(([what]) => `${name}: not so: ${what}`);
}
