import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";

/** A clock that moves only when it is told to, or when somebody sleeps. */
export function fakeClock(startMs = 1_700_000_000_000): Clock & { advance(ms: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    advance: (ms) => {
      now += ms;
    },
    // Real work (a request over HTTP under a deadline) gets real time: only the short wait for a lease is cut short.
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const realMs = ms <= limits.leaseWaitMs ? 50 : ms;
        const turn = setTimeout(() => {
          if (!signal?.aborted) now += ms;
          resolve();
        }, realMs);
        signal?.addEventListener("abort", () => {
          clearTimeout(turn);
          resolve();
        });
      }),
  };
}
