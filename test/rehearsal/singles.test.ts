import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { faultKinds } from "../../rehearsal/fault-kinds.ts";
import type { Report } from "../../rehearsal/report/report.ts";
import { failureModesFile, pageOf, rehearseSingles } from "../../scripts/failure-modes.ts";

let report: Report;
beforeAll(async () => {
  report = await rehearseSingles(availableParallelism());
}, 120_000);

test("every single fault at every operation of every shipped flow, under every dialect: no caller is lost", () => {
  const { tally, scripts, dialects, workingSeconds } = report;
  console.log(
    `${tally.cases} calls placed, ${tally.same} known to be the same; ${scripts} scripts, ${dialects} dialects,` +
      ` ${Math.round(tally.cases / workingSeconds)} calls/s`,
  );
  expect(tally.failures).toEqual([]);
  expect(tally.failed).toBe(0);
  expect(tally.cases).toBeGreaterThan(10_000);
  expect([...tally.declared.keys()]).toEqual(["Twilio ends the call"]);
});

test("the same for the call that the protocol was checked with, its effect tried again or given up", async () => {
  const flows = fileURLToPath(new URL("../flows/four.ts", import.meta.url));
  const { tally } = await rehearseSingles(availableParallelism(), "--flows", flows, "--dialect", "default");
  expect(tally.failures).toEqual([]);
  expect(tally.cases).toBeGreaterThan(300);
}, 60_000);

test("the same for flows that use every verb that yields, and what is heard beside the call", async () => {
  const flows = fileURLToPath(new URL("../flows/verbs.ts", import.meta.url));
  const { tally } = await rehearseSingles(availableParallelism(), "--flows", flows, "--dialect", "default");
  expect(tally.failures).toEqual([]);
  expect(tally.cases).toBeGreaterThan(1_000);
}, 60_000);

test("the same for a flow that does something when the call is over, and a caller who was cut off and calls again", async () => {
  const flows = fileURLToPath(new URL("../flows/cut-off.ts", import.meta.url));
  const { tally } = await rehearseSingles(availableParallelism(), "--flows", flows, "--dialect", "default");
  expect(tally.failures).toEqual([]);
  expect(tally.cases).toBeGreaterThan(1_000);
  // the table is read on the primary too, for what an earlier call left there
  expect([...tally.modes.keys()].filter((mode) => mode.startsWith("read "))).not.toEqual([]);
}, 60_000);

test("no single fault makes more than 5 s of silence", () => {
  expect(report.tally.silenceSingleMs.value).toBeGreaterThan(4_000);
  expect(report.tally.silenceSingleMs.value).toBeLessThanOrEqual(5_000);
});

test("every fault that can strike alone has struck", () => {
  const named = Object.entries(faultKinds).flatMap(([kind, faults]) => faults.map(({ name }) => `${kind} ${name}`));
  // the fallback URL is asked, and the table read, only after a failure
  const alone = named.filter((name) => !/^(?:fallback|read) /.test(name));
  expect(alone.filter((name) => !report.tally.modes.has(name))).toEqual([]);
});

test("docs/failure-modes.md is what the code makes", () => {
  expect(readFileSync(failureModesFile, "utf8")).toBe(pageOf(report));
});
