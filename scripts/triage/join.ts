import { given } from "../trace/mask.ts";
import { aftermathOf } from "./aftermath.ts";
import { mergeAlerts } from "./alerts-once.ts";
import { isTurn } from "./call-lines.ts";
import { coverageOf } from "./coverage.ts";
import { cameLate, type Evidence, failedInside, isForeign, tookMs } from "./evidence.ts";
import { withFailovers } from "./failovers.ts";
import type { Failure } from "./failure.ts";
import { isUnheard } from "./heard.ts";
import { type Joining, joiningOf } from "./joining.ts";
import { ownTrouble } from "./own-trouble.ts";
import { cameInMs } from "./read-logs.ts";
import type { Access, Line, Sources } from "./records.ts";

/** The longest that Twilio can have waited, and some clocks' difference. */
const waitedMsMax = 17_000;
/** Twilio's export has whole seconds, and clocks differ. */
const skewMs = 2_000;
/** A function that nobody waits for is suspended, and goes on with the instance's next request. */
const wokenWithinMs = 60_000;

/** Everything that failed, as far as any source tells, with all that the other sources know of it; in the order of time. */
export function joinFailures(sources: Sources): Evidence[] {
  const joining = joiningOf(sources);
  const { calls, use } = joining;
  const alerts = mergeAlerts(sources.alerts ?? []).map((alert) =>
    given<Failure>({ atMs: alert.atMs, place: alert.place, callSid: alert.callSid, alert }),
  );
  const failures = withFailovers(alerts, calls);
  for (const { failover, failoverAgain } of failures) {
    if (failover !== undefined) use(failover);
    if (failoverAgain !== undefined) use(failoverAgain);
  }
  // the strongest key first, for all of them, before a weaker one is tried
  for (const failure of failures) byEdgeId(joining, failure);
  for (const failure of failures) byCall(joining, failure);
  for (const failure of failures) byTimeAlone(joining, failure);
  failures.push(...ownTrouble(joining));
  return evidenceOf(joining, failures);
}

function byEdgeId({ edge, lineOf, take }: Joining, failure: Failure): void {
  const access = edge.byId(failure.alert?.edgeRequestId);
  if (access !== undefined) take(failure, access, lineOf(access), "apigw-requestid");
}

function byCall(joining: Joining, failure: Failure): void {
  const { calls, isUsed, accessOf, take } = joining;
  const { callSid, access, atMs, place } = failure;
  if (callSid === undefined || failure.line !== undefined || place.kind === "media" || isForeign(place)) return;
  // the edge names the invocation if it has its end; where it gave up waiting, the call tells
  if (access !== undefined && (access.functionRequestId !== undefined || access.waitedOut !== true)) return;
  const near = calls.of(callSid).filter((line) => {
    const sameKind = place.kind === "status" ? line.event.startsWith("status.") : isTurn(line);
    const inMs = cameInMs(line);
    const fits = line.leg === (place.leg ?? "primary") && inMs >= atMs - waitedMsMax && inMs <= atMs + skewMs;
    return fits && sameKind && !isUsed(line);
  });
  const troubled = near.filter((line) => cameLate(line) || failedInside(line)).at(-1) ?? woken(joining, failure);
  const answered = near.at(-1);
  const line = troubled ?? (answered !== undefined && isUnheard(joining, failure, answered) ? answered : undefined);
  if (line !== undefined) take(failure, access ?? accessOf(line), line, "the call, its route and the time");
}

/** The line of an invocation that the edge waited for no longer, and that began or went on much later. */
function woken({ calls, isUsed }: Joining, { access, atMs, callSid }: Failure): Line | undefined {
  if (access?.waitedOut !== true) return undefined;
  const { latencyMs } = access;
  const late = (line: Line) => line.leg === "primary" && line.closed === true && tookMs(line) >= latencyMs;
  const inTime = (line: Line) => line.atMs >= atMs - skewMs && line.atMs <= atMs + wokenWithinMs;
  return calls.of(callSid).find((line) => !isUsed(line) && late(line) && inTime(line));
}

function byTimeAlone(joining: Joining, failure: Failure): void {
  const { edge, byRequestId, lineOf, take } = joining;
  const { access, line, place, atMs, alert, callSid } = failure;
  if (access !== undefined || line !== undefined || place.leg === "fallback" || isForeign(place)) return;
  if (alert?.synthetic === true && alert.cause?.kind !== "timeout") return;
  const isStrange = (one: Access) => {
    const told = byRequestId(one.functionRequestId)?.callSid;
    return told !== undefined && callSid !== undefined && told !== callSid;
  };
  const found = edge.loose(atMs, place, alert?.status).find((one) => !isStrange(one));
  if (found !== undefined) take(failure, found, lineOf(found), "time alone");
  else if (place.kind !== "media") byDeath(joining, failure);
}

/** By an invocation that died just then, where its lines have a time. */
function byDeath({ dead, takeDead }: Joining, failure: Failure): void {
  const invocation = dead().find(({ atMs, durationMs = 0 }) => {
    return atMs !== undefined && Math.abs(atMs + durationMs - failure.atMs) <= skewMs;
  });
  if (invocation === undefined) return;
  failure.invocation = invocation;
  failure.joinedBy = "time alone";
  takeDead(invocation);
}

function evidenceOf({ sources, calls, edge }: Joining, failures: readonly Failure[]): Evidence[] {
  const atHand = coverageOf(sources);
  const aftermath = aftermathOf(failures, calls);
  const invocationOf = ({ access, line, invocation }: Failure) =>
    invocation ?? sources.primary?.invocations.get(access?.functionRequestId ?? line?.requestId ?? "");
  return failures.toSorted(inTime).map((failure) => {
    const { callSid = failure.line?.callSid, access, line, atMs, place } = failure;
    const about =
      callSid === undefined
        ? {}
        : given<Partial<Evidence>>({
            callSid,
            fallbackFailed: aftermath.fallbackFailed(failure, callSid) || undefined,
            later: aftermath.later(failure, callSid),
            held: sources.table?.get(callSid),
          });
    const perhaps = access === undefined && line === undefined ? edge.answered(atMs, place).length : undefined;
    return {
      ...failure,
      ...about,
      ...given<Partial<Evidence>>({ invocation: invocationOf(failure), perhaps }),
      atHand: atHand(atMs),
    };
  });
}

/** In the same second the fallback's own failure is the later one. */
function inTime(a: Failure, b: Failure): number {
  return a.atMs - b.atMs || Number(a.place.kind === "fallback") - Number(b.place.kind === "fallback");
}
