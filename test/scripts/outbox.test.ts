import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { outboxOf } from "../../core/outbox.ts";
import { createSealer } from "../../core/seal.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import { dynamodbOutbox } from "../../core/stores/dynamodb-outbox.ts";
import { tableFor } from "../../core/table.ts";
import { startTable, tableCredentials } from "../../scripts/stack/table.ts";
import { sealKeys } from "../support/legs.ts";
import { account, type RestAnswer, startTwilioRest } from "../support/twilio-rest/server.ts";
import { run } from "./run-command.ts";

const sms = { kind: "sms", to: "+815011112222", from: "+815099998888", body: "Your table is booked" } as const;
let table: Awaited<ReturnType<typeof startTable>>;
let rest: Awaited<ReturnType<typeof startTwilioRest>>;
let answer: RestAnswer = { status: 200, body: { sid: account.sid } };

beforeAll(async () => {
  table = await startTable(0);
  rest = await startTwilioRest(() => answer);
});
afterAll(async () => {
  await rest?.stop();
  await table?.stop();
});

const client = () => ({ endpoint: table.endpoint, region: table.region, credentials: tableCredentials });
const store = () => dynamodbOutbox({ table: table.name, client: client() });

/** A letter that a deliverer has had in its hands. @returns its key */
async function letter(kind?: "in-doubt" | "given-up"): Promise<string> {
  const key = `CA${randomUUID().replaceAll("-", "")}:3:text`;
  const checkpoints = dynamodbStore({ table: table.name, client: client(), attemptMs: 1_000 });
  const context = { table: tableFor(checkpoints, "unused", systemClock, 2_000), sealer: createSealer(sealKeys) };
  await outboxOf({ ...context, clock: systemClock, newToken: randomUUID }, key).send(sms);
  if (kind === undefined) return key;
  const found = (await store().due(Date.now() + 1_000, 100)).find((one) => one.key === key);
  if (found === undefined) throw new Error("no letter");
  await store().claim(found, "lease", Date.now() + 60_000, Date.now());
  await store().settle(key, "lease", { kind, reason: "status 400, to +815011112222" }, Date.now());
  return key;
}

async function outbox(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const all = {
    TABLE_NAME: table.name,
    TABLE_REGION: table.region,
    TABLE_ENDPOINT: table.endpoint,
    AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    TWILIO_API_BASE_URL: rest.url,
    ...env,
  };
  const { said, ended } = run(["outbox", ...args], { env: all });
  const code = await ended;
  return { code, ...said };
}

describe("npm run outbox", () => {
  test("tells that nothing is there, and that Twilio's API answers", async () => {
    expect(await outbox(["status"])).toEqual({
      code: 0,
      out: "Twilio's REST API answers.\n0 waiting, 0 in doubt, 0 given up\n",
      err: "",
    });
  });

  test("lists what waits, is in doubt and was given up, and nothing of what it says or to whom", async () => {
    const keys = [await letter(), await letter("in-doubt"), await letter("given-up")];
    const { code, out } = await outbox(["status"]);
    expect(code).toBe(1);
    expect(out).toContain("1 waiting, 1 in doubt, 1 given up");
    for (const key of keys) expect(out).toContain(key);
    expect(out).toMatch(/in doubt +since \d+ s +1 tries +CA\S+:3:text +status 400, to …/);
    expect(out).toContain("look in Twilio's log of messages or calls first");
    const json = await outbox(["status", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      api: { kind: "answers" },
      counts: { waiting: 1, inDoubt: 1, givenUp: 1 },
      letters: [{ state: "waiting" }, { state: "in doubt", tries: 1 }, { state: "given up" }],
    });
    expect(out + json.out).not.toMatch(/8150|table is booked|k1\./);
  });

  test.each([
    ["is down", { status: 503, body: {} }, {}, 1, /REST API is DOWN \(status 503\)\. Calls go on without it/],
    ["is refused", { status: 401, body: { code: 20003 } }, {}, 1, /answers, and refuses the login .*\(status 401\)/],
    ["cannot be reached", "hang-up", {}, 1, /REST API is DOWN \(\w/],
    ["is not known", "hang-up", { TWILIO_ACCOUNT_SID: "" }, 1, /was not asked: TWILIO_ACCOUNT_SID is missing/],
  ] satisfies [string, RestAnswer, Record<string, string>, number, RegExp][])(
    "says plainly that Twilio's API %s",
    async (_, told, env, code, said) => {
      answer = told;
      const read = await outbox(["status"], env);
      answer = { status: 200, body: { sid: account.sid } };
      expect(read.out).toMatch(said);
      expect(read.code).toBe(code);
    },
  );

  test("makes a letter due again that is in doubt, with a warning, and takes one out for good", async () => {
    const [again, gone, waits] = [await letter("in-doubt"), await letter("given-up"), await letter()];
    const retried = await outbox(["retry", again]);
    expect(retried).toMatchObject({ code: 0, err: "" });
    expect(retried.out).toContain("it may come to the person a second time");
    expect((await store().due(Date.now(), 100)).map(({ key }) => key)).toContain(again);
    expect(await outbox(["drop", gone])).toMatchObject({ code: 0 });
    expect((await store().list("given-up", 100)).map(({ key }) => key)).not.toContain(gone);
    for (const key of [waits, gone]) {
      expect(await outbox(["drop", key])).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringContaining("Nothing was"),
      });
    }
  });

  test("says what is wrong with its arguments, its environment, and the table", async () => {
    expect(await outbox(["look"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("status, retry KEY or drop KEY"),
    });
    expect(await outbox(["drop", "+815011112222"])).toMatchObject({ code: 2, err: expect.stringContaining("one key") });
    expect(await outbox(["status"], { TABLE_NAME: "" })).toMatchObject({
      code: 2,
      err: expect.stringContaining("TABLE_NAME is missing"),
    });
    const away = await outbox(["status"], { TABLE_ENDPOINT: "http://127.0.0.1:9" });
    expect(away).toMatchObject({ code: 2, out: "", err: expect.stringContaining("the table does not answer") });
    expect(await outbox(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("outbox retry KEY") });
  });
});
