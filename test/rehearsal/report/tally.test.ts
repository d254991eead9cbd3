import { beforeAll, describe, expect, test } from "vitest";
import { worstSilenceMs } from "../../../rehearsal/checkers/silence-bounded.ts";
import type { Rehearsed } from "../../../rehearsal/explore/explore.ts";
import {
  addCase,
  cellIdsMax,
  emptyTally,
  failuresMax,
  idOf,
  mergeTally,
  type Tally,
} from "../../../rehearsal/report/tally.ts";
import { bookingCases } from "./booking-cases.ts";

let sound: readonly Rehearsed[] = [];
let broken: readonly Rehearsed[] = [];
beforeAll(async () => {
  sound = await bookingCases("sound");
  broken = await bookingCases("broken");
});

function tallyOf(cases: readonly Rehearsed[]): Tally {
  const tally = emptyTally();
  for (const rehearsed of cases) addCase(tally, rehearsed);
  return tally;
}

describe("the tally", () => {
  test("counts calls that came through, by the fault that they met and the step where", () => {
    const tally = tallyOf(sound);
    expect(tally).toMatchObject({ cases: sound.length, failed: 0, failures: [] });
    expect(Object.values(tally.counts)).toEqual([0, 0, 0, 0, 0, 0]);
    const at = (kind: string, fault: string, step: string) =>
      [...tally.cells.values()].find((cell) => cell.kind === kind && cell.fault === fault && cell.step === step)?.cases;
    const met = (kind: string, fault: string, step: string) =>
      sound.filter(({ call }) =>
        call.faults.some((one) => one.kind === kind && one.fault === fault && one.step === step),
      );
    expect(at("request", "refused", "")).toBe(met("request", "refused", "").length);
    expect(at("effect", "unheard", "ask")).toBe(met("effect", "unheard", "ask").length);
    expect(at("effect", "unheard", "ask")).toBeGreaterThan(0);
    expect(at("effect", "unheard", "booked")).toBeUndefined();
  });

  test("a step has one column, whatever its name after a deployment", () => {
    const [met] = sound.filter(({ call }) => call.faults.some(({ step }) => step === "ask"));
    if (met === undefined) throw new Error("no fault at 'ask'");
    const faults = met.call.faults.map((fault) => ({ ...fault, step: `${fault.step}Anew` }));
    const tally = tallyOf([met, { ...met, call: { ...met.call, faults } }]);
    expect([...tally.cells.values()]).toEqual([expect.objectContaining({ step: "ask", cases: 2 })]);
  });

  test("a call that met the same fault twice at one step is one case there", () => {
    const [met] = sound.filter(({ call }) => call.faults.length === 1);
    if (met === undefined) throw new Error("no call with one fault");
    const tally = tallyOf([{ ...met, call: { ...met.call, faults: [...met.call.faults, ...met.call.faults] } }]);
    expect([...tally.cells.values()].map(({ cases }) => cases)).toEqual([1]);
  });

  test("names the case of the longest silence and of the most requests", () => {
    const { silenceSingleMs, silenceMoreMs, requests } = tallyOf(sound);
    expect(silenceSingleMs.value).toBe(Math.max(...sound.map(({ call }) => worstSilenceMs(call))));
    expect(sound.map(idOf)).toContain(silenceSingleMs.id);
    expect(silenceMoreMs.id).toBe("");
    expect(requests.value).toBe(Math.max(...sound.map(({ call }) => call.record.attemptCount)));
  });

  test("an effect done twice is counted once for its call, named in its cell and among the failures", () => {
    const tally = tallyOf(broken);
    const failing = broken.filter(({ findings }) => findings.length > 0);
    expect(tally.failed).toBe(failing.length);
    expect(tally.failures.map(({ id }) => id)).toEqual(failing.slice(0, failuresMax).map(idOf));
    const duplicated = failing.filter(({ findings }) =>
      findings.some(({ checker }) => checker === "effects-once" || checker === "told-as-done"),
    );
    expect(tally.counts.effectsDuplicated).toBe(duplicated.length);
    const lost = tally.failures.find(({ faults }) => faults.includes("request answer-lost (primary, at ask)"));
    const cell = [...tally.cells.values()].find(({ ids }) => lost !== undefined && ids.includes(lost.id));
    expect(cell).toMatchObject({ flow: "books-again", kind: "request", fault: "answer-lost", step: "ask" });
  });

  test("counted in parts and put together it is the same, sent through a clone too", () => {
    const cases = [...sound, ...broken];
    for (const cut of [0, 1, 40, cases.length]) {
      const parts = [tallyOf(cases.slice(0, cut)), tallyOf(cases.slice(cut))].map((part) => structuredClone(part));
      const merged = emptyTally();
      for (const part of parts) mergeTally(merged, part);
      expect(merged).toEqual(tallyOf(cases));
    }
  });

  test("keeps the first failures only, and the first ids of a cell, however many come", () => {
    const tally = emptyTally();
    for (let times = 0; times < 5; times += 1) mergeTally(tally, tallyOf(broken));
    const one = tallyOf(broken);
    expect(tally.failed).toBe(5 * one.failed);
    expect(tally.failures).toHaveLength(Math.min(failuresMax, 5 * one.failures.length));
    for (const cell of tally.cells.values()) expect(cell.ids.length).toBeLessThanOrEqual(cellIdsMax);
    const again = emptyTally();
    for (let times = 0; times < 5; times += 1) for (const rehearsed of broken) addCase(again, rehearsed);
    expect(again).toEqual(tally);
  });
});
