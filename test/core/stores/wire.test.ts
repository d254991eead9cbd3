import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { CheckpointStore } from "../../../core/checkpoint-store.ts";
import { limits } from "../../../core/limits.ts";
import { closeServer, host, listen } from "../../../scripts/stack/listen.ts";
import { readBody } from "../../../scripts/stack/read-body.ts";
import { storeOn } from "./targets.ts";
import { at, commitFrom, newCall, startMs } from "./writes.ts";

const within = { nowMs: startMs, withinMs: 2_000 };
interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** what the table takes for the time; default: this machine's */
  readonly date?: string;
}

/** A table of which each request is answered as the test says, or not at all. */
let answerTo: (operation: string, nth: number) => Reply | "hang";
interface Asked {
  readonly operation: string;
  readonly body: Record<string, unknown>;
  readonly agent: string | undefined;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly signedAt: string;
}
const asked: Asked[] = [];
const server = createServer((incoming, outgoing) => {
  void readBody(incoming, 100_000).then((bytes) => {
    const operation = String(incoming.headers["x-amz-target"]).replace(/^.*\./, "");
    const agent = incoming.headers["user-agent"];
    const signedAt = String(incoming.headers["x-amz-date"]);
    asked.push({ operation, body: JSON.parse(bytes?.toString() ?? "{}"), agent, signedAt });
    const reply = answerTo(operation, asked.length);
    if (reply === "hang") return;
    const headers = { "content-type": "application/x-amz-json-1.0", ...(reply.date && { date: reply.date }) };
    outgoing.writeHead(reply.status, headers).end(JSON.stringify(reply.body));
  });
});
let endpoint = "";
const storeWith = (attemptMs: number): CheckpointStore =>
  storeOn({ name: "calls", endpoint, region: "ap-northeast-1" } as Parameters<typeof storeOn>[0], endpoint, attemptMs);
const ok: Reply = { status: 200, body: {} };
const broken: Reply = { status: 500, body: { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError" } };
const refusedReply: Reply = {
  status: 400,
  body: { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", message: "no" },
};

beforeAll(async () => {
  endpoint = `http://${host}:${await listen(server, 0, "table")}`;
  answerTo = () => ok;
  // the SDK's own first request is slow: no caller's business here
  await storeWith(2_000).read(newCall(), { nowMs: startMs, withinMs: 5_000 });
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
});

test("a call is read as it is, not as it was: what has just been written on the other leg decides", async () => {
  answerTo = () => ok;
  expect(await storeWith(500).read(newCall(), within)).toEqual({ kind: "nothing" });
  expect(asked).toMatchObject([{ operation: "GetItem", body: { ConsistentRead: true } }]);
});

test("a table that fails is asked a second time, and not a third time", async () => {
  answerTo = () => broken;
  expect((await storeWith(500).read(newCall(), within)).kind).toBe("unavailable");
  expect(asked).toHaveLength(limits.tableAttempts);
  asked.length = 0;
  answerTo = (_, nth) => (nth < limits.tableAttempts ? broken : ok);
  expect(await storeWith(500).read(newCall(), within)).toEqual({ kind: "nothing" });
});

test("a request that hangs costs one attempt, and the second one brings the answer", async () => {
  answerTo = (_, nth) => (nth === 1 ? "hang" : ok);
  expect(await storeWith(400).read(newCall(), within)).toEqual({ kind: "nothing" });
  expect(asked).toHaveLength(2);
});

test.each([
  ["read", (store: CheckpointStore) => store.read(newCall(), { nowMs: startMs, withinMs: 150 })],
  ["commit", (store: CheckpointStore) => store.commit(newCall(), commitFrom(at(0)), { nowMs: startMs, withinMs: 150 })],
] as const)("a %s that hangs ends when its time is over, however long an attempt may take", async (_, run) => {
  answerTo = () => "hang";
  const startedMs = performance.now();
  expect((await run(storeWith(2_000))).kind).toBe("unavailable");
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test("when the time is over no further request is sent, whatever becomes of the one that is under way", async () => {
  let answered: () => void = () => {};
  const late = new Promise<void>((resolve) => {
    answered = resolve;
  });
  answerTo = () => {
    answered();
    return "hang";
  };
  const attemptMs = 200;
  const store = storeWith(attemptMs);
  const timedOut = await store.commit(newCall(), commitFrom(at(0)), { nowMs: startMs, withinMs: 100 });
  expect(timedOut).toEqual({ kind: "unavailable", reason: "TableTimeoutError" });
  await late;
  // the attempt under way has ended by then, and the next would have been sent
  await new Promise((resolve) => setTimeout(resolve, attemptMs + limits.tableRetryDelayMs));
  expect(asked).toHaveLength(1);
});

test.each([
  [400, "ProvisionedThroughputExceededException", limits.tableAttempts],
  [400, "ThrottlingException", limits.tableAttempts],
  [400, "ReplicatedWriteConflictException", limits.tableAttempts],
  [429, "TooMany", limits.tableAttempts],
  [503, "ServiceUnavailable", limits.tableAttempts],
  [400, "ValidationException", 1],
  [400, "ResourceNotFoundException", 1],
])("a table that answers %i %s is asked as often as that can help", async (status, name, times) => {
  answerTo = () => ({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "no" } });
  const result = await storeWith(500).commit(newCall(), commitFrom(at(0)), within);
  expect(result).toEqual({ kind: "unavailable", reason: name });
  expect(asked).toHaveLength(times);
});

test("a clock that is wrong costs one attempt: the second is signed with the table's time", async () => {
  const tableTime = new Date(Date.now() + 3_600_000).toUTCString();
  const refusal = {
    __type: "com.amazon.coral.service#InvalidSignatureException",
    message: "Signature not yet current",
  };
  answerTo = (_, nth) => (nth === 1 ? { status: 400, body: refusal, date: tableTime } : ok);
  expect(await storeWith(500).read(newCall(), within)).toEqual({ kind: "nothing" });
  const [wrong = "", right = ""] = asked.map(({ signedAt }) => signedAt);
  expect(Number(right.slice(9, 11))).toBe((Number(wrong.slice(9, 11)) + 1) % 24);
});

test("a request names nothing of the machine that sends it", async () => {
  answerTo = () => ok;
  await storeWith(500).commit(newCall(), commitFrom(at(0)), within);
  expect(asked[0]?.agent).toBeUndefined();
});

test("a write that lost has what is left of its time to find out who won", async () => {
  answerTo = (operation) => (operation === "GetItem" ? "hang" : refusedReply);
  const startedMs = performance.now();
  const result = await storeWith(2_000).commit(newCall(), commitFrom(at(0)), { nowMs: startMs, withinMs: 300 });
  expect(result).toEqual({ kind: "unavailable", reason: expect.stringMatching(/^\w+$/), refused: true });
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test("a write that lost to a call whose item is gone by now is told so", async () => {
  answerTo = (operation) => (operation === "GetItem" ? ok : refusedReply);
  const result = await storeWith(500).commit(newCall(), commitFrom(at(0)), within);
  expect(result).toEqual({ kind: "unavailable", reason: "winner gone", refused: true });
});

test("a write that was not answered is not known to have lost, although the table can be read", async () => {
  answerTo = (operation) => (operation === "GetItem" ? ok : broken);
  const result = await storeWith(500).commit(newCall(), commitFrom(at(0)), within);
  expect(result).toEqual({ kind: "unavailable", reason: expect.stringMatching(/^\w+$/) });
  expect(asked.map(({ operation }) => operation)).toEqual(["UpdateItem", "UpdateItem"]);
});

test("a line of the trail that nobody can read does not hide the call", async () => {
  const item = { callSid: { S: "x" }, "v#1.0": { S: "not a line" }, endedAtMs: { N: "7" } };
  answerTo = () => ({ status: 200, body: { Item: item } });
  expect(await storeWith(500).read(newCall(), within)).toMatchObject({
    kind: "found",
    item: { verbs: [], endedAtMs: 7 },
  });
});
