import type { Clock } from "../../core/clock.ts";

/** A clock that moves only when it is told to, or when somebody sleeps. */
export function fakeClock(startMs = 1_700_000_000_000): Clock & { advance(ms: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    advance: (ms) => {
      now += ms;
    },
    // A sleeper that is cancelled (an effect that answered in time) must not move the time: it waits for real work first.
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const turn = setTimeout(() => {
          if (!signal?.aborted) now += ms;
          resolve();
        }, 50);
        signal?.addEventListener("abort", () => {
          clearTimeout(turn);
          resolve();
        });
      }),
  };
}
