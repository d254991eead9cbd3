import type { Clock } from "../../../core/clock.ts";

/** When calls come in: fixed before the first one is placed, so that nothing that happens can put a later one off. */
export interface Arrivals {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Arrival {
  readonly index: number;
  /** In the clock's time. */
  readonly dueMs: number;
}

/** No schedule places more: a call of ours keeps about 10 kB until it is counted. */
const arrivalsMax = 20_000;

/** @throws RangeError for a schedule that places no call, or too many */
export function arrivalsFrom(startMs: number, { perSecond, seconds }: Arrivals): readonly Arrival[] {
  const count = Math.round(perSecond * seconds);
  if (!(count >= 1 && count <= arrivalsMax)) throw new RangeError(`${count} calls are not 1 to ${arrivalsMax}`);
  return Array.from({ length: count }, (_, index) => ({ index, dueMs: startMs + (index * 1_000) / perSecond }));
}

/**
 * Open loop: each call is placed when it is due, whatever became of those before it.
 *
 * @param place must not reject
 * @param drainMs how long the last ones may still take after the last arrival
 * @returns in order; undefined for a call that was not over by then
 */
export async function placeOpenLoop<T>(
  arrivals: readonly Arrival[],
  clock: Clock,
  place: (arrival: Arrival) => Promise<T>,
  drainMs: number,
): Promise<readonly (T | undefined)[]> {
  const placed: Promise<T>[] = [];
  for (const arrival of arrivals) {
    const earlyMs = arrival.dueMs - clock.nowMs();
    if (earlyMs > 0) await clock.sleep(earlyMs);
    placed.push(place(arrival));
  }
  let stop = (): void => {};
  const drained = new Promise<undefined>((resolve) => {
    stop = clock.timer(drainMs, () => resolve(undefined));
  });
  const all = await Promise.all(placed.map((call) => Promise.race([call, drained])));
  stop();
  return all;
}
