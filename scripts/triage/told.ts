import { type Evidence, tookMs } from "./evidence.ts";
import type { Access, Alert, Invocation, Line } from "./records.ts";

/** The evidence of one request, a line for each source that tells something; nothing in it comes from outside word for word. */
export function evidenceLines(evidence: Evidence): string[] {
  const { alert, access, line, invocation, failover, failoverAgain, later, held, joinedBy } = evidence;
  const how = joinedBy === undefined ? "" : ` (found by ${joinedBy})`;
  return [
    alert && alertLine(alert),
    access && `${accessLine(access)}${how}`,
    line && `${line.leg} log: ${logLine(line)}${access === undefined ? how : ""}`,
    invocation && `${invocationLine(invocation)}${(access ?? line) ? "" : how}`,
    failover && `fallback log: asked with ErrorCode ${failover.errorCode ?? "?"}, ${logLine(failover)}`,
    failoverAgain && `fallback log: asked once more, ${logLine(failoverAgain)}`,
    later && `${later.leg} log: the call went on, ${logLine(later)}`,
    held &&
      `table: turn ${held.turn ?? "?"}.${held.attempt ?? 0}, written by the ${held.leg ?? "?"}${atOf(held.updatedAtMs)}`,
  ].filter((one) => one !== undefined);
}

/** A 502 is no proof of fault on either side. */
const anybody = " of the server, of something in front of it, or of Twilio's own making";

function alertLine({ edgeRequestId, from, errorCode, atMs, status, synthetic, cause, warning }: Alert): string {
  const said =
    status === undefined
      ? ""
      : `, HTTP ${status}${edgeRequestId === undefined && status === 502 ? anybody : " from the server"}`;
  const made = synthetic ? ", a 502 of Twilio's own making" : "";
  const why = cause === undefined ? "" : `: ${cause.what}`;
  return `Twilio (${from}): ${warning ? "warning" : "error"} ${errorCode}${atOf(atMs)}${said}${made}${why}`;
}

function accessLine({ status, latencyMs, functionStatus, integrationStatus, trouble, atMs }: Access): string {
  const ran =
    functionStatus === undefined ? ", no answer of the function" : `, the function answered ${functionStatus}`;
  const service =
    functionStatus === undefined && integrationStatus !== undefined ? ` (Lambda: ${integrationStatus})` : "";
  return `access log: ${status} after ${latencyMs} ms${atOf(atMs)}${ran}${service}${trouble === undefined ? "" : `; ${trouble}`}`;
}

function logLine(line: Line): string {
  const { event, turn, attempt, reason, table, closed, saved, status } = line;
  const at = turn === undefined ? undefined : `turn ${turn}.${attempt ?? 0}`;
  const gone = closed === true ? "nobody waited any more (499)" : undefined;
  const unsaved = saved === false ? "not in the table" : undefined;
  const troubled = table === undefined ? undefined : `the table: ${table}`;
  const answered = status === undefined ? undefined : `answered ${status}`;
  return [event, at, answered, reason, gone, unsaved, troubled, `${tookMs(line)} ms`]
    .filter((one) => one !== undefined)
    .join(", ");
}

function invocationLine({ started, fate, durationMs, initMs, said }: Invocation): string {
  const fates = {
    timeout: "cut off by Lambda's timeout",
    exit: "its process ended",
    memory: "its memory was spent",
    init: "it could not start",
  };
  const ended = fate === undefined ? "ended" : fates[fate];
  const took = durationMs === undefined ? "" : ` after ${durationMs} ms`;
  const cold = initMs === undefined ? "" : `, ${initMs} ms to start`;
  return `Lambda: ${started ? "began, " : ""}${ended}${took}${cold}${said === undefined ? "" : `, it said ${said}`}`;
}

function atOf(atMs: number | undefined): string {
  return atMs === undefined ? "" : ` at ${new Date(atMs).toISOString()}`;
}
