import type { Random } from "../../../rehearsal/explore/random.ts";

/** A day of calls: a curve, and callers who come by chance. */

export const secondsPerDay = 86_400;
const secondsPerHour = 3_600;

export const dayCurve = {
  /**
   * Share of a day's calls in its busiest hour: what planners of telephone lines take for an office [Cisco, Designing networks, traffic
   * engineering: 17 %]. A nationwide line around the clock has some 10 %; this is the careful side.
   */
  busyHourShare: 0.17,
  /** Middle of that hour. A bank's call centre had its peak at 10:18 (calls of 1999, published as the data set `Call_data`). */
  peakHour: 10.3,
  /** Share of the calls that come evenly through day and night. */
  floorShare: 0.1,
} as const;

/** Standard deviation, in hours, of the hump whose busiest hour has `busyHourShare` of the calls; found by halving. */
function sigmaHours(): number {
  const { busyHourShare, floorShare } = dayCurve;
  const share = (sigma: number) => {
    const weight = (at: number) => Math.exp(-(((at - 12) / sigma) ** 2) / 2);
    let inHour = 0;
    let all = 0;
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const at = (minute + 0.5) / 60;
      all += weight(at);
      if (Math.abs(at - 12) < 0.5) inHour += weight(at);
    }
    return (1 - floorShare) * (inHour / all) + floorShare / 24;
  };
  let [narrow, wide] = [0.2, 12];
  for (let halving = 0; halving < 40; halving += 1) {
    const middle = (narrow + wide) / 2;
    if (share(middle) > busyHourShare) narrow = middle;
    else wide = middle;
  }
  return wide;
}

/** Calls expected in each second of a day with `callsPerDay`; they add up to it. */
export function expectedArrivals(callsPerDay: number): Float64Array {
  const { peakHour, floorShare } = dayCurve;
  const sigma = sigmaHours();
  const hump = new Float64Array(secondsPerDay);
  let sum = 0;
  for (let second = 0; second < secondsPerDay; second += 1) {
    const at = (second + 0.5) / secondsPerHour;
    // the day before and the day after reach into this one
    const distance = Math.min(Math.abs(at - peakHour), 24 - Math.abs(at - peakHour));
    const weight = Math.exp(-((distance / sigma) ** 2) / 2);
    hump[second] = weight;
    sum += weight;
  }
  return hump.map((weight) => callsPerDay * ((1 - floorShare) * (weight / sum) + floorShare / secondsPerDay));
}

/** How many come when `mean` are expected: exponential gaps are laid one behind the other until the second is full. */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  let filled = -Math.log(1 - random());
  while (filled < mean) {
    count += 1;
    filled -= Math.log(1 - random());
  }
  return count;
}

/** Callers of each second, by chance. */
export function arrivalsOf(random: Random, expected: Float64Array): Uint32Array {
  return Uint32Array.from(expected, (mean) => poisson(random, mean));
}

/** What every call does at a moment of its own, in whole seconds since it began. */
export interface Act {
  readonly afterSec: number;
  readonly amount: number;
}

/** What all calls together do in each second: longer than the day, because its last calls end behind it. */
export function seriesOf(arrivals: Uint32Array, acts: readonly Act[]): Float64Array {
  const lastSec = Math.max(0, ...acts.map(({ afterSec }) => afterSec));
  const series = new Float64Array(arrivals.length + lastSec);
  for (const { afterSec, amount } of acts) {
    for (let second = 0; second < arrivals.length; second += 1) {
      const at = second + afterSec;
      series[at] = (series[at] ?? 0) + amount * (arrivals[second] ?? 0);
    }
  }
  return series;
}

export function largest(series: ArrayLike<number>): { readonly at: number; readonly value: number } {
  let found = { at: 0, value: series[0] ?? 0 };
  for (let at = 1; at < series.length; at += 1) {
    const value = series[at] ?? 0;
    if (value > found.value) found = { at, value };
  }
  return found;
}

/** Means per second of each hour of the day. */
export function hourlyMeans(series: ArrayLike<number>): number[] {
  return Array.from({ length: 24 }, (_, hour) => {
    let sum = 0;
    for (let second = 0; second < secondsPerHour; second += 1) sum += series[hour * secondsPerHour + second] ?? 0;
    return sum / secondsPerHour;
  });
}

/** The largest growth within `withinSec`: a minute's mean over the highest minute's mean until so long before. */
export function steepestGrowth(series: ArrayLike<number>, withinSec: number): number {
  const minutes = Array.from({ length: Math.floor(secondsPerDay / 60) }, (_, minute) => {
    let sum = 0;
    for (let second = 0; second < 60; second += 1) sum += series[minute * 60 + second] ?? 0;
    return sum / 60;
  });
  let before = 0;
  let steepest = 0;
  for (const [minute, value] of minutes.entries()) {
    const past = minutes[minute - withinSec / 60];
    if (past === undefined) continue;
    before = Math.max(before, past);
    steepest = Math.max(steepest, value / before);
  }
  return steepest;
}
