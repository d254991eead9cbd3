import type { Answer } from "./answer.ts";
import { type Asked, isOver, outcomeOf } from "./client-closed.ts";
import type { Engine } from "./engine.ts";
import type { LogLine, Told } from "./log.ts";
import type { StatusResult } from "./outcome.ts";
import type { VoiceRequest } from "./voice-request.ts";

/** The part of the log line that tells how a turn went: positions and closed words only. */
export function toLogLine(answer: Answer, request: VoiceRequest): Told {
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
export function toStatusLine(status: StatusResult): Told {
  if (status.kind === "stored" && status.reason !== undefined) return { event: "status.stored", reason: status.reason };
  if (status.kind !== "unavailable") return { event: `status.${status.kind}` };
  return { event: "status.ignored", reason: "table unavailable", table: status.reason };
}

/** What a door measured of one webhook. */
export interface Measured extends Asked {
  /** when its handling began */
  readonly startedMs: number;
  readonly tableMs: number | undefined;
}

/** The one line of a webhook, the same on both legs. */
export function toLine(
  { leg, build }: Pick<Engine, "leg" | "build">,
  told: Told,
  measured: Measured,
  atMs: number,
): LogLine {
  const { startedMs, beganAtMs, tableMs } = measured;
  const elapsedMs = atMs - startedMs;
  const waitedMs = startedMs - beganAtMs;
  return {
    ...{ leg, build, atMs, elapsedMs },
    ...(waitedMs > 0 && { waitedMs }),
    ...(tableMs !== undefined && { tableMs }),
    ...(told.errorCode !== undefined && { silenceMs: elapsedMs }),
    ...outcomeOf(told, isOver(measured, atMs)),
  };
}
