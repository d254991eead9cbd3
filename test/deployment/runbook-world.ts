import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { systemClock } from "../../core/clock.ts";
import { outboxOf } from "../../core/outbox.ts";
import { createSealer } from "../../core/seal.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import { dynamodbOutbox } from "../../core/stores/dynamodb-outbox.ts";
import { tableFor } from "../../core/table.ts";
import { root } from "../../scripts/build/bundle.ts";
import { startSsm } from "../../scripts/check-deploy/ssm-server.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import { startLambda, startLayer } from "../scripts/triage/probe-servers.ts";
import { testStack } from "../support/stack.ts";
import { alertsOf } from "../support/twilio-rest/monitor.ts";
import { newNumber, numbersOf } from "../support/twilio-rest/numbers.ts";
import { account, type RestAnswer, type RestRequest, startTwilioRest } from "../support/twilio-rest/server.ts";
import { startServerless } from "../support/twilio-rest/serverless.ts";
import { type Call, startPrograms } from "./operations/programs.ts";
import { openShell } from "./operations/shell.ts";
import { readNight } from "./runbook-night.ts";

export const phone = "+815012345678";
export const sorryParameter = "/stayline/sorry";
const functionName = "stayline-StatusCallback-1";
const letter = { kind: "sms", to: "+815011112222", from: "+815099998888", body: "Your table is booked" } as const;
const notFound: RestAnswer = { status: 404, body: { code: 20404, message: "not found", status: 404 } };

/**
 * A line on the morning after a bad night: both legs run over a table that has the night's calls, Twilio has its alerts, CloudWatch
 * its logs. `aws` is a stand-in; Twilio's APIs, SSM, Lambda and the table are local servers that speak their protocols.
 */
export async function startRunbookWorld() {
  const ending: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  const kept = <T extends { stop: () => unknown }>(started: T): T => {
    ending.push(() => started.stop());
    return started;
  };
  const folder = await mkdtemp(path.join(tmpdir(), "stayline-runbook-"));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  const night = await readNight("reset-after");
  const ssm = kept(await startSsm());
  ssm.put(sorryParameter, "off", "String");
  const twilio = kept(await startServerless());
  twilio.existing();

  // Twilio's way in is the public name, which leads to the API: the leg
  let api = "";
  const name = kept(await startLayer(() => api));
  const stack = kept(
    await testStack({
      authToken: account.token,
      accountSid: account.sid,
      publicUrls: { primary: name.url },
      env: { AWS_ENDPOINT_URL_SSM: ssm.url, SORRY_PARAMETER: sorryParameter },
    }),
  );
  api = stack.primary.baseUrl;
  const lambda = kept(await startLambda(api, { functionName }));

  const urls = stack.flows.appointment;
  if (urls === undefined) throw new Error("the stack lacks appointment");
  const ours = {
    ...newNumber(phone),
    voice_url: urls.voiceUrl,
    voice_fallback_url: urls.fallbackUrl,
    status_callback: urls.statusCallbackUrl,
  };
  let restIsDown = false;
  const [numbers, alerts] = [numbersOf([ours]), alertsOf(night.alerts)];
  const rest = kept(
    await startTwilioRest((request: RestRequest): RestAnswer => {
      if (restIsDown) return { status: 503, body: {} };
      if (request.operation.endsWith("Alert")) return alerts(request);
      if (request.operation === "FetchAccount") return { status: 200, body: { sid: account.sid } };
      if (request.operation === "ListCallEvent") return { status: 200, body: { events: [], page: 0, page_size: 50 } };
      return request.operation === "ListIncomingPhoneNumber" ? numbers(request) : notFound;
    }),
  );

  const awsAsked: string[] = [];
  const aws = ({ args }: Call) => {
    awsAsked.push(args.join(" "));
    return answerOf(args, night.logGroups, { ApiUrl: api, StatusCallbackName: functionName });
  };
  const programs = kept(await startPrograms(folder, aws));

  const client = { endpoint: stack.table.endpoint, region: stack.table.region, credentials: tableCredentials };
  const dynamodb = new DynamoDBClient(client);
  ending.push(() => dynamodb.destroy());
  for (const Item of night.items) await dynamodb.send(new PutItemCommand({ TableName: stack.table.name, Item }));

  const own = (process.env.PATH ?? "").split(path.delimiter).filter((one) => !one.endsWith("node_modules/.bin"));
  const shell = openShell(folder, {
    cwd: root,
    env: {
      PATH: [programs.bin, ...own].join(path.delimiter),
      HOME: folder,
      TZ: "UTC",
      npm_config_update_notifier: "false",
      NODE_NO_WARNINGS: "1",
      AWS_REGION: "us-east-1",
      NUMBER: phone,
      TWILIO_ACCOUNT_SID: account.sid,
      TWILIO_AUTH_TOKEN: account.token,
      ...{ TABLE_NAME: stack.table.name, TABLE_REGION: stack.table.region },
      ...{ PRIMARY_BASE_URL: name.url, FALLBACK_BASE_URL: stack.fallback.baseUrl },
      ...{
        AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
      },
      STAYLINE_STATE_DIR: path.join(folder, "state"),
      // where the clouds are
      ...twilio.env,
      TABLE_ENDPOINT: stack.table.endpoint,
      TWILIO_API_BASE_URL: rest.url,
      AWS_ENDPOINT_URL_SSM: ssm.url,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    },
  });
  ending.push(shell.close);
  // under one name, Twilio's other API and the real name of the fallback's service are somewhere else than its REST API
  const real = `env -u TWILIO_API_BASE_URL FALLBACK_BASE_URL=https://${twilio.domain} npm`;
  await shell.type(`npm() { case "$*" in *" sorry "*) ${real} "$@";; *) command npm "$@";; esac; }`);

  return {
    ...{ folder, night, ssm, stack, name, lambda, rest, twilio, awsAsked, shell, stop },
    setRest: (isDown: boolean) => {
      restIsDown = isDown;
    },
    /** What the person on call saves from Twilio's console. */
    saveFallbackLog: async (incident: string) => {
      await mkdir(incident, { recursive: true });
      await writeFile(path.join(incident, "fallback.log"), night.fallback);
    },
    /** A letter that a deliverer had in its hands and cannot tell of. @returns its key */
    letterInDoubt: async (): Promise<string> => {
      const key = `CA${randomUUID().replaceAll("-", "")}:3:text`;
      const checkpoints = dynamodbStore({ table: stack.table.name, client, attemptMs: 2_000 });
      const table = tableFor(checkpoints, "unused", systemClock, 5_000);
      const sealer = createSealer(stack.sealKeys);
      await outboxOf({ table, sealer, clock: systemClock, newToken: randomUUID }, key).send(letter);
      const letters = dynamodbOutbox({ table: stack.table.name, client });
      const found = (await letters.due(Date.now() + 1_000, 100)).find((one) => one.key === key);
      if (found === undefined) throw new Error("the table has no such letter");
      await letters.claim(found, "lease", Date.now() + 60_000, Date.now());
      await letters.settle(key, "lease", { kind: "in-doubt", reason: "ECONNRESET" }, Date.now());
      return key;
    },
    /** What no command may tell. */
    secrets: [
      ...[account.token, stack.sealKeys.split(":")[1] ?? "", letter.body, letter.to.slice(1), letter.from.slice(1)],
      // callers and the line of the night
      "1500555",
    ],
  };
}
export type RunbookWorld = Awaited<ReturnType<typeof startRunbookWorld>>;

function answerOf(
  args: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
  outputs: Readonly<Record<string, string>>,
) {
  const option = (name: string) => args[args.indexOf(name) + 1] ?? "";
  switch (args.slice(0, 2).join(" ")) {
    case "logs filter-log-events": {
      const lines = groups[option("--log-group-name")];
      const since = Number(option("--start-time"));
      if (lines === undefined) return { code: 254, err: "ResourceNotFoundException: the log group does not exist\n" };
      if (Math.abs(Date.now() - 3 * 3_600_000 - since) > 60_000) return { code: 252, err: "not three hours\n" };
      return { out: JSON.stringify({ events: lines.map((message) => ({ timestamp: since, message })) }) };
    }
    case "cloudformation describe-stacks": {
      const [, output = ""] = /OutputKey=='(\w+)'/.exec(option("--query")) ?? [];
      const value = option("--stack-name") === "stayline" ? outputs[output] : undefined;
      return value === undefined ? { code: 254, err: "does not exist\n" } : { out: `${value}\n` };
    }
    case "lambda get-account-settings":
      return { out: '{ "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900 }\n' };
    default:
      return { code: 252, err: `aws: error: ${args.join(" ")}\n` };
  }
}
