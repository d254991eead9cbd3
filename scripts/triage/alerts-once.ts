import { given } from "../trace/mask.ts";
import type { Alert } from "./records.ts";

/** The same failure in two exports has two times: one of them in whole seconds. */
const sameWithinMs = 2_000;

/** The same failure may stand in an export of alerts, in a CSV and among the debugger's payloads: each once, with all that is told. */
export function mergeAlerts(alerts: readonly Alert[]): Alert[] {
  const merged: Alert[] = [];
  for (const alert of alerts.toSorted((a, b) => a.atMs - b.atMs)) {
    const at = sameAt(merged, alert);
    const known = at === undefined ? undefined : merged[at];
    if (at === undefined || known === undefined) merged.push(alert);
    else merged[at] = both(known, alert);
  }
  return merged;
}

/** They are in the order of time: what is longer ago is another one. */
function sameAt(merged: readonly Alert[], alert: Alert): number | undefined {
  for (let at = merged.length - 1; at >= 0; at -= 1) {
    const one = merged[at];
    if (one === undefined || one.atMs < alert.atMs - 2 * sameWithinMs) return undefined;
    if (isSame(one, alert)) return at;
  }
  return undefined;
}

function isSame(a: Alert, b: Alert): boolean {
  if (a.sid !== undefined && b.sid !== undefined) return a.sid === b.sid;
  // two in one export are two, unless they have one name
  const sameCall = a.callSid === b.callSid && a.callSid !== undefined && a.errorCode === b.errorCode;
  return a.from !== b.from && sameCall && a.place.shown === b.place.shown && Math.abs(a.atMs - b.atMs) <= sameWithinMs;
}

function both(a: Alert, b: Alert): Alert {
  const { sid = b.sid, callSid = b.callSid, status = b.status, cause = b.cause, edge = b.edge } = a;
  const edgeRequestId = a.edgeRequestId ?? b.edgeRequestId;
  const synthetic = edgeRequestId === undefined && (a.synthetic || b.synthetic);
  const place = a.place.shown === undefined ? b.place : a.place;
  // the finer time
  const atMs = a.atMs % 1_000 === 0 ? b.atMs : a.atMs;
  return given<Alert>({
    ...a,
    ...{ sid, callSid, cause, edge, edgeRequestId, synthetic, place, atMs },
    status: synthetic ? undefined : status,
  });
}
