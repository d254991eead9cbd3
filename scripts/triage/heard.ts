import { noticedThen } from "./access-index.ts";
import { isTurn } from "./call-lines.ts";
import { isFurther } from "./evidence.ts";
import type { Failure } from "./failure.ts";
import type { Joining } from "./joining.ts";
import { cameInMs } from "./read-logs.ts";
import type { Line } from "./records.ts";

const atOnceMs = 1_500;
const hearingMs = 300;

/**
 * Was this answer the one that Twilio did not get, or was it heard, and the next request is the one that failed? The call's position
 * on the fallback tells, else what the fallback wrote, else the time.
 */
export function isUnheard({ calls, edge, sources }: Joining, failure: Failure, answered: Line): boolean {
  const { place, failover, alert, atMs, callSid = "" } = failure;
  const first = calls.of(answered.callSid).find(isTurn) === answered;
  if (place.kind === "turn" && first && answered.turn === 1) return false;
  if (place.kind === "first") return first;
  const further = failover === undefined ? undefined : isFurther(failover, answered);
  if (further !== undefined) return !further;
  // nobody can have heard it and answered so soon
  if (atMs - answered.atMs <= hearingMs) return true;
  const wrote = tableTells();
  if (wrote !== undefined) return wrote;
  if (edge.loose(atMs, place, alert?.status).length > 0) return false;
  // 11205 is a read timeout, too
  const silent = ["timeout", "connection", undefined].includes(alert?.cause?.kind);
  return silent ? noticedThen(atMs, cameInMs(answered), answered.atMs) : atMs - answered.atMs <= atOnceMs;

  /** A fallback that asks again or takes the turn writes so at once; one that says again what was lost writes nothing. */
  function tableTells(): boolean | undefined {
    const documents = sources.table?.get(callSid)?.documents ?? [];
    const next = documents.find(({ leg, atMs: wroteMs }) => leg === "fallback" && wroteMs >= answered.atMs);
    if (next === undefined || answered.turn === undefined) return undefined;
    const askedAgain = next.turn === answered.turn && next.attempt > (answered.attempt ?? 0);
    return !askedAgain && next.atMs > atMs + atOnceMs;
  }
}
