import { expect, test } from "vitest";
import { abortedAfter, type Clock } from "../../core/clock.ts";

/** A clock whose one timer is rung by hand. */
function handClock() {
  let ring: (() => void) | undefined;
  const clock: Clock = {
    nowMs: () => 0,
    sleep: () => Promise.resolve(),
    timer: (_ms, rings) => {
      ring = rings;
      return () => {
        ring = undefined;
      };
    },
  };
  return { clock, ring: () => ring?.(), isSet: () => ring !== undefined };
}

test("work that is done in time takes its timer with it, whether it came to something or not", async () => {
  const { clock, isSet } = handClock();
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal) => {
    signals.push(signal);
    expect(isSet()).toBe(true);
    return signals.length === 1 ? Promise.resolve("done") : Promise.reject(new Error("refused"));
  };
  expect(await abortedAfter(clock, 100, work)).toBe("done");
  expect(isSet()).toBe(false);
  await expect(abortedAfter(clock, 100, work)).rejects.toThrow("refused");
  expect(isSet()).toBe(false);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test("work that is late is told to stop", async () => {
  const { clock, ring } = handClock();
  const stopped = abortedAfter(clock, 100, (signal) => {
    ring();
    return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve("went on");
  });
  await expect(stopped).rejects.toThrow("aborted");
});
