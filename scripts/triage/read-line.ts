import { counted, formed, given, oneOf } from "../trace/mask.ts";
import type { Fields } from "./fields.ts";
import type { Line } from "./records.ts";

const atMsMax = 4_102_444_800_000;
const elapsedMsMax = 24 * 3_600_000;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What our code says, word for word; of any other reason the class of the error is told. */
const reasons = [
  ...["deadline", "signature", "no such URL", "table unavailable", "no checkpoint", "position without data"],
  ...["resumes spent", "attempts spent", "document fails in plain rendering too", "pinned answer unreadable"],
  ...["malformed request", "body too large", "body is not UTF-8", "too many parameters", "method not allowed"],
  ...["JSON in place of a form", "sorry page"],
];

/** A line of ours, from whatever build; `undefined` for anything else. */
export function toLine(found: Fields, callSid: string | undefined): Line | undefined {
  const leg = oneOf(["primary", "fallback"], found.leg);
  const closed = found.event === "request.client-closed";
  // what happened all the same, though nobody heard of it
  const event = (closed ? formed("event", found.inside) : undefined) ?? formed("event", found.event);
  const atMs = counted(found.atMs, atMsMax);
  if (leg === undefined || event === undefined || atMs === undefined) return undefined;
  // of a letter that the outbox delivered, beside the calls: no webhook
  if (event.startsWith("outbox.")) return undefined;
  return given<Line>({
    leg,
    event,
    atMs,
    elapsedMs: counted(found.elapsedMs, elapsedMsMax) ?? 0,
    waitedMs: counted(found.waitedMs, elapsedMsMax),
    callSid,
    requestId: typeof found.requestId === "string" && uuid.test(found.requestId) ? found.requestId : undefined,
    turn: counted(found.turn, 9_999),
    attempt: counted(found.attempt, 99),
    resumes: counted(found.resumes, 99),
    rung: counted(found.rung, 9),
    saved: typeof found.saved === "boolean" ? found.saved : undefined,
    reason: reasonOf(found.reason),
    errorCode: formed("errorCode", found.errorCode),
    status: counted(found.status, 999),
    table: reasonOf(found.table),
    closed: closed || undefined,
  });
}

/** @returns a reason that is one of ours, or the class of an error */
export function reasonOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const ours = oneOf(reasons, value);
  return (
    ours ?? /^([A-Z][A-Za-z]{0,39}(?:Error|Exception|Timeout))\b/.exec(value)?.[1] ?? (value === "" ? undefined : "…")
  );
}
