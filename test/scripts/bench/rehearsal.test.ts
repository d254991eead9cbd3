import { expect, test } from "vitest";
import { flows } from "../../../flows/index.ts";
import { withoutNetwork } from "../../../rehearsal/kit/network.ts";
import { toReport } from "../../../scripts/bench/rehearsal/figures.ts";
import { createSurvey, shareAt, shares } from "../../../scripts/bench/rehearsal/survey.ts";
import { startWorkers } from "../../../scripts/bench/rehearsal/workers.ts";
import { plannedScripts } from "../../../scripts/rehearse/plan.ts";

const round = (calls: number, ms = 1_000) => ({ calls, cases: 2 * calls, ms, failed: 0 });
const shortest = async () => {
  const scripts = await withoutNetwork(() => plannedScripts(flows, {}, undefined));
  return scripts.toSorted((one, other) => one.script.answers.length - other.script.answers.length).slice(0, 1);
};

test("rates are medians over rounds, of all workers together, each by its own time", () => {
  const alone = [round(2_000), round(4_000), round(9_000, 3_000)].map((one) => ({ workers: [one], cpuMs: 2_000 }));
  const both = [{ workers: [round(1_000), round(6_000, 2_000)], cpuMs: 3_500 }];
  const report = toReport(alone, both);
  expect(report.tables[0]?.rows).toEqual([
    { workers: 1, calls: 3_000, least: 2_000, most: 4_000, each: 3_000, perCpu: 2_000, cases: 6_000, placed: 15_000 },
    { workers: 2, calls: 4_000, least: 4_000, most: 4_000, each: 2_000, perCpu: 2_000, cases: 4_000, placed: 7_000 },
  ]);
  expect(report.targets).toMatchObject([{ bound: { atLeast: 3_000 }, measured: 3_000, kind: "rate" }]);
  expect(report.charts[0]?.bars.map(({ label, value, spread }) => [label, value, spread])).toEqual([
    ["one worker", 3_000, [2_500, 3_500]],
    ["2 workers", 4_000, [4_000, 4_000]],
  ]);
});

test("a machine with one core has no row of two workers", () => {
  expect(toReport([{ workers: [round(1)], cpuMs: 1 }], []).tables[0]?.rows).toHaveLength(1);
});

test("calls with a finding are no measurement", () => {
  const broken = [{ workers: [{ ...round(5), failed: 2 }], cpuMs: 1 }];
  expect(() => toReport(broken, [])).toThrow("2 calls of the survey have findings");
});

test("two workers take every share once before one comes again", () => {
  const taken = [0, 1].flatMap((worker) => Array.from({ length: shares / 2 }, (_, turn) => shareAt(turn, worker, 2)));
  expect(new Set(taken).size).toBe(shares);
});

test("a round ends with the first share that ends after its time, and places calls of pairs that are sound", async () => {
  const scripts = await shortest();
  let nowMs = 0;
  const survey = createSurvey({ flows, scripts, workers: 1, worker: 0, nowMs: () => nowMs++ });
  // the clock is read at the beginning, before each share, and at the end
  const { calls, cases, ms, failed } = await withoutNetwork(() => survey.run(2));
  expect({ ms, failed }).toEqual({ ms: 3, failed: 0 });
  // one fault alone would be one call for each share
  expect(calls).toBeGreaterThan(20);
  expect(cases).toBeGreaterThanOrEqual(calls);
});

test("a worker tells what it did, and why it could not go on", async () => {
  const [one] = startWorkers(await shortest(), 1);
  const { calls, failed } = (await one?.run(1)) ?? {};
  await one?.end();
  expect(calls).toBeGreaterThan(0);
  expect(failed).toBe(0);
  const [idle] = startWorkers([], 1);
  await expect(idle?.run(1)).rejects.toThrow("no scripts to survey");
});
