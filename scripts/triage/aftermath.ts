import { type CallLines, isTurn } from "./call-lines.ts";
import { cameLate, failedInside, isFurther } from "./evidence.ts";
import type { Failure } from "./failure.ts";
import { cameInMs } from "./read-logs.ts";
import type { Line } from "./records.ts";

/** Twilio's export has whole seconds, and clocks differ. */
const skewMs = 2_000;
/** From the failure of one request to the fallback's. */
const failoverWithinMs = 20_000;

export interface Aftermath {
  /** the fallback's own failure, after this one */
  fallbackFailed(failure: Failure, callSid: string): boolean;
  /** the call's next turn, on whichever leg */
  later(failure: Failure, callSid: string): Line | undefined;
}

/** What came after a failure, in the same call. */
export function aftermathOf(failures: readonly Failure[], calls: CallLines): Aftermath {
  const ofFallback = failures.filter(({ alert, place }) => alert !== undefined && place.kind === "fallback");
  const byCall = Map.groupBy(ofFallback, ({ callSid }) => callSid);
  return {
    fallbackFailed({ failover, atMs, alert }, callSid) {
      const fromMs = failover === undefined ? atMs : cameInMs(failover);
      const isAfter = (one: Failure) => one.atMs >= fromMs - skewMs && one.atMs <= fromMs + failoverWithinMs;
      return (byCall.get(callSid) ?? []).some((one) => one.alert !== alert && isAfter(one));
    },
    later({ failover, failoverAgain = failover, line, atMs }, callSid) {
      // what came within the alert's own second may be the turn before
      const noticedMs = atMs % 1_000 === 0 ? atMs + 1_000 : atMs + 1;
      const handledMs = line === undefined || cameLate(line) ? 0 : line.atMs;
      const fromMs = failoverAgain?.atMs ?? Math.max(noticedMs, handledMs);
      const before = line ?? failover;
      const isNext = (one: Line) => {
        const went = !cameLate(one) && !failedInside(one) && one.event !== "turn.last-resort";
        return went && cameInMs(one) >= fromMs && (before === undefined || isFurther(one, before) !== false);
      };
      return calls.of(callSid).find((one) => isTurn(one) && one !== failoverAgain && one !== line && isNext(one));
    },
  };
}
