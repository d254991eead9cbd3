import { expect, test } from "vitest";
import { randomOf } from "../../../rehearsal/explore/random.ts";
import { breaksOf, partitionsFor } from "../../../scripts/bench/growth/breaks.ts";
import {
  arrivalsOf,
  dayCurve,
  expectedArrivals,
  hourlyMeans,
  largest,
  poisson,
  secondsPerDay,
  seriesOf,
  steepestGrowth,
} from "../../../scripts/bench/growth/day.ts";
import { lossShare, offeredAt, placesFor } from "../../../scripts/bench/growth/erlang.ts";

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((all, value) => all + value, 0);

test("a day has its calls, its busiest hour and its peak", () => {
  const expected = expectedArrivals(1_000_000);
  expect(expected).toHaveLength(secondsPerDay);
  expect(sum(expected)).toBeCloseTo(1_000_000, 0);
  const busiest = Math.round((dayCurve.peakHour - 0.5) * 3_600);
  expect(sum(expected.subarray(busiest, busiest + 3_600)) / 1_000_000).toBeCloseTo(dayCurve.busyHourShare, 3);
  expect(largest(expected).at / 3_600).toBeCloseTo(dayCurve.peakHour, 2);
  expect(largest(expected).value / (1_000_000 / secondsPerDay)).toBeGreaterThan(4);
});

test("callers come by chance: mean and variance are those of Poisson, and a seed gives the same day", () => {
  for (const mean of [0.2, 5, 300]) {
    const random = randomOf(7, mean);
    const drawn = Array.from({ length: 1_500 }, () => poisson(random, mean));
    const found = sum(drawn) / drawn.length;
    const variance = sum(drawn.map((count) => (count - found) ** 2)) / drawn.length;
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(mean / drawn.length));
    expect(variance / mean).toBeGreaterThan(0.85);
    expect(variance / mean).toBeLessThan(1.15);
  }
  const expected = expectedArrivals(100_000);
  expect(arrivalsOf(randomOf(1, 0), expected)).toEqual(arrivalsOf(randomOf(1, 0), expected));
  expect(arrivalsOf(randomOf(1, 0), expected)).not.toEqual(arrivalsOf(randomOf(2, 0), expected));
});

test("what calls do is done in the day or behind it, each once", () => {
  const arrivals = arrivalsOf(randomOf(3, 0), expectedArrivals(100_000));
  const series = seriesOf(arrivals, [
    { afterSec: 0, amount: 1 },
    { afterSec: 6, amount: 2 },
  ]);
  expect(series).toHaveLength(secondsPerDay + 6);
  expect(sum(series)).toBe(3 * sum(arrivals));
  expect(series[10]).toBe((arrivals[10] ?? 0) + 2 * (arrivals[4] ?? 0));
  expect(sum(hourlyMeans(series)) * 3_600).toBeCloseTo(sum(series.subarray(0, secondsPerDay)), 3);
});

test("growth is measured against the highest minute until half an hour before", () => {
  const flat = new Float64Array(secondsPerDay).fill(5);
  expect(steepestGrowth(flat, 1_800)).toBe(1);
  const jump = flat.map((value, second) => (second < 40_000 ? value : 3 * value));
  expect(steepestGrowth(jump, 1_800)).toBe(3);
});

test("Erlang's formula gives its published values, and its two inverses agree with it", () => {
  expect(lossShare(20, 30)).toBeCloseTo(0.0085, 4);
  expect(lossShare(1, 1)).toBeCloseTo(0.5);
  expect(lossShare(offeredAt(0.01, 30), 30)).toBeCloseTo(0.01, 6);
  const places = placesFor(190, 0.001);
  expect(lossShare(190, places)).toBeLessThanOrEqual(0.001);
  expect(lossShare(190, places - 1)).toBeGreaterThan(0.001);
});

const deployment = {
  ...{ architecture: "arm64", webhookMemoryMb: 1_024, mediaMemoryMb: 512, throttleRatePerSecond: 200 },
  ...{ logRetentionDays: 30, hasSecondRegion: false, hasPointInTimeRecovery: true },
};
const load = {
  ...{ callsPerDay: 1_000_000, callsPerSecond: 48, webhooks: 4, media: 1, writeUnits: 5 },
  ...{ functionWebhooks: 4, firstWebhooks: 1, firstMedia: 1 },
};

test("limits come in the order in which a growing line meets them, and are met there", () => {
  const breaks = breaksOf(load, deployment);
  const met = breaks.map(({ callsPerDay }) => callsPerDay);
  expect(met).toEqual(met.toSorted((a, b) => a - b));
  for (const { limit, when, bound, callsPerDay } of breaks) {
    const factor = callsPerDay / load.callsPerDay;
    const there = breaksOf({ ...load, callsPerDay, callsPerSecond: load.callsPerSecond * factor }, deployment);
    expect(there.find((one) => one.limit === limit && one.when === when)?.demand).toBeCloseTo(bound, 6);
  }
  const [throttled] = breaks.filter(({ limit }) => limit.startsWith("API's rate"));
  expect(throttled).toMatchObject({ bound: 200, demand: 48 * 5 });
});

test("a partition takes a thousand write units", () => {
  expect([partitionsFor(0), partitionsFor(1_000), partitionsFor(1_001)]).toEqual([1, 1, 2]);
});
