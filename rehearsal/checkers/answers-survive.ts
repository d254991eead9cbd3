import type { MetFault } from "../world/rehearsed-call.ts";
import type { Checker } from "./checker.ts";

/**
 * Nobody is asked again for an answer that arrived. A question is asked once more for each time that its answer was lost on the way, which takes a fault in that very turn.
 */
export const answersSurvive: Checker = (call) => {
  const findings: string[] = [];
  const turns = new Map<number, number>();
  for (const { turn, first, beside } of call.asked) {
    if (beside) continue;
    if (first) turns.set(turn, (turns.get(turn) ?? 0) + 1);
  }
  for (const [turn, times] of turns) {
    const here = call.faults.filter(
      (fault) => fault.turn === turn || (fault.turn < turn && strikesLater(fault)),
    ).length;
    const lasting = call.faults.some(({ at, turn: since }) => since <= turn && lasts(call, at));
    if (times - 1 > here && !lasting) findings.push(`asked ${times} times in turn ${turn}, with ${here} faults there`);
  }
  return findings;
};

/** What is handled long after it was sent may come between a later question and its answer. */
function strikesLater({ fault }: MetFault): boolean {
  return fault.startsWith("late") || fault.startsWith("stopped-");
}

const lasting = new Set(["down", "hangs", "flaps", "table-down", "table-down-here", "deployed", "deployed-fallback"]);

function lasts({ points }: Parameters<Checker>[0], at: number): boolean {
  return lasting.has(points[at]?.chosen ?? "");
}
