/** Time as an argument: tests and the rehearsal hand in a clock of their own. */
export interface Clock {
  /** milliseconds since 1970 */
  nowMs(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Calls `ring` after `ms` milliseconds. @returns what stops it; of no effect once it has rung */
  timer(ms: number, ring: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  timer: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Waits for `work` for at most `ms` milliseconds of `clock`; whoever can end the work does it in `onTimeout`.
 *
 * @returns what `work` returned, or `onTimeout()`; errors of both pass through. The timer never outlives the work.
 */
export async function within<T, U>(
  clock: Clock,
  ms: number,
  work: () => Promise<T>,
  onTimeout: () => U,
): Promise<T | U> {
  let stop = (): void => {};
  const timeout = new Promise<typeof onTimeout>((resolve) => {
    stop = clock.timer(ms, () => resolve(onTimeout));
  });
  try {
    const first = await Promise.race([work().then((value) => ({ value })), timeout]);
    return typeof first === "function" ? first() : first.value;
  } finally {
    stop();
  }
}
