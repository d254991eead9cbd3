import type { TraceRow } from "../../console/real-call-protocol.ts";
import { lengthText } from "../../console/words.ts";
import { limits } from "../../core/limits.ts";
import type { Trace, Visit } from "./join.ts";

/** A failed request cannot have begun longer before the fallback was asked; Twilio notes whole seconds. */
const failedWithinMs = limits.twilioWaitMs + 1_000;

/** What the fallback was asked after a failure, with the request that failed, where a source tells of that. */
interface Gap {
  readonly moment: number;
  readonly fallback: Visit;
  readonly failed: Visit | undefined;
}

/** The rows of a trace with the silence of its failovers. */
export interface WithSilence {
  readonly rows: readonly TraceRow[];
  /** a section of the summary, where the silence of a failover is not known; else none */
  readonly silence: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/**
 * Draws what the caller did not hear: from the beginning of the request that failed to the fallback's answer, by the clocks of those
 * who noted them. No source tells when a caller spoke or heard something, so all other silence of a real call is unknown.
 */
export function withSilence(rows: readonly TraceRow[], trace: Trace): WithSilence {
  const { startedAtMs = 0 } = trace;
  const gaps = gapsOf(trace);
  let drawn = rows;
  for (const [at, { failed, fallback, moment }] of gaps.entries()) {
    if (failed === undefined) continue;
    const atMs = failed.atMs - startedAtMs;
    const lengthMs = Math.max(0, answeredMsOf(fallback) - failed.atMs);
    const label = `silence of the failover, about ${lengthText(lengthMs)}`;
    const row: TraceRow = { id: rows.length + at, kind: "silence", atMs, lengthMs, label, tone: "quiet", moment };
    // before what ended it, as in the ladder of a live call
    const behind = drawn.findIndex((one) => one.atMs > atMs + lengthMs / 2);
    drawn = drawn.toSpliced(behind < 0 ? drawn.length : behind, 0, row);
  }
  const unknown = gaps.filter(({ failed }) => failed === undefined).length;
  if (unknown === 0) return { rows: drawn, silence: [] };
  const line = `of ${unknown} of ${gaps.length} failovers not known: no source at hand tells when the failed request began`;
  return { rows: drawn, silence: [{ title: "Silence", lines: [line] }] };
}

function gapsOf({ moments }: Trace): Gap[] {
  const gaps: Gap[] = [];
  let before: Visit | undefined;
  for (const [moment, visit] of moments.entries()) {
    // nobody waits for a status callback, nor for what is played beside the call
    if (visit.kind !== "webhook" || isBeside(visit)) continue;
    if (visit.leg === "fallback" && (visit.logged?.errorCode ?? visit.asked?.errorCode) !== undefined) {
      const isKnown = before !== undefined && hasFailed(before) && visit.atMs - before.atMs <= failedWithinMs;
      gaps.push({ moment, fallback: visit, failed: isKnown ? before : undefined });
    }
    before = visit;
  }
  return gaps;
}

function isBeside({ asked, logged }: Visit): boolean {
  return /^(status|aside)$/.test(asked?.url ?? "") || /^(status\.|turn\.aside$)/.test(logged?.event ?? "");
}

/** An answer that Twilio got is not what failed: then the request that did is in no source. */
function hasFailed({ asked, logged }: Visit): boolean {
  if (asked !== undefined) return asked.status === undefined || asked.status >= 400;
  return logged?.closed === true || logged?.event === "turn.failed";
}

function answeredMsOf({ atMs, logged, asked }: Visit): number {
  return logged?.atMs ?? atMs + (asked?.elapsedMs ?? 0);
}
