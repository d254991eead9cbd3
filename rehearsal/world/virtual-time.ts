import type { Clock } from "../../core/clock.ts";

/** Real time that a flow may wait for something that is not of the rehearsal (a file, a timer of its own). */
const strangersWaitMs = 2_000;

export interface VirtualTime extends Clock {
  /** Like `sleep`, for the one whom everybody else waits for: costs nothing when nobody wakes in between. */
  pass(ms: number): Promise<void>;
  /** Does anybody sleep? */
  isPending(): boolean;
  /** Runs the world until `main` is settled, then until nothing sleeps any more. */
  run<T>(main: Promise<T>): Promise<T>;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
  cancelled: boolean;
}

/** Thrown when a rehearsed call waits for something that will never come. */
export class StuckError extends Error {
  override readonly name = "StuckError";
}

/**
 * Time that passes only when everybody waits for it: no real waiting, and the same order every time. Between two
 * sleepers all promises settle; two who wake at the same instant wake in the order in which they fell asleep.
 */
export function virtualTime(startMs: number): VirtualTime {
  let now = startMs;
  let order = 0;
  const timers: Timer[] = [];

  const add = (atMs: number, wake: () => void): Timer => {
    const timer: Timer = { atMs, order: order++, wake, cancelled: false };
    let at = timers.length;
    timers.push(timer);
    // sorted, the next one last; there are never more than a few
    while (at > 0) {
      const before = timers[at - 1];
      if (before === undefined || before.atMs > atMs) break;
      timers[at] = before;
      at -= 1;
    }
    timers[at] = timer;
    return timer;
  };
  const soonest = (): Timer | undefined => {
    while (timers.at(-1)?.cancelled) timers.pop();
    return timers.at(-1);
  };

  async function drive(settled: () => boolean): Promise<void> {
    let idleSinceMs: number | undefined;
    for (;;) {
      await macrotask();
      if (settled()) return;
      const timer = soonest();
      if (timer !== undefined) {
        timers.pop();
        idleSinceMs = undefined;
        now = Math.max(now, timer.atMs);
        timer.wake();
        continue;
      }
      idleSinceMs ??= Date.now();
      if (Date.now() - idleSinceMs > strangersWaitMs) {
        throw new StuckError(
          `nothing left to happen in the call, and it has not ended (${strangersWaitMs} ms of waiting)`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  const timer = (ms: number, ring: () => void): (() => void) => {
    const added = add(now + Math.max(0, ms), ring);
    return () => {
      added.cancelled = true;
    };
  };
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => timer(ms, resolve));
  return {
    nowMs: () => now,
    sleep,
    timer,
    pass(ms) {
      const due = soonest();
      if (due !== undefined && due.atMs <= now + ms) return sleep(ms);
      now += ms;
      return Promise.resolve();
    },
    isPending: () => soonest() !== undefined,
    async run(main) {
      let settled = false;
      const watched = main.finally(() => {
        settled = true;
      });
      watched.catch(() => {});
      await drive(() => settled);
      await drive(() => soonest() === undefined);
      return watched;
    },
  };
}

/** After it, every promise that can settle without a timer has settled. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
