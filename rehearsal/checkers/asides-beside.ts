import { pressedIn } from "../model/answers-at.ts";
import { questionOf } from "../model/question.ts";
import type { RehearsedCall } from "../world/rehearsed-call.ts";
import type { Checker } from "./checker.ts";

/**
 * Where nothing is wrong with the documents beside the call, a key does there what the flow says: who accepts is connected and
 * nobody else, who leaves the queue leaves it.
 */
export const asidesBeside: Checker = (call) => {
  const findings: string[] = [];
  for (const { turn, step, did } of call.asked) {
    const pressed = pressedIn(did);
    if (pressed === undefined || troubled(call, turn)) continue;
    const key = keyAt(call, turn, step);
    const executed = call.steps.find((one) => one.turn === turn && one.step === step);
    if (key === undefined || executed === undefined) continue;
    const { DialBridged, QueueResult } = executed.params;
    if (did.kind === "dial" && did.status === "completed" && (DialBridged === "true") !== (pressed === key)) {
      findings.push(`'${pressed}' in the whisper of '${step}', and DialBridged is ${DialBridged}`);
    }
    if (did.kind === "queue" && did.result !== "queue-full" && (QueueResult === "leave") !== (pressed === key)) {
      findings.push(`'${pressed}' while waiting at '${step}', and QueueResult is ${QueueResult}`);
    }
  }
  return findings;
};

/** A leg that is gone, or anything that struck in this turn, may have cost such a document. */
function troubled({ faults, hungUp }: RehearsedCall, turn: number): boolean {
  return hungUp || faults.some((fault) => fault.turn === turn || lasting.has(fault.fault));
}

const lasting = new Set(["down", "hangs", "flaps", "host-down", "table-down", "table-down-here"]);

/** The key of the document beside that of a turn, as the flow has it. */
function keyAt({ flow, given }: RehearsedCall, turn: number, step: string): string | undefined {
  const c = given.findLast(({ answer }) => answer.checkpoint?.turn === turn)?.answer.checkpoint;
  const prompt = flow.steps.get(step)?.prompt;
  if (c === undefined || prompt === undefined) return undefined;
  const { visits, attempt, unsure, language } = c;
  for (const verb of prompt(c.data, { visits, attempt, unsure, language })) {
    const question = questionOf(verb);
    if (question !== undefined) return question.aside?.key;
  }
  return undefined;
}
