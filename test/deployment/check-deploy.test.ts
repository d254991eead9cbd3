import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { problemsOf } from "../../scripts/check-deploy/lint.ts";
import { loadServiceSpec, type ServiceSpec } from "../../scripts/check-deploy/service-spec.ts";
import { asList, asObject, parseTemplate, readTemplate, templateFile } from "../../scripts/check-deploy/template.ts";

const text = readFileSync(templateFile, "utf8");
let spec: ServiceSpec;
beforeAll(async () => {
  spec = await loadServiceSpec();
});

/** The template with one thing changed, which must be there. */
function changed(from: string, to: string): string[] {
  expect(text).toContain(from);
  return problemsOf(parseTemplate(text.replace(from, to)), spec);
}

test("the template of this project has no problem", async () => {
  expect(problemsOf(await readTemplate(), spec)).toEqual([]);
});

describe("a deployment is refused when", () => {
  test.each([
    ["the function may run longer than the code thinks", "Timeout: 4\n", "Timeout: 5\n", /Timeout is not limits/],
    [
      "the gateway waits longer than Twilio",
      "TimeoutInMillis: 4400",
      "TimeoutInMillis: 4500",
      /TimeoutInMillis is not/,
    ],
    [
      "the gateway waits less than the function runs",
      "TimeoutInMillis: 4400",
      "TimeoutInMillis: 4000",
      /TimeoutInMill/,
    ],
    ["the latency alarm is silent until calls are lost", "Threshold: 2500", "Threshold: 3600", /LatencyAlarm/],
    ["an alarm tells nobody", "      OKActions: ", "      #", /tells nobody/],
    ["the access log has the path", "$context.routeKey", "$context.path", /the access log has path/],
    [
      "the access log has the caller's address",
      "$context.requestId",
      "$context.identity.sourceIp",
      /identity\.sourceIp/,
    ],
    ["the access log is no JSON", '"requestId":', "requestId:", /the access log has no status/],
    ["nothing is throttled", "ThrottlingRateLimit:", "# ThrottlingRateLimit:", /no ThrottlingRateLimit/],
    ["logs are kept for ever", "RetentionInDays: !Ref LogRetentionDays", "#", /keeps logs for ever/],
    [
      "the table can be deleted",
      "DeletionProtectionEnabled: true",
      "DeletionProtectionEnabled: false",
      /deletion protection/,
    ],
    [
      "the table cannot be restored",
      "PointInTimeRecoveryEnabled: true",
      "PointInTimeRecoveryEnabled: false",
      /recovery/,
    ],
    ["items never end", "AttributeName: ttlAtSec", "AttributeName: ttl", /TTL on ttlAtSec/],
    ["the table goes with the stack", "DeletionPolicy: Retain", "DeletionPolicy: Delete", /kept with the stack gone/],
    ["the whole folder would be uploaded", "      CodeUri: dist/lambda\n", "", /CodeUri is not what the build writes/],
    ["a secret is a variable", "SEAL_KEYS_PARAMETER:", "SEAL_KEYS:", /SEAL_KEYS is in the template/],
    [
      "a secret is a default",
      'Default: ""\n    Description: FLOW',
      `Default: ${"0a".repeat(16)}\n    Description: FLOW`,
      /like a secret/,
    ],
    [
      "a secret stands anywhere",
      "Name: !Ref AWS::StackName",
      `Name: AKIA${"Q".repeat(16)}`,
      /Api\.Name looks like a secret/,
    ],
  ])("%s", (_, from, to, problem) => {
    expect(changed(from, to).join("\n")).toMatch(problem);
  });

  test.each([
    [
      "a resource that is not there",
      "!GetAtt VoiceWebhook.Arn",
      "!GetAtt VoiceHook.Arn",
      "there is no resource VoiceHook",
    ],
    ["a reference that leads nowhere", "!Ref FallbackBaseUrl", "!Ref FallbackUrl", "there is no FallbackUrl"],
    [
      "an attribute that is not there",
      "!GetAtt Api.ApiEndpoint",
      "!GetAtt Api.Url",
      "AWS::ApiGatewayV2::Api has no attribute Url",
    ],
    ["a name in a text that is not there", `\${VoiceIntegration}`, `\${Integration}`, "there is no Integration"],
    ["a condition that is not there", "!If [HasReservation,", "!If [HasReserve,", "there is no condition HasReserve"],
    ["a parameter that nobody uses", "!Ref ThrottleBurst", "400", "ThrottleBurst is declared and never used"],
    [
      "a type that is not there",
      "AWS::Logs::MetricFilter",
      "AWS::Logs::Filter",
      "there is no resource type AWS::Logs::Filter",
    ],
    ["a property that is not there", "      AutoDeploy: true", "      Deploy: true", "Stage.Deploy is not known"],
    [
      "a property that is missing",
      "      IntegrationType: AWS_PROXY\n",
      "",
      "VoiceIntegration.IntegrationType is missing",
    ],
    [
      "a property of another kind",
      "TimeoutInMillis: 4400",
      "TimeoutInMillis: soon",
      "VoiceIntegration.TimeoutInMillis is not a number",
    ],
    [
      "a property deep inside that is not there",
      "Enabled: true }",
      "Active: true }",
      "Table.TimeToLiveSpecification.Active is not known",
    ],
  ])("the template has %s", (_, from, to, problem) => {
    expect(changed(from, to).join("\n")).toContain(problem);
  });

  test.each([
    [
      "another action",
      '["dynamodb:GetItem", "dynamodb:UpdateItem"]',
      '["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Scan"]',
      "FallbackUser can dynamodb:Scan",
    ],
    [
      "every action",
      '["dynamodb:GetItem", "dynamodb:UpdateItem"]',
      '"dynamodb:*"',
      "FallbackUser can dynamodb:DeleteTable",
    ],
    [
      "every table",
      "Resource: !GetAtt Table.Arn",
      'Resource: "*"',
      "FallbackUser can dynamodb:UpdateItem on arn:aws:dynamodb:us-east-1:123456789012:table/another",
    ],
    [
      "every table that begins like ours",
      "Resource: !GetAtt Table.Arn",
      'Resource: !Sub "arn:aws:dynamodb:*:*:table/stayline-*"',
      "FallbackUser can",
    ],
    [
      "too little",
      '["dynamodb:GetItem", "dynamodb:UpdateItem"]',
      '["dynamodb:GetItem"]',
      "FallbackUser cannot dynamodb:UpdateItem",
    ],
    [
      "the secrets too",
      "      Roles: [!Ref VoiceWebhookRole, !Ref StatusCallbackRole]\n      PolicyDocument",
      "      Users: [!Ref FallbackUser]\n      PolicyDocument",
      "FallbackUser can ssm:GetParameters",
    ],
  ])("the fallback's identity may do %s", (_, from, to, problem) => {
    expect(changed(from, to).join("\n")).toContain(problem);
  });

  test("a function may read every secret", () => {
    const problems = changed(`parameter\${SealKeysParameter}`, "parameter/*").join("\n");
    expect(problems).toMatch(/VoiceWebhookRole: not in the written list: Allow ssm:GetParameters .*parameter\/\*/);
  });

  test("a function may decrypt without SSM", () => {
    expect(changed('"kms:ViaService"', '"aws:SourceVpc"').join("\n")).not.toMatch(/can decrypt/);
    const condition = /\n {14}Condition:\n.*\n.*(?=\n)/.exec(text)?.[0] ?? "none";
    expect(changed(condition, "").join("\n")).toContain("VoiceWebhookRole can decrypt without SSM");
  });
});

test("alarms count lines that the code writes, by fields that they have", async () => {
  const { resources } = await readTemplate();
  const log = readFileSync(path.join(root, "core", "log.ts"), "utf8");
  const code = readFileSync(path.join(root, "lambda", "secrets.ts"), "utf8");
  const filters = Object.values(resources).filter(({ Type }) => Type === "AWS::Logs::MetricFilter");
  expect(filters.length).toBeGreaterThan(5);
  const counted = new Set<string>();
  for (const { Properties } of filters) {
    const pattern = String(Properties.FilterPattern);
    for (const transformation of asList(Properties.MetricTransformations)) {
      counted.add(String(asObject(transformation).MetricName));
    }
    if (asObject(Properties.LogGroupName).Ref === "AccessLog") continue;
    const [words] = [/^"(.*)"$/.exec(pattern)?.[1]];
    if (words !== undefined) expect(code.split(words).length).toBeGreaterThan(2);
    for (const [, field] of pattern.matchAll(/\$\.(\w+)/g)) expect(log).toMatch(new RegExp(`readonly ${field}\\??:`));
    for (const [, event] of pattern.matchAll(/\$\.event !?= ("[^"]+")/g)) expect(log).toContain(`| ${event}`);
  }
  const shown = [...text.matchAll(/MetricName: (\w+), MetricValue|MetricName: (\w+)\n/g)].map(([, a, b]) => a ?? b);
  for (const name of counted) expect(shown.filter((one) => one === name).length).toBeGreaterThan(0);
  const alarms = Object.values(resources).filter(({ Type }) => Type === "AWS::CloudWatch::Alarm");
  const used = JSON.stringify(alarms);
  expect([...counted].filter((name) => !used.includes(`"${name}"`))).toEqual([]);
});
