import { expect, test } from "vitest";
import { shedLevels } from "../../../core/shed.ts";
import { randomOf } from "../../../rehearsal/explore/random.ts";
import { calendar } from "../../../scripts/bench/growth/calendar.ts";
import { poisson } from "../../../scripts/bench/growth/day.ts";
import { lossShare } from "../../../scripts/bench/growth/erlang.ts";
import { endedCalls, hearsSorry, type Outage, simulateOutage } from "../../../scripts/bench/growth/outage.ts";
import { keptShare, momentsOf } from "../../../scripts/bench/growth/scenarios.ts";

/** Callers of so many seconds, so many a second, by chance. */
function callers(seed: number, seconds: number, perSecond: number): number[] {
  const random = randomOf(seed, 0);
  return momentsOf(
    random,
    Array.from({ length: seconds }, () => poisson(random, perSecond)),
  );
}

const calm: Outage = {
  arrivalsMs: callers(1, 30, 40),
  gapsMs: [3_000, 3_360, 3_120],
  fromMs: 10_000,
  untilMs: 25_000,
  ...{ primaryMs: 10, failsAfterMs: 1_000, functionMs: 100, functionsAtOnce: 30, retryAfterMs: 0 },
  repeatsAnswer: false,
  levelAt: () => "none",
};

test.each([1, 2, 3, 4, 5, 6])("no call is lost from sight: all that came have ended in one way (seed %i)", (seed) => {
  const random = randomOf(seed, 1);
  const below = (count: number) => Math.floor(random() * count);
  const given: Outage = {
    ...calm,
    arrivalsMs: callers(seed, 30, 10 + below(200)),
    gapsMs: Array.from({ length: 1 + below(5) }, () => below(5_000)),
    functionsAtOnce: 1 + below(40),
    functionMs: 1 + below(1_500),
    failsAfterMs: below(5_000),
    retryAfterMs: below(2) * 500,
    repeatsAnswer: random() < 0.5,
    levelAt: () => shedLevels[below(shedLevels.length)] ?? "none",
  };
  const result = simulateOutage(given);
  expect(result.arrived).toBe(given.arrivalsMs.length);
  expect(endedCalls(result)).toBe(result.arrived);
  expect(endedCalls(result.onTheLine)).toBe(result.onTheLine.arrived);
  expect(endedCalls(result.called)).toBe(result.called.arrived);
  expect(result.onTheLine.arrived).toBe(given.arrivalsMs.filter((ms) => ms < given.fromMs).length);
  expect(result.mostAtOnce).toBeLessThanOrEqual(given.functionsAtOnce);
});

test("without an outage nobody meets it and no Function runs", () => {
  const result = simulateOutage({ ...calm, untilMs: calm.fromMs, functionsAtOnce: 1, levelAt: () => "sorry" });
  expect(result).toMatchObject({ untouched: calm.arrivalsMs.length, held: 0, executions: 0, turnedAway: 0 });
  expect(keptShare(result)).toBe(1);
});

test("below the limit everybody who meets the outage is held", () => {
  const result = simulateOutage({ ...calm, functionsAtOnce: 200 });
  expect(result).toMatchObject({ lastResort: 0, lostNew: 0, lostInProgress: 0, toldSorry: 0, turnedAway: 0 });
  expect(result.held).toBeGreaterThan(0);
  expect(result.mostAtOnce).toBeLessThan(200);
});

test("with no Function at all who meets the outage is lost, at the start or in the middle", () => {
  const result = simulateOutage({ ...calm, functionsAtOnce: 0 });
  expect(result.lostNew + result.lostInProgress + result.untouched).toBe(result.arrived);
  // twice at the fallback URL, and nobody comes to a second document
  expect(result.turnedAway).toBe(2 * (result.lostNew + result.lostInProgress));
  expect(result.onTheLine.lostNew).toBe(0);
  expect(result.called.lostInProgress).toBeGreaterThanOrEqual(0);
});

test("executions at once are their rate times their time (Little's law)", () => {
  const long = { ...calm, arrivalsMs: callers(4, 70, 60), fromMs: 10_000, untilMs: 70_000, functionsAtOnce: 500 };
  for (const functionMs of [100, 1_450]) {
    const { meanAtOnce, executionsPerSecond } = simulateOutage({ ...long, functionMs });
    const expected = (executionsPerSecond * functionMs) / 1_000;
    expect(Math.abs(meanAtOnce / expected - 1)).toBeLessThan(0.04);
  }
});

test("calls of one document are turned away as Erlang's formula says", () => {
  const perSecond = 260;
  const given = { ...calm, arrivalsMs: callers(5, 200, perSecond), gapsMs: [1_000], fromMs: 0, untilMs: 300_000 };
  const { lostNew, arrived } = simulateOutage(given);
  expect(lostNew / arrived).toBeCloseTo(lossShare((perSecond * calm.functionMs) / 1_000, calm.functionsAtOnce), 2);
});

test("sorry is heard by new callers alone, and the levels before it change nothing at Functions", () => {
  expect(shedLevels.filter((level) => hearsSorry(level, "new", 0))).toEqual(["sorry"]);
  expect(shedLevels.filter((level) => hearsSorry(level, "in-progress", 0))).toEqual([]);
  const crowded = { ...calm, arrivalsMs: callers(6, 30, 400) };
  const none = simulateOutage(crowded);
  expect(simulateOutage({ ...crowded, levelAt: () => "effects" })).toEqual(none);
  expect(simulateOutage({ ...crowded, levelAt: () => "media" })).toEqual(none);
  const sorry = simulateOutage({ ...crowded, levelAt: () => "sorry" });
  expect(sorry.toldSorry).toBeGreaterThan(0);
  expect(sorry.onTheLine.toldSorry).toBe(0);
  expect(keptShare(sorry)).toBeGreaterThan(keptShare(none));
});

test("a caller whose answer is lost again and again hears the last resort in the end", () => {
  const long = { ...calm, arrivalsMs: callers(8, 60, 100), gapsMs: Array.from({ length: 8 }, () => 1_000) };
  const crowded = { ...long, fromMs: 0, untilMs: 90_000 };
  expect(simulateOutage(crowded).lastResort).toBeGreaterThan(0);
  // where the answer comes along nothing is asked again, and each turn spends one resume at most
  expect(simulateOutage({ ...crowded, functionsAtOnce: 200, repeatsAnswer: true }).lastResort).toBe(0);
});

test("a calendar hands out each moment's events in their order, those of the moment itself included", () => {
  const due = calendar(10);
  for (const [ms, event] of [
    [3, 1],
    [2, 2],
    [3, 3],
  ] as const)
    due.add(ms, event);
  const taken: number[] = [];
  for (let ms = 0; ms <= 3; ms += 1) {
    due.each(ms, (event) => {
      taken.push(event);
      if (event === 1) due.add(ms, 4);
    });
  }
  expect(taken).toEqual([2, 1, 3, 4]);
  expect(due.size()).toBe(0);
  expect(() => due.add(14, 5)).toThrow(RangeError);
  expect(() => due.add(2, 5)).toThrow(RangeError);
});
