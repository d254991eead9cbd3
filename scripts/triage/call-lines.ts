import { cameInMs } from "./read-logs.ts";
import type { Line } from "./records.ts";

/** Between two requests of the fallback URL for one failure, at most. */
const repeatedWithinMs = 15_000;
const none: readonly Line[] = [];

export interface CallLines {
  /** of both legs, in the order in which they came in */
  readonly all: readonly Line[];
  readonly callSids: readonly string[];
  of(callSid: string | undefined): readonly Line[];
}

export function callsOf(lines: readonly Line[]): CallLines {
  const all = lines.toSorted((a, b) => cameInMs(a) - cameInMs(b));
  const byCall = Map.groupBy(all, ({ callSid }) => callSid);
  const callSids = [...byCall.keys()].filter((one) => one !== undefined);
  return { all, callSids, of: (callSid) => (callSid === undefined ? none : (byCall.get(callSid) ?? none)) };
}

export function isTurn({ event }: Line): boolean {
  return event.startsWith("turn.") && event !== "turn.aside";
}

/** The fallback went one rung down the media ladder: it was asked because a file failed. */
export function stepsDown(call: readonly Line[], line: Line): boolean {
  const before = call.slice(0, call.indexOf(line)).findLast(({ rung }) => rung !== undefined);
  return (line.rung ?? 0) > (before?.rung ?? 0);
}

/** Is the second line the same failure, told to the fallback once more? */
export function repeats(first: Line, second: Line): boolean {
  const same = second.leg === "fallback" && second.errorCode === first.errorCode;
  const afterMs = cameInMs(second) - cameInMs(first);
  const again = second.event === "turn.replayed" && second.turn === first.turn && second.rung === first.rung;
  return same && afterMs > 0 && afterMs <= repeatedWithinMs && (first.closed === true || again);
}
