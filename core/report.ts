import type { LogLine } from "./log.ts";
import type { Answer } from "./turn.ts";
import type { VoiceRequest } from "./voice-request.ts";

/** The part of the log line that tells how a turn went: positions and closed words only. */
export function toLogLine(answer: Answer, request: VoiceRequest): Pick<LogLine, "event"> & Partial<LogLine> {
  const errorCode = request.errorUrl === undefined ? undefined : request.errorCode;
  // ErrorCode comes from outside: only digits are let into the log
  const code = errorCode !== undefined && /^\d{1,6}$/.test(errorCode) ? { errorCode } : {};
  if (answer.kind === "failed") return { event: "turn.failed", reason: answer.reason, ...code };
  const { outcome, checkpoint, saved, reason } = answer;
  const why = reason === undefined ? {} : { reason };
  if (checkpoint === undefined) return { event: `turn.${outcome}`, ...why, ...code };
  const { flow, step, turn, attempt, resumes, rung } = checkpoint;
  return { event: `turn.${outcome}`, flow, step, turn, attempt, resumes, rung, saved, ...why, ...code };
}
