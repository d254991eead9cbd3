import { given, oneOf } from "../trace/mask.ts";
import type { Access, Alert, Invocation, Line, Sources } from "./records.ts";

/** Log lines of one source: those of the calls that failed, field by field from closed lists. */
export interface BundledLog {
  readonly name: string;
  readonly what: string;
  /** one JSON object a line */
  readonly text: string;
  readonly lines: number;
  /** of how many; more are left out */
  readonly of: number;
}

const linesMax = 20_000;

const sid = /^(?:CA|NO)[0-9A-Za-z]{32}$/;
/** of API Gateway and of Lambda */
const requestId = /^[A-Za-z0-9_=-]{8,64}$/;

/** What the sources tell of the calls that failed, and of answers 400 and above; `calls` are sids. */
export function bundledLogs(sources: Sources, calls: ReadonlySet<string>): BundledLog[] {
  const of = (callSid: string | undefined) => callSid !== undefined && calls.has(callSid);
  const alerts = sources.alerts ?? [];
  const primary = (sources.primary?.lines ?? []).filter((line) => of(line.callSid));
  const ids = new Set([...primary.flatMap((line) => line.requestId ?? [])]);
  const edgeIds = new Set(alerts.flatMap(({ edgeRequestId }) => edgeRequestId ?? []));
  const access = (sources.access ?? []).filter(
    (one) => one.status >= 400 || edgeIds.has(one.requestId) || ids.has(one.functionRequestId ?? ""),
  );
  for (const { functionRequestId } of access) if (functionRequestId !== undefined) ids.add(functionRequestId);
  const invocations = [...(sources.primary?.invocations.values() ?? [])].filter(
    (one) => one.fate || ids.has(one.requestId),
  );
  const fallback = (sources.fallback ?? []).filter((line) => of(line.callSid));
  return [
    log(
      "logs/alerts.jsonl",
      "Twilio's alerts, as exported from the Monitor API or told by the debugger",
      alerts,
      alertFields,
    ),
    log(
      "logs/access.jsonl",
      "the HTTP API's access log: answers of 400 and above, and requests of these calls",
      access,
      accessFields,
    ),
    log("logs/primary.jsonl", "the primary leg's own log lines of these calls", primary, lineFields),
    log(
      "logs/runtime.jsonl",
      "what the function's runtime told of invocations that failed, or were of these calls",
      invocations,
      invocationFields,
    ),
    log("logs/fallback.jsonl", "the fallback leg's own log lines of these calls", fallback, lineFields),
  ];
}

function log<T>(name: string, what: string, records: readonly T[], fields: (one: T) => object): BundledLog {
  const kept = records.slice(0, linesMax);
  const text = kept.map((one) => `${JSON.stringify(given(fields(one)))}\n`).join("");
  return { name, what, text, lines: kept.length, of: records.length };
}

function alertFields({
  sid: alert,
  callSid,
  atMs,
  errorCode,
  place,
  status,
  synthetic,
  cause,
  edgeRequestId,
  edge,
}: Alert) {
  return {
    at: iso(atMs),
    sid: matching(sid, alert),
    callSid: matching(sid, callSid),
    errorCode,
    url: place.shown,
    status,
    madeByTwilio: synthetic,
    cause: cause?.what,
    apiRequestId: matching(requestId, edgeRequestId),
    edge,
  };
}

function accessFields(one: Access) {
  const { atMs, route, status, latencyMs, functionStatus, integrationStatus, trouble } = one;
  const ids = {
    requestId: matching(requestId, one.requestId),
    functionRequestId: matching(requestId, one.functionRequestId),
  };
  return { at: iso(atMs), ...ids, route, status, latencyMs, functionStatus, integrationStatus, trouble };
}

/** Neither step nor reason: what a step is called, and how it went on inside, is nobody's business but the line's. */
function lineFields({
  atMs,
  leg,
  event,
  callSid,
  turn,
  attempt,
  resumes,
  errorCode,
  status,
  closed,
  elapsedMs,
  ...line
}: Line) {
  const shown = oneOf(
    ["turn.answered", "turn.replayed", "turn.resumed", "turn.last-resort", "turn.failed", "turn.aside"],
    event,
  );
  const other = oneOf(
    ["request.rejected", "request.client-closed", "probe.answered", "status.stored", "status.ignored"],
    event,
  );
  const position = { turn, attempt, resumes };
  const ids = { callSid: matching(sid, callSid), requestId: matching(requestId, line.requestId) };
  const times = { elapsedMs, waitedMs: line.waitedMs };
  return {
    at: iso(atMs),
    leg,
    event: shown ?? other ?? "other",
    ...ids,
    ...position,
    errorCode,
    status,
    closed,
    ...times,
  };
}

function invocationFields({ requestId: id, atMs, started, ended, fate, durationMs, initMs }: Invocation) {
  const at = atMs === undefined ? undefined : iso(atMs);
  return { at, requestId: matching(requestId, id), started, ended, fate, durationMs, initMs };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function matching(form: RegExp, value: string | undefined): string | undefined {
  return value !== undefined && form.test(value) ? value : undefined;
}
