import { createServer } from "node:http";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CheckpointStore, ReadResult, Timing, WriteResult } from "../../../core/checkpoint-store.ts";
import { limits } from "../../../core/limits.ts";
import { closeServer, host, listen } from "../../../scripts/stack/listen.ts";
import { startTable, tableCredentials } from "../../../scripts/stack/table.ts";
import { startTableProxy, type TableProxy } from "../../../scripts/stack/table-proxy.ts";
import { storeOn } from "./targets.ts";
import { at, claimAt, commitFrom, newCall, put, startMs } from "./writes.ts";

const withinMs = 400;
const attemptMs = 150;
/** What a busy machine may add. */
const toleranceMs = 250;
const within: Timing = { nowMs: startMs, withinMs };

let table: Awaited<ReturnType<typeof startTable>>;
let proxy: TableProxy;
let store: CheckpointStore;
beforeAll(async () => {
  table = await startTable(0);
  proxy = await startTableProxy(table.endpoint);
  store = storeOn(table, proxy.urls.primary, attemptMs);
  // the SDK's own first request is slow: no caller's business here
  await store.read(newCall(), { nowMs: startMs, withinMs: 5_000 });
});
afterEach(() => proxy.clear());
afterAll(async () => {
  await proxy?.stop();
  await table?.stop();
});

type Operation = (on: CheckpointStore, callSid: string, timing: Timing) => Promise<ReadResult | WriteResult>;

/** Every operation of a store. */
const operations: Readonly<Record<keyof CheckpointStore, Operation>> = {
  read: (on, callSid, timing) => on.read(callSid, timing),
  claim: (on, callSid, timing) => on.claim(callSid, claimAt(at(0), "book", "t1"), timing),
  commit: (on, callSid, timing) => on.commit(callSid, commitFrom(at(0)), timing),
  note: (on, callSid, timing) => on.note(callSid, { endedAtMs: startMs }, timing),
};
const all = Object.entries(operations);

async function timed<T>(work: Promise<T>) {
  const startedMs = performance.now();
  const result = await work;
  return { result, tookMs: performance.now() - startedMs };
}

test.each(all.flatMap(([name, run]) => (["refuse", "hang", "throttle"] as const).map((mode) => ({ name, run, mode }))))(
  "a table that does $mode makes $name unavailable in time",
  async ({ run, mode }) => {
    proxy.fault(mode);
    const callSid = newCall();
    const { result, tookMs } = await timed(run(store, callSid, within));
    expect(result).toMatchObject({ kind: "unavailable", reason: expect.stringMatching(/^\w+$/) });
    expect(tookMs).toBeLessThan(withinMs + toleranceMs);
    proxy.clear();
    expect(await store.read(callSid, within)).toEqual({ kind: "nothing" });
  },
);

test.each(all)("an answer of a %s that is lost makes it unavailable, applied or not", async (_, run) => {
  proxy.fault("lose-answer");
  const { result, tookMs } = await timed(run(store, newCall(), within));
  expect(result.kind).toBe("unavailable");
  expect(tookMs).toBeLessThan(withinMs + toleranceMs);
});

test.each(all)("a %s whose first request alone fails is done by the second", async (_, run) => {
  proxy.fault("refuse", { times: 1 });
  const { result } = await timed(run(store, newCall(), within));
  expect(["written", "nothing"]).toContain(result.kind);
});

test("requests that are throttled once are done by the second, within the time that the primary has", async () => {
  const fresh = storeOn(table, proxy.urls.primary, limits.primaryTableAttemptMs);
  await fresh.read(newCall(), { nowMs: startMs, withinMs: 5_000 });
  for (let call = 0; call < 20; call++) {
    proxy.fault("throttle", { times: 1 });
    const timing = { nowMs: startMs, withinMs: limits.primaryTableBudgetMs };
    expect(await fresh.read(newCall(), timing)).toEqual({ kind: "nothing" });
  }
});

test.each(all)("a closed port makes %s unavailable at once", async (_, run) => {
  const server = createServer();
  const port = await listen(server, 0, "table");
  await closeServer(server);
  const { result, tookMs } = await timed(run(storeOn(table, `http://${host}:${port}`, attemptMs), newCall(), within));
  expect(result.kind).toBe("unavailable");
  expect(tookMs).toBeLessThan(withinMs + toleranceMs);
});

test.each(all)("a page that is not DynamoDB's makes %s unavailable", async (_, run) => {
  const server = createServer((_request, response) => response.writeHead(200).end("<html>maintenance</html>"));
  const port = await listen(server, 0, "table");
  try {
    const { result } = await timed(run(storeOn(table, `http://${host}:${port}`, attemptMs), newCall(), within));
    expect(result.kind).toBe("unavailable");
  } finally {
    await closeServer(server);
  }
});

test.each(all)("a table that does not exist makes %s unavailable", async (_, run) => {
  const other = storeOn({ ...table, name: "no-such-table" }, table.endpoint);
  expect((await run(other, newCall(), { nowMs: startMs, withinMs: 5_000 })).kind).toBe("unavailable");
});

test.each(all)("a %s with no time left is unavailable, and not an exception", async (_, run) => {
  for (const leftMs of [0, 1]) {
    const { result, tookMs } = await timed(run(store, newCall(), { nowMs: startMs, withinMs: leftMs }));
    // one millisecond can be enough on a fast machine
    expect(["unavailable", "written", "nothing"]).toContain(result.kind);
    expect(tookMs).toBeLessThan(toleranceMs);
  }
});

test("a write that lost, and whose winner cannot be read, is unavailable within one time for both", async () => {
  const callSid = newCall();
  await put(store, callSid, at(5));
  proxy.fault("hang", { operation: "GetItem" });
  const { result, tookMs } = await timed(store.commit(callSid, commitFrom(at(1)), within));
  expect(result.kind).toBe("unavailable");
  expect(tookMs).toBeLessThan(withinMs + toleranceMs);
});

test.each([
  ["of a later version", { schemaVersion: { N: "2" } }],
  ["with a turn that is no number", { turn: { S: "three" } }],
  ["with half a checkpoint", { turn: { N: "3" }, attempt: { N: "0" } }],
  ["with a leg that nobody has", { turn: { N: "3" }, leg: { S: "third" } }],
  ["with an effect that is no map", { "e#1:book": { S: "?" } }],
  ["with a pin without an answer", { "p#1": { M: { token: { S: "t" } } } }],
] as const)("an item %s cannot be read, and nothing is thrown", async (_, attributes) => {
  const client = new DynamoDBClient({ ...table, credentials: tableCredentials });
  const callSid = newCall();
  const known = { resumes: { N: "0" }, flow: { S: "four" }, step: { S: "x" }, data: { S: "x" }, token: { S: "x" } };
  const Item = { callSid: { S: callSid }, ...known, ...attributes };
  await client.send(new PutItemCommand({ TableName: table.name, Item }));
  client.destroy();
  expect((await store.read(callSid, within)).kind).toBe("unavailable");
});
