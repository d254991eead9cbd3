import type { Evidence } from "./evidence.ts";
import type { Saved } from "./result.ts";

const resumedWithinMs = 20_000;

/** Did the caller get on? By the fallback's answer, by the call's next turn, by what the fallback wrote into the table. */
export function savedOf(evidence: Evidence): {
  readonly saved: Saved;
  readonly because: string;
  readonly missing?: string;
} {
  const {
    callSid,
    place,
    alert,
    failover,
    failoverAgain = failover,
    later,
    held,
    atMs,
    atHand,
    line,
    fallbackFailed,
  } = evidence;
  const isStatus = place.kind === "status" || line?.event.startsWith("status.") === true;
  if (isStatus) return { saved: "saved", because: "no caller waits for a status callback" };
  if (place.kind === "aside") return { saved: "saved", because: "the document was beside the call, which went on" };
  if (later !== undefined) return { saved: "saved", because: `the call's next turn came to the ${later.leg}` };
  if (alert?.warning === true) return { saved: "saved", because: "a warning: Twilio went on with the call" };
  if (failoverAgain !== undefined) {
    if (failoverAgain.event === "turn.last-resort")
      return { saved: "lost", because: "the caller heard the last resort" };
    if (failoverAgain.event === "turn.failed") return { saved: "lost", because: "the fallback failed, too" };
    if (fallbackFailed === true || failoverAgain.closed === true)
      return { saved: "lost", because: "the fallback answered, and Twilio did not get it" };
    if (failoverAgain.event === "turn.sorry")
      return { saved: "saved", because: "the fallback said what sorry mode is there to say" };
    return { saved: "saved", because: "the fallback took the call over" };
  }
  const resumed = held?.documents.some(
    (one) => one.leg === "fallback" && one.atMs >= atMs - 1_000 && one.atMs <= atMs + resumedWithinMs,
  );
  if (resumed === true) return { saved: "saved", because: "the table has the fallback's document" };
  if (callSid === undefined)
    return { saved: "not-known", because: "which call it was is not known", missing: "alerts" };
  if (place.kind === "fallback" && atHand.fallback) return { saved: "lost", because: "nothing is behind the fallback" };
  if (atHand.fallback) return { saved: "lost", because: "the fallback's log has nothing of this call after it" };
  return { saved: "not-known", because: "the fallback's log is not at hand", missing: "fallback log" };
}
