import type { Effort } from "../report.ts";
import type { Arrivals } from "./arrivals.ts";

/** Of the requests to the primary. */
export const failingShares = [0, 0.01, 1] as const;

/** What a caller takes to press a key: short, for calls do not need the line to themselves; nothing here is heard in real time. */
export const thinkMs = 200;

/** Longer than Twilio waits for an event and its fallback request, with a retry (15 + 14.5 s). */
export const drainMs = 32_000;

/** Timers later than this at p99 say that the generator was held up itself: the latencies of that row are partly its own. */
export const lateMsMax = 20;

/** Where raising the rate stops: a second of silence at p99 is a failure of the service, if not yet of any call. */
export const brokenMs = 1_000;

export interface LoadPlan {
  /** Not counted: both legs come up to speed. */
  readonly warmUp: Arrivals;
  readonly arrivals: Arrivals;
  /** The shares take turns, so that a busy moment of the machine meets all of them. */
  readonly rounds: number;
  /** Calls per second with a sound primary, until the tail breaks. */
  readonly raised: { readonly perSecond: readonly number[]; readonly seconds: number };
}

/**
 * A call costs about 40 ms of CPU in all (legs, table, outside service, Twilio's and the callers' part) while V8 still compiles, and
 * half of that later: 20 calls a second leave two cores well below saturation.
 */
export const plans: Readonly<Record<Effort, LoadPlan>> = {
  full: {
    warmUp: { perSecond: 20, seconds: 4 },
    arrivals: { perSecond: 20, seconds: 10 },
    rounds: 2,
    raised: { perSecond: [50, 75, 100, 150, 200], seconds: 3 },
  },
  quick: {
    warmUp: { perSecond: 10, seconds: 0.5 },
    arrivals: { perSecond: 10, seconds: 2 },
    rounds: 1,
    raised: { perSecond: [], seconds: 0 },
  },
};
