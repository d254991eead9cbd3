import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";

/** A clock that moves only when it is told to, or when somebody sleeps. */
export function fakeClock(startMs = 1_700_000_000_000): Clock & { advance(ms: number): void } {
  let now = startMs;
  const timer = (ms: number, ring: () => void) => {
    // Real work (a request over HTTP under a deadline) gets real time: only the short wait for a lease is cut short.
    const realMs = ms <= limits.leaseWaitMs ? 50 : ms;
    const turn = setTimeout(() => {
      now += ms;
      ring();
    }, realMs);
    return () => clearTimeout(turn);
  };
  return {
    nowMs: () => now,
    advance: (ms) => {
      now += ms;
    },
    timer,
    sleep: (ms) => new Promise((resolve) => timer(ms, resolve)),
  };
}
