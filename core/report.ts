import type { Answer } from "./answer.ts";
import type { LogLine } from "./log.ts";
import type { StatusResult } from "./outcome.ts";
import type { VoiceRequest } from "./voice-request.ts";

/** The part of the log line that tells how a turn went: positions and closed words only. */
export function toLogLine(answer: Answer, request: VoiceRequest): Pick<LogLine, "event"> & Partial<LogLine> {
  const errorCode = request.errorUrl === undefined ? undefined : request.errorCode;
  // ErrorCode comes from outside: only digits are let into the log
  const code = errorCode !== undefined && /^\d{1,6}$/.test(errorCode) ? { errorCode } : {};
  const { checkpoint, reason, trouble } = answer;
  const why = { ...(reason && { reason }), ...(trouble && { table: trouble }), ...code };
  const event = answer.kind === "failed" ? "turn.failed" : (`turn.${answer.outcome}` as const);
  const saved = answer.kind === "failed" || answer.outcome === "last-resort" ? {} : { saved: answer.saved };
  if (checkpoint === undefined) return { event, ...saved, ...why };
  const { flow, step, turn, attempt, resumes, rung } = checkpoint;
  return { event, flow, step, turn, attempt, resumes, rung, ...saved, ...why };
}

/** The log line of a status callback, and whether it was taken. */
export function toStatusLine(status: StatusResult): Pick<LogLine, "event"> & Partial<LogLine> {
  if (status.kind === "stored" && status.reason !== undefined) return { event: "status.stored", reason: status.reason };
  if (status.kind !== "unavailable") return { event: `status.${status.kind}` };
  return { event: "status.ignored", reason: "table unavailable", table: status.reason };
}
