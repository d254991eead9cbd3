import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { isMet } from "../../../scripts/bench/report.ts";
import { ratioOf, spreadOf } from "../../../scripts/bench/statistics.ts";
import { startCountingProxy } from "../../../scripts/bench/webhooks/counting-proxy.ts";
import type { Contender } from "../../../scripts/bench/webhooks/field.ts";
import { toReport } from "../../../scripts/bench/webhooks/figures.ts";
import { shuffled, type Traffic } from "../../../scripts/bench/webhooks/measure.ts";
import { delayed, kinds, ordinary, otherWays, positions, repetition } from "../../../scripts/bench/webhooks/plan.ts";
import type { Found, WebhooksRun } from "../../../scripts/bench/webhooks/run.ts";
import type { StationPlan } from "../../../scripts/bench/webhooks/stations.ts";

test("the middle half of the values lies between the quartiles, and the median is in the middle", () => {
  expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ low: 2, median: 3, high: 4 });
  expect(spreadOf([1, 2])).toEqual({ low: 1.25, median: 1.5, high: 1.75 });
  expect(spreadOf([7])).toEqual({ low: 7, median: 7, high: 7 });
  expect(() => spreadOf([])).toThrow("no measurements");
});

test("a ratio is of each round first: a busy moment that met both sides does not move it", () => {
  // the second round was ten times slower for both; the ratio of the medians would be 3 / 4
  expect(ratioOf([1, 30, 3], [2, 60, 4]).median).toBe(0.5);
  expect(() => ratioOf([1, 2], [1])).toThrow("as many rounds");
});

const traffic: Traffic = { requests: 1, sentBytes: 1_000, receivedBytes: 200, operations: { UpdateItem: 1 } };
const found = ({ name, contender }: StationPlan, cpuMs: readonly number[], wallMs: readonly number[]): Found => ({
  ...{ name, contender, traffic },
  blocks: cpuMs.map((cpu) => ({ cpuMs: cpu, wallMs })),
});
const cpuOf: Partial<Record<Contender, readonly number[]>> = { plain: [2, 4, 6], stayline: [1, 3, 3] };

function runWith(changes: Partial<WebhooksRun> = {}): WebhooksRun {
  const all = (plans: readonly StationPlan[]) =>
    plans.map((plan) =>
      found(plan, cpuOf[plan.contender] ?? [1, 1, 1], plan.contender === "plain" ? [4, 4, 8] : [1, 2, 3]),
    );
  return {
    ordinary: all(ordinary),
    otherWays: all(otherWays),
    kinds: all(kinds),
    delayed: all(delayed),
    positions: all(positions),
    ...changes,
  };
}
const measured = (run: WebhooksRun, what: RegExp) => toReport(run).targets.find((target) => what.test(target.what));

test("the targets are of Stayline beside what is written by hand, in the same rounds", () => {
  expect(measured(runWith(), /^CPU of an ordinary turn/)?.measured).toBe(0.5);
  expect(measured(runWith(), /^p50/)?.measured).toBe(0.5);
  expect(measured(runWith(), /^p99/)?.measured).toBe(3 / 8);
  expect(toReport(runWith()).charts[0]?.bars.filter(({ isOurs }) => isOurs)).toEqual([
    { label: "Stayline", value: 3, spread: [2, 3], isOurs: true },
  ]);
});

test("a call whose late turns cost more is told, by its CPU and by its bytes", () => {
  const grown = positions.map((plan) => {
    const late = plan.name === "turn 200";
    const bytes = { ...traffic, sentBytes: late ? 1_480 : 1_000 };
    return { ...found(plan, late ? [2, 2, 2] : [1, 1, 1], [1]), traffic: bytes };
  });
  const run = runWith({ positions: grown });
  expect(measured(run, /^CPU of turn 200/)).toMatchObject({ measured: 2 });
  expect(measured(run, /^bytes of turn 200/)).toMatchObject({ measured: 1.4, kind: "count" });
  expect(
    toReport(run)
      .targets.filter((target) => !isMet(target))
      .map(({ what }) => what),
  ).toEqual(expect.arrayContaining(["CPU of turn 200, x turn 1", "bytes of turn 200, x turn 1"]));
});

test("one request more than promised is a target that is missed", () => {
  const more = runWith().ordinary.map((one) => ({ ...one, traffic: { ...traffic, requests: 1.05 } }));
  const target = measured(runWith({ ordinary: more }), /requests of an ordinary/);
  expect(target).toMatchObject({ bound: { exactly: 1 }, measured: 1.05, kind: "count" });
  expect(target && isMet(target)).toBe(false);
});

test("every cell of a table has its column, and every row something to say", () => {
  for (const { columns, rows, title } of toReport(runWith()).tables) {
    const keys = columns.map(({ key }) => key);
    expect(new Set(keys).size, title).toBe(keys.length);
    for (const row of rows) expect(keys, title).toEqual(expect.arrayContaining(Object.keys(row)));
  }
});

test("everybody has every neighbour: the order of a round is drawn, and drawn again the same from the same seed", () => {
  const rounds = Array.from({ length: 60 }, (_, round) => shuffled(["a", "b", "c"], 7, round).join(""));
  expect(new Set(rounds)).toEqual(new Set(["abc", "acb", "bac", "bca", "cab", "cba"]));
  expect(rounds).toEqual(Array.from({ length: 60 }, (_, round) => shuffled(["a", "b", "c"], 7, round).join("")));
});

test("a p99 of a full run has at least twenty webhooks above it", () => {
  for (const { calls, measured: blocks } of [repetition.full.ordinary, repetition.full.otherWays])
    expect(calls * blocks).toBeGreaterThanOrEqual(2_000);
});

test("requests are counted by operation, one that is cut in two by the network once, and every byte of both ways", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.write("answer")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  const proxy = await startCountingProxy(`http://127.0.0.1:${address.port}`);
  const client = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  const say = async (text: string) => {
    const answered = new Promise((resolve) => client.once("data", resolve));
    client.write(text);
    await answered;
  };
  try {
    const parts = [
      "x-amz-target: DynamoDB_20120810.GetItem\r\n\r\nX-AMZ-Tar",
      "get: DynamoDB_20120810.Upda",
      "teItem\r\n",
    ];
    for (const part of parts) await say(part);
    const { requests, sentBytes, receivedBytes } = proxy.wire();
    expect(requests).toEqual({ GetItem: 1, UpdateItem: 1 });
    expect({ sentBytes, receivedBytes }).toEqual({
      sentBytes: parts.join("").length,
      receivedBytes: 3 * "answer".length,
    });
    proxy.reset();
    expect(proxy.wire()).toEqual({ requests: {}, sentBytes: 0, receivedBytes: 0 });
  } finally {
    client.destroy();
    await proxy.stop();
    await new Promise((resolve) => server.close(resolve));
  }
});
