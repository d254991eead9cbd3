import { given } from "../trace/mask.ts";
import { accessIndex, noticedThen } from "./access-index.ts";
import { mergeAlerts } from "./alerts-once.ts";
import { callsOf, isTurn } from "./call-lines.ts";
import { coverageOf } from "./coverage.ts";
import {
  cameLate,
  type Evidence,
  failedInside,
  isForBrowser,
  isForeign,
  isFurther,
  type JoinedBy,
  patienceOf,
  tookMs,
} from "./evidence.ts";
import { withFailovers } from "./failovers.ts";
import type { Failure } from "./failure.ts";
import { cameInMs } from "./read-logs.ts";
import type { Access, Line, Sources } from "./records.ts";
import type { Place } from "./url.ts";

/** The longest that Twilio can have waited, and some clocks' difference. */
const waitedMsMax = 17_000;
/** Twilio's export has whole seconds, and clocks differ. */
const skewMs = 2_000;
/** From the failure of one request to the fallback's. */
const failoverWithinMs = 20_000;
/** A function that nobody waits for is suspended, and goes on with the instance's next request. */
const wokenWithinMs = 60_000;
const atOnceMs = 1_500;
const hearingMs = 300;

const nowhere: Place = { kind: "other" };

/** Everything that failed, as far as any source tells, with all that the other sources know of it; in the order of time. */
export function joinFailures(sources: Sources): Evidence[] {
  const calls = callsOf([...(sources.primary?.lines ?? []), ...(sources.fallback ?? [])]);
  const edge = accessIndex(sources.access ?? []);
  const atHand = coverageOf(sources);
  const alerts = mergeAlerts(sources.alerts ?? []).map((alert) =>
    given<Failure>({ atMs: alert.atMs, place: alert.place, callSid: alert.callSid, alert }),
  );
  const failures = withFailovers(alerts, calls);
  const used = new Set(failures.flatMap(({ failover, failoverAgain }) => [failover ?? [], failoverAgain ?? []].flat()));
  const byMoment = new Map(
    calls.all.flatMap((line) => (line.leg === "primary" ? [[cameInMs(line), line] as const] : [])),
  );
  const linesById = new Map(calls.all.flatMap((line) => (line.requestId ? [[line.requestId, line] as const] : [])));

  const ofFallback = failures.filter(({ alert, place }) => alert !== undefined && place.kind === "fallback");
  const fallbackFailures = Map.groupBy(ofFallback, ({ callSid }) => callSid);
  for (const failure of failures) byEdgeId(failure);
  for (const failure of failures) byCall(failure);
  for (const failure of failures) byTimeAlone(failure);
  failures.push(...ownTrouble());

  const invocations = sources.primary?.invocations;
  return failures
    .toSorted((a, b) => a.atMs - b.atMs || Number(a.place.kind === "fallback") - Number(b.place.kind === "fallback"))
    .map((failure) => {
      const { callSid = failure.line?.callSid, access, line } = failure;
      const id = access?.functionRequestId ?? line?.requestId;
      return given<Evidence>({
        ...failure,
        callSid,
        alert: failure.alert,
        access,
        line,
        joinedBy: failure.joinedBy,
        failover: failure.failover,
        failoverAgain: failure.failoverAgain,
        steppedDown: failure.steppedDown,
        invocation: id === undefined ? undefined : invocations?.get(id),
        fallbackFailed: callSid === undefined ? undefined : fallbackFailedAfter(failure, callSid) || undefined,
        perhaps: (access ?? line) ? undefined : edge.answered(failure.atMs, failure.place).length,
        later: callSid === undefined ? undefined : laterTurn(failure, callSid),
        held: callSid === undefined ? undefined : sources.table?.get(callSid),
        atHand: atHand(failure.atMs),
      });
    });

  function take(failure: Failure, access: Access | undefined, line: Line | undefined, joinedBy: JoinedBy): void {
    if (access !== undefined) {
      failure.access = access;
      edge.take(access);
    }
    if (line !== undefined) {
      failure.line = line;
      used.add(line);
    }
    failure.joinedBy ??= joinedBy;
  }

  /** By the function's request id; where the edge gave up waiting it names none, but the moment is the same in both. */
  function lineOf({ functionRequestId, waitedOut, atMs }: Access): Line | undefined {
    if (functionRequestId !== undefined) return linesById.get(functionRequestId);
    const line = waitedOut === true ? byMoment.get(atMs) : undefined;
    return line !== undefined && !used.has(line) ? line : undefined;
  }

  function accessOf(line: Line): Access | undefined {
    return edge.byFunctionId(line.requestId) ?? (cameLate(line) ? edge.givenUp(cameInMs(line)) : undefined);
  }

  function byEdgeId(failure: Failure): void {
    const access = edge.byId(failure.alert?.edgeRequestId);
    if (access === undefined) return;
    take(failure, access, lineOf(access), "apigw-requestid");
  }

  function byCall(failure: Failure): void {
    const { callSid, access, atMs, place } = failure;
    if (callSid === undefined || failure.line !== undefined || place.kind === "media" || isForeign(place)) return;
    // the edge names the invocation if it has its end; where it gave up waiting, the call tells
    if (access !== undefined && (access.functionRequestId !== undefined || access.waitedOut !== true)) return;
    const leg = place.leg ?? "primary";
    const near = calls.of(callSid).filter((line) => {
      const sameKind = place.kind === "status" ? line.event.startsWith("status.") : isTurn(line);
      const inMs = cameInMs(line);
      const fits = line.leg === leg && sameKind && inMs >= atMs - waitedMsMax && inMs <= atMs + skewMs;
      return fits && !used.has(line) && line !== failure.failover;
    });
    const troubled = near.filter((line) => cameLate(line) || failedInside(line)).at(-1) ?? woken(failure, callSid);
    const answered = near.at(-1);
    const line = troubled ?? (answered !== undefined && unheard(failure, answered) ? answered : undefined);
    if (line !== undefined) take(failure, access ?? accessOf(line), line, "the call, its route and the time");
  }

  /** The line of an invocation that the edge waited for no longer, and that began or went on much later. */
  function woken({ access, atMs }: Failure, callSid: string): Line | undefined {
    if (access?.waitedOut !== true) return undefined;
    const { latencyMs } = access;
    const late = (line: Line) => line.leg === "primary" && line.closed === true && tookMs(line) >= latencyMs;
    return calls
      .of(callSid)
      .find((line) => !used.has(line) && late(line) && line.atMs >= atMs - skewMs && line.atMs <= atMs + wokenWithinMs);
  }

  /** Was this answer the one that Twilio did not get, or was it heard, and the next request is the one that failed? */
  function unheard(failure: Failure, answered: Line): boolean {
    const { place, failover, alert, atMs } = failure;
    const first = calls.of(answered.callSid).find(isTurn) === answered;
    if (place.kind === "turn" && first && answered.turn === 1) return false;
    if (place.kind === "first") return first;
    const further = failover === undefined ? undefined : isFurther(failover, answered);
    if (further !== undefined) return !further;
    // nobody can have heard it and answered so soon
    if (atMs - answered.atMs <= hearingMs) return true;
    const wrote = tableTells(failure, answered);
    if (wrote !== undefined) return wrote;
    if (edge.loose(atMs, place, alert?.status).length > 0) return false;
    // 11205 is a read timeout, too
    const silent = ["timeout", "connection", undefined].includes(alert?.cause?.kind);
    return silent ? noticedThen(atMs, cameInMs(answered), answered.atMs) : atMs - answered.atMs <= atOnceMs;
  }

  /** A fallback that asks again or takes the turn writes so at once; one that says again what was lost writes nothing. */
  function tableTells({ callSid = "", atMs }: Failure, answered: Line): boolean | undefined {
    const documents = sources.table?.get(callSid)?.documents ?? [];
    const next = documents.find(({ leg, atMs: wroteMs }) => leg === "fallback" && wroteMs >= answered.atMs);
    if (next === undefined || answered.turn === undefined) return undefined;
    const askedAgain = next.turn === answered.turn && next.attempt > (answered.attempt ?? 0);
    return !askedAgain && next.atMs > atMs + atOnceMs;
  }

  function byTimeAlone(failure: Failure): void {
    const { access, line, place, atMs, alert } = failure;
    if (access !== undefined || line !== undefined || place.leg === "fallback" || isForeign(place)) return;
    if (alert?.synthetic === true && alert.cause?.kind !== "timeout") return;
    const strange = (one: Access) => {
      const told = linesById.get(one.functionRequestId ?? "")?.callSid;
      return told !== undefined && failure.callSid !== undefined && told !== failure.callSid;
    };
    const found = edge.loose(atMs, place, alert?.status).find((one) => !strange(one));
    if (found !== undefined) take(failure, found, lineOf(found), "time alone");
  }

  /** What our own side tells of failures that neither Twilio's export nor the fallback's log has. */
  function ownTrouble(): Failure[] {
    const alertsAtHand = sources.alerts !== undefined;
    const rest: Failure[] = [];
    for (const access of edge.left()) {
      const line = lineOf(access);
      if (line !== undefined && isForBrowser(line)) continue;
      const late = line !== undefined && cameLate(line);
      // anybody can ask a public URL: a 4xx that Twilio does not know of was not its
      const failed = access.status >= 500 || access.status === 429 || (access.status >= 400 && !alertsAtHand);
      if ((!failed && !late) || access.route === "other" || (line !== undefined && used.has(line))) continue;
      const failure: Failure = { atMs: access.atMs + access.latencyMs, place: { kind: access.route, leg: "primary" } };
      take(failure, access, line, "the function's request id");
      rest.push(line?.callSid === undefined ? failure : { ...failure, callSid: line.callSid });
    }
    for (const line of calls.all) {
      const rejected = line.event === "request.rejected" && alertsAtHand;
      if (used.has(line) || rejected || isForBrowser(line) || line.event === "probe.answered") continue;
      if (!cameLate(line) && !failedInside(line)) continue;
      if (line.leg === "fallback" && line.errorCode !== undefined) continue;
      const kind = line.event.startsWith("status.") ? "status" : "turn";
      used.add(line);
      const overMs = Math.min(line.atMs, cameInMs(line) + patienceOf(line));
      rest.push(given<Failure>({ atMs: overMs, place: { kind, leg: line.leg }, callSid: line.callSid, line }));
    }
    for (const one of sources.primary?.invocations.values() ?? []) {
      const known = edge.byFunctionId(one.requestId) !== undefined || linesById.has(one.requestId);
      if (known || one.fate === undefined || one.atMs === undefined) continue;
      const access = undefined;
      const line = undefined;
      const failure = given<Failure>({ atMs: one.atMs, place: nowhere, access, line });
      rest.push(failure);
    }
    return rest;
  }

  function fallbackFailedAfter({ failover, atMs, alert }: Failure, callSid: string): boolean {
    const from = failover === undefined ? atMs : cameInMs(failover);
    return (fallbackFailures.get(callSid) ?? []).some(
      (one) => one.alert !== alert && one.atMs >= from - skewMs && one.atMs <= from + failoverWithinMs,
    );
  }

  function laterTurn({ failover, failoverAgain = failover, line, atMs }: Failure, callSid: string): Line | undefined {
    // what came within the alert's own second may be the turn before
    const noticedMs = atMs % 1_000 === 0 ? atMs + 1_000 : atMs + 1;
    const handledMs = line === undefined || cameLate(line) ? 0 : line.atMs;
    const fromMs = failoverAgain?.atMs ?? Math.max(noticedMs, handledMs);
    return calls
      .of(callSid)
      .find((one) => isTurn(one) && one !== failoverAgain && one !== line && !cameLate(one) && isAfter(one));

    function isAfter(one: Line): boolean {
      const before = line ?? failover;
      const further = before === undefined ? true : isFurther(one, before) !== false;
      return cameInMs(one) >= fromMs && further && !failedInside(one) && one.event !== "turn.last-resort";
    }
  }
}
