import type { Trace } from "./join.ts";

export const followEveryMs = 2_000;
/** A call may last a day [D Call resource]; who watches one that long starts the command again. */
export const followMaxMs = 2 * 3_600_000;

/** The outside of following, so that a test brings its own. */
export interface Following {
  readonly gather: (withEvents: boolean) => Promise<Trace>;
  /** told each time that something is new */
  readonly news: (trace: Trace) => void;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * Looks again every two seconds until the call has ended, then asks Twilio too.
 * @returns the last trace; its end is not known when the time was up
 */
export async function follow({ gather, news, nowMs, sleep }: Following): Promise<Trace> {
  const untilMs = nowMs() + followMaxMs;
  let told = -1;
  for (;;) {
    const trace = await gather(false);
    const { length } = trace.moments;
    if (length !== told) news(trace);
    told = length;
    if (trace.end.known) return gather(true);
    if (nowMs() + followEveryMs > untilMs) return trace;
    await sleep(followEveryMs);
  }
}
