/** Time as an argument: tests and the rehearsal hand in a clock of their own. */
export interface Clock {
  /** milliseconds since 1970 */
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    }),
};

/**
 * Runs `work` with an abort signal for at most `ms` milliseconds of `clock`.
 *
 * @returns what `work` returned, or `onTimeout()`; errors of `work` pass through. The timer never outlives the work.
 */
export async function within<T, U>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  onTimeout: () => U,
): Promise<T | U> {
  const timedOut = new AbortController();
  const finished = new AbortController();
  const timeout = clock.sleep(ms, finished.signal).then(() => {
    if (!finished.signal.aborted) timedOut.abort();
    return onTimeout;
  });
  try {
    const first = await Promise.race([work(timedOut.signal).then((value) => ({ value })), timeout]);
    return typeof first === "function" ? first() : first.value;
  } finally {
    // a reason of our own: the default one is an exception with a stack, made on every webhook for nobody
    finished.abort("finished");
  }
}
