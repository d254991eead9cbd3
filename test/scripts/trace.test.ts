import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CallRecord } from "../../rehearsal/call-record.ts";
import { before } from "../../rehearsal/faults.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import type { Trace } from "../../scripts/trace/join.ts";
import { place, type TestStack, testStack } from "../support/stack.ts";
import { account, startTwilioRest } from "../support/twilio-rest/server.ts";
import { run } from "./run-command.ts";

/** Planted where people's things are; none may be in what the command tells. */
const planted = {
  caller: "+819044443333",
  grouped: "090-4444-3333",
  digits: "86420975",
  speech: "my zebra is called Mortimer",
  name: "PLANTED-NAME",
  token: "0123456789abcdefplantedtoken",
};

let stack: TestStack;
let rest: Awaited<ReturnType<typeof startTwilioRest>>;
let call: CallRecord;
let events: unknown[] = [];
const folder = mkdtempSync(path.join(tmpdir(), "stayline-trace-"));
const files = {
  primary: path.join(folder, "p.log"),
  fallback: path.join(folder, "f.json"),
  html: path.join(folder, "t.html"),
};

beforeAll(async () => {
  const lines: Record<"primary" | "fallback", string[]> = { primary: [], fallback: [] };
  stack = await testStack({ onLine: (leg, line) => lines[leg].push(line) });
  rest = await startTwilioRest(() => ({ status: 200, body: { events, page: 0, page_size: 50 } }));
  // somebody else's call, before ours
  await place(stack, "survey");
  const placedAtMs = Date.now();
  const kill = before(1, async () => {
    stack.primary.kill();
    await stack.primary.exited;
  });
  call = await place(stack, "appointment", { intercept: kill });
  events = call.requests.filter(({ kind }) => kind !== "media").map((one) => eventOf(one, placedAtMs));
  // as CloudWatch's console exports, with more in it than belongs there
  const stray = {
    event: "turn.aside",
    leg: "primary",
    build: "b",
    atMs: placedAtMs,
    elapsedMs: 1,
    callSid: call.callSid,
  };
  const dirty = {
    ...stray,
    ...planted,
    step: planted.caller,
    reason: `from ${planted.caller} or ${planted.grouped} ${planted.token}`,
  };
  const primary = [...lines.primary, JSON.stringify(dirty)].map(
    (line) => `2026-01-01T00:00:00.000Z\treq-1\tINFO\t${line}`,
  );
  writeFileSync(files.primary, primary.join("\n"));
  // as the AWS CLI and Twilio's API print: strings in a document
  writeFileSync(files.fallback, JSON.stringify({ logs: lines.fallback.map((message) => ({ message })) }, null, 2));
});
afterAll(async () => {
  await stack?.stop();
  await rest?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A request of the rehearsed call as Twilio's Call Events tell of it. */
function eventOf(
  { url, method, params, startedAtMs, endedAtMs, outcome }: CallRecord["requests"][number],
  atMs: number,
) {
  const snake = (name: string) => name.replace(/(?<!^)(?=[A-Z])/g, "_").toLowerCase();
  const parameters = Object.fromEntries(Object.entries(params).map(([name, value]) => [snake(name), value]));
  const more = {
    caller_name: planted.name,
    digits: planted.digits,
    speech_result: planted.speech,
    from: planted.caller,
  };
  const body = `<Response><Say>${planted.speech}</Say><Gather action="${url}"/><Dial>${planted.caller}</Dial></Response>`;
  return {
    request: { url, method, parameters: { ...parameters, ...more } },
    response: {
      response_code: outcome.kind === "answer" ? outcome.status : null,
      request_duration: Math.round(endedAtMs - startedAtMs),
      date_created: new Date(atMs + startedAtMs).toUTCString(),
      content_type: "text/xml",
      response_body: outcome.kind === "answer" ? body : null,
    },
  };
}

const tableEnv = () => ({
  TABLE_NAME: stack.table.name,
  TABLE_REGION: stack.table.region,
  TABLE_ENDPOINT: stack.table.endpoint,
  AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
});
const twilioEnv = () => ({
  TWILIO_ACCOUNT_SID: account.sid,
  TWILIO_AUTH_TOKEN: account.token,
  TWILIO_API_BASE_URL: rest.url,
});
const logs = () => ["--logs", files.primary, files.fallback];

async function trace(env: Readonly<Record<string, string>>, ...args: string[]) {
  const { said, ended } = run(["trace", call.callSid, ...args], { env });
  const status = await ended;
  expectNothingPrivate(said.out + said.err);
  return { status, ...said };
}
async function told(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Trace & { status: number | null }> {
  const { status, out } = await trace(env, "--json", ...args);
  return { status, ...JSON.parse(out) };
}
const had = ({ sources }: Trace) => sources.filter((one) => one.had).map(({ name }) => name);

function expectNothingPrivate(text: string): void {
  const secrets = [
    ...Object.values(planted),
    stack.authToken,
    stack.sealKeys.split(":")[1] ?? "",
    account.token,
    "zebra",
  ];
  for (const secret of secrets) expect(text).not.toContain(secret);
  const seals = call.requests.flatMap(({ url }) => url.match(/[a-z0-9]{1,8}\.[A-Za-z0-9_-]{20,}/g) ?? []);
  expect(seals.length).toBeGreaterThan(0);
  for (const seal of seals) expect(text).not.toContain(seal.slice(3, 23));
  for (const { From, To } of call.requests.map(({ params }) => params)) {
    for (const number of [From, To]) if (number) expect(text).not.toContain(number.replace("+", ""));
  }
}

describe("the trace of a call whose primary was killed in the middle", () => {
  test("is a ladder from the first webhook to the end, with everything at hand", async () => {
    const { status, out } = await trace({ ...tableEnv(), ...twilioEnv() }, ...logs(), "--html", files.html);
    expect(status).toBe(0);
    expect(rest.wrong).toEqual([]);
    const rows = out.split("\n");
    const rowOf = (pattern: RegExp) => rows.findIndex((row) => pattern.test(row));
    const order = [
      /─ voice URL: .*▶│/,
      /│─ 1\.0 chooseDay ─+▶│/,
      /│◀ 200 answered 1\.0 chooseDay \d+ ms ┄*│/,
      /─ action URL: .*▶│/,
      /│✗ no answer \(no log line\) ┄+│/,
      /══ FAILOVER: ErrorCode 11200 ═/,
      /│─ fallback URL: [^│]*─▶│/,
      /│─ 1\.1 chooseDay ─+▶│/,
      /│◀ 200 resumed 1\.1 chooseDay \d+ ms ┄+│/,
      /│─ book: done ─+▶│/,
      /│─ 3\.0 booked ─+▶│/,
      /^Sources$/,
      / {2}had {2}Call Events: \d+ requests$/,
      /^Failovers$/,
    ].map(rowOf);
    expect(order, out).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(
      Math.max(
        ...rows
          .slice(0, rowOf(/^Sources$/))
          .filter((row) => row.includes("│"))
          .map((row) => row.length),
      ),
    ).toBeLessThan(121);
    expect(out).toContain(
      "ErrorCode 11200 at the action URL of the primary: no log line of the failed request: it did not reach the code",
    );
    expect(out).toContain("Twilio got no answer; the leg has no log line of it");
    expect(out).toContain("book of turn 2: done");
    expect(out).toContain("appointment: 3.0 booked, resumes 2, by the fallback");

    const page = readFileSync(files.html, "utf8");
    expectNothingPrivate(page);
    expect(page).toContain("resumed 1.1 chooseDay");
    expect(page).not.toMatch(/<script|<link|<img|https?:\/\/|@import|url\(/);
    expect(page.length).toBeLessThan(32_000);
  });

  test("is told to programs in the same order, each webhook seen from both sides", async () => {
    const all = await told({ ...tableEnv(), ...twilioEnv() }, ...logs());
    expect(had(all)).toEqual(["table", "primary log", "fallback log", "Call Events"]);
    const turns = all.moments.flatMap((one) =>
      one.kind === "webhook" && one.logged?.event !== "turn.aside" && one.asked?.url !== "status" ? [one] : [],
    );
    const [first, lost, resumed, ...more] = turns;
    expect(first).toMatchObject({
      leg: "primary",
      logged: { event: "turn.answered", turn: 1, attempt: 0, step: "chooseDay", status: 200, saved: true },
      asked: { url: "voice", status: 200, brought: ["digits", "speech"], verbs: ["Say", "Gather", "Dial"] },
      document: { turn: 1, attempt: 0, verbs: ["gather", "play"] },
    });
    expect(lost).toMatchObject({ leg: "primary", asked: { url: "action" }, silent: true });
    expect(lost).not.toHaveProperty("logged");
    expect(resumed).toMatchObject({
      leg: "fallback",
      logged: { event: "turn.resumed", turn: 1, attempt: 1, resumes: 1, errorCode: "11200" },
      asked: { url: "fallback", failed: "action URL of the primary" },
      document: { turn: 1, attempt: 1, leg: "fallback" },
    });
    expect(more.length).toBeGreaterThan(1);
    expect(all.effects).toMatchObject([{ turn: 2, effect: "book", state: "done" }]);
    expect(all.failovers.map(({ errorCode, outcome }) => [errorCode, outcome])).toEqual([
      ["11200", "resumed"],
      ["11200", "resumed"],
    ]);
    expect(all.end).toMatchObject({ known: true, how: "completed, as Twilio says" });
    expect(all.table).toMatchObject({ flow: "appointment", step: "booked", turn: 3, resumes: 2, leg: "fallback" });
  });

  test("is made from the table alone, and says why it has nothing else", async () => {
    const some = await told(tableEnv());
    expect(had(some)).toEqual(["table"]);
    expect(some.sources.slice(1).map(({ what }) => what)).toEqual([
      "no --logs given",
      "no --logs given",
      "TWILIO_ACCOUNT_SID is missing: the account's sid, AC and 32 characters",
    ]);
    expect(
      some.moments.map((one) => (one.kind === "document" ? [one.document.step, one.document.leg] : one.kind)),
    ).toEqual([
      ["chooseDay", "primary"],
      ["chooseDay", "fallback"],
      ["confirm", "fallback"],
      ["confirm", "fallback"],
      "effect",
      ["booked", "fallback"],
    ]);
    expect(some.status).toBe(0);
    expect((await trace(tableEnv())).out).toMatch(/│─ 1\.0 chooseDay ─+▶│/);
  });

  test("is made from the logs alone: a table that does not answer, REST that refuses", async () => {
    const down = { ...tableEnv(), TABLE_ENDPOINT: "http://127.0.0.1:1" };
    const some = await told({ ...down, ...twilioEnv(), TWILIO_AUTH_TOKEN: "f".repeat(32) }, ...logs());
    expect(had(some)).toEqual(["primary log", "fallback log"]);
    expect(some.sources[0]?.what).toMatch(/^it does not answer: \w+$/);
    expect(some.sources[3]?.what).toBe("Twilio refuses (20003)");
    expect(some.failovers.map(({ why }) => why)).toContainEqual(
      expect.stringContaining("no log line of the failed request"),
    );
    expect(some.moments.every(({ kind }) => kind === "webhook")).toBe(true);
    expect(some.status).toBe(0);
  });

  test("is made from Twilio's Call Events alone", async () => {
    const some = await told(twilioEnv());
    expect(had(some)).toEqual(["Call Events"]);
    expect(some.sources[0]?.what).toBe("TABLE_NAME is not set, nor --table given");
    const asked = some.moments.flatMap((one) => (one.kind === "webhook" && one.asked ? [one.asked.url] : []));
    expect(asked.slice(0, 3)).toEqual(["voice", "action", "fallback"]);
    expect(some.failovers[0]).toMatchObject({ errorCode: "11200", why: "the primary's log is not at hand" });
    expect(some.status).toBe(0);
  });

  test("says that nothing is known, with nothing at hand", async () => {
    const { status, out } = await trace({}, "--logs", path.join(folder, "none.log"));
    expect(status).toBe(1);
    expect(out).toContain("not  primary log: a file cannot be read (ENOENT)");
    expect(out).not.toContain("│");
  });

  test("does not take a wrong sid, and does not repeat it", async () => {
    const { said, ended } = run(["trace", planted.caller]);
    expect(await ended).toBe(2);
    expect(said.err).toBe("trace: the first argument is a call's sid: CA and 32 characters (see trace --help)\n");
  });
});

test("a call that has ended is followed no longer, and its end is in the trace", async () => {
  await stack.primary.restart();
  const whole = await place(stack, "appointment");
  const { said, ended } = run(["trace", whole.callSid, "--follow"], { env: tableEnv() });
  expect(await ended).toBe(0);
  expect(said.out).toMatch(/══ call ended ═/);
  expect(said.out).toContain("ended, as the table says");
});
