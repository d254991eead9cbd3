import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dynamodbOutbox } from "../../core/stores/dynamodb-outbox.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { build } from "../../scripts/build.ts";
import { outbox } from "../../scripts/outbox.ts";
import { type Stack, startStack } from "../../scripts/stack/start-stack.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import { type Answers, answering, usual } from "../support/stack.ts";
import { account, type RestAnswer, startTwilioRest } from "../support/twilio-rest/server.ts";

const calls: Readonly<Record<string, { readonly answers: Answers; readonly ends: RegExp }>> = {
  "text-address": { answers: [[/Harbour Street/, "1"]], ends: /The message is on its way/ },
  appointment: { answers: usual.appointment, ends: /Your reference is R-/ },
  "front-desk": { answers: usual["front-desk"], ends: /./ },
  survey: { answers: usual.survey, ends: /./ },
};
const from = "+15005550001";
const port = 4_790 + Math.floor(Math.random() * 900);
const lines: string[] = [];

let folder = "";
let stack: Stack;
let rest: Awaited<ReturnType<typeof startTwilioRest>> | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-outbox-"));
  const flowsEntry = path.join(import.meta.dirname, "..", "flows", "with-outbox.ts");
  await build({ outDir: folder, flowsEntry });
  // whatever would ask Twilio's REST API would ask here
  const env = { TWILIO_API_BASE_URL: `http://127.0.0.1:${port}`, TWILIO_ACCOUNT_SID: account.sid };
  const onLine = (_leg: string, line: string) => void lines.push(line);
  stack = await startStack({ buildDir: folder, flowsEntry, env, onLine });
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await rest?.stop();
  rest = undefined;
});

const answers = async (answer: RestAnswer) => {
  rest = await startTwilioRest(() => answer, port);
};
const sent = () => rest?.asked.map(({ operation, params }) => [operation, params.get("To")?.[0]]) ?? [];
const accepted = { status: 201, body: { sid: `SM${"1".repeat(32)}` } };

function call(flow: string) {
  const urls = stack.flows[flow];
  if (urls === undefined) throw new Error(`the stack has no flow ${flow}`);
  const { authToken, accountSid } = stack;
  return placeCall({ ...urls, authToken, accountSid, script: answering(calls[flow]?.answers ?? []) });
}

const tableEnv = () => ({
  TABLE_NAME: stack.table.name,
  TABLE_REGION: stack.table.region,
  TABLE_ENDPOINT: stack.table.endpoint,
  AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
  TWILIO_ACCOUNT_SID: account.sid,
  TWILIO_API_BASE_URL: `http://127.0.0.1:${port}`,
});

/** One minute's run of the built function, in a process of its own. */
async function scheduled(more: Readonly<Record<string, string>> = {}) {
  const code = `require(process.argv[1]).handler({}, { getRemainingTimeInMillis: () => 50000 }).then((run) => console.log(JSON.stringify(run)))`;
  const env = {
    ...tableEnv(),
    PRIMARY_BASE_URL: stack.primary.baseUrl,
    FALLBACK_BASE_URL: stack.fallback.baseUrl,
    SEAL_KEYS: stack.sealKeys,
    TWILIO_REST_LOGIN: `${account.sid}:${account.token}`,
    ...more,
  };
  const child = spawn(process.execPath, ["-e", code, path.join(folder, "lambda", "outbox.js")], { env });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  const [exit] = await once(child, "close");
  const said = out.trim().split("\n");
  if (exit !== 0) throw new Error(err);
  lines.push(...said);
  return JSON.parse(said.at(-1) ?? "");
}

/** In the table, so that nobody has to wait: what waits is due now. */
async function halfAMinutePasses() {
  const { endpoint, region, name: TableName } = stack.table;
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
  const waiting = dynamodbOutbox({ table: TableName, client: { endpoint, region, credentials: tableCredentials } });
  for (const { key } of await waiting.list("open", 10)) {
    const values = { ":now": { N: String(Date.now()) } };
    const change = { UpdateExpression: "SET dueAtMs = :now", ExpressionAttributeValues: values };
    await client.send(new UpdateItemCommand({ TableName, Key: { callSid: { S: `outbox#${key}` } }, ...change }));
  }
  client.destroy();
}

async function status() {
  let told = "";
  const env = { ...process.env, ...tableEnv(), TWILIO_AUTH_TOKEN: account.token };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
  const code = await outbox(["status", "--json"], env, {
    out: (text) => {
      told += text;
    },
    err: (text) => {
      told += text;
    },
  });
  return { code, ...JSON.parse(told) };
}

describe("while Twilio's REST API is away", () => {
  test.each<[string, () => Promise<void>]>([
    ["refused", async () => {}],
    ["hanging", () => answers("hang")],
  ])(
    "(%s) every call comes through, and no request of a call asks it",
    async (_, begin) => {
      await begin();
      const flows = Object.keys(calls).flatMap((flow) => [flow, flow, flow]);
      const records = await Promise.all(flows.map((flow) => call(flow)));
      for (const [at, record] of records.entries()) {
        const { ends } = calls[flows[at] ?? ""] ?? {};
        expect([flows[at], record.ended]).toEqual([flows[at], "hangup"]);
        expect(record.alerts).toEqual([]);
        expect(record.heard.at(-1)).toMatch(ends ?? /^$/);
        expect(record.requests.filter(({ kind }) => kind === "fallback")).toEqual([]);
      }
      expect(rest?.asked ?? []).toEqual([]);
    },
    60_000,
  );

  test("no bundle that answers calls knows its address", async () => {
    const read = (...names: string[]) => readFile(path.join(folder, ...names), "utf8");
    const functions = ["voice-fallback", "voice-webhook", "voice-aside", "status-callback"];
    const legs = await Promise.all([
      ...["voice-webhook", "status-callback", "media"].map((name) => read("lambda", `${name}.js`)),
      ...functions.map((name) => read("twilioserverless", "functions", `${name}.protected.js`)),
    ]);
    expect(legs.filter((code) => /api\.twilio\.com|TWILIO_API_BASE_URL/.test(code))).toEqual([]);
    expect(await read("lambda", "outbox.js")).toContain("https://api.twilio.com");
  });

  test("messages wait, the operator is told that it is down, and each is delivered once when it is back", async () => {
    await answers(accepted);
    await scheduled();
    await rest?.stop();
    rest = undefined;

    await Promise.all([call("text-address"), call("text-address")]);
    expect(await scheduled()).toMatchObject({ delivered: 0, retried: 2 });
    expect(await status()).toMatchObject({
      code: 1,
      api: { kind: "down", why: "ECONNREFUSED" },
      counts: { waiting: 2, inDoubt: 0, givenUp: 0 },
    });

    await answers(accepted);
    expect(await scheduled({ SHED: "effects" })).toEqual({ postponed: true });
    await halfAMinutePasses();
    const both = await Promise.all([scheduled(), scheduled()]);
    expect(both.reduce((sum: number, { delivered }) => sum + delivered, 0)).toBe(2);
    expect(sent()).toEqual([
      ["CreateMessage", from],
      ["CreateMessage", from],
    ]);
    expect(await scheduled()).toMatchObject({ delivered: 0 });
    expect((rest as { wrong: string[] } | undefined)?.wrong).toEqual([]);
    expect(await status()).toMatchObject({ counts: { waiting: 0, inDoubt: 0, givenUp: 0 } });
  }, 90_000);

  test("no line that a leg or the outbox has written names a person or says what a letter says", () => {
    expect(lines.join("\n")).toContain('"outbox.delivered"');
    expect(lines.join("\n")).not.toMatch(/15005550|Harbour|SM1{32}/);
  });
});
