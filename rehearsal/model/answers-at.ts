import type { Flow } from "../../core/flow.ts";
import type { CallerStep } from "../caller-script.ts";
import { type Branch, branchOf } from "./branch.ts";
import { type AnswerTaken, inputFor, inputIn } from "./caller-answer.ts";
import { candidatesAt, hangupAt } from "./candidates.ts";
import { leave, type ModelState, type ModelTransition, type ModelWorld } from "./flow-model.ts";

/** `invalid`: an answer that is worth no more than silence. */
export type Role = "answer" | "invalid" | "silence" | "hangup";

/** An answer that was tried at a state, and what came of it. */
export interface Tried {
  readonly answer: CallerStep;
  readonly taken: AnswerTaken;
  readonly role: Role;
  /** the one that shows that this step can be spoken to */
  readonly spoken: boolean;
  /** undefined: the call ended without a request */
  readonly branch: Branch | undefined;
  readonly to: ModelTransition["to"] | undefined;
  readonly effects: ModelTransition["effects"];
}

/**
 * Tries all that a caller may do at a state. Of the answers of one branch only the first is kept, and besides the first
 * spoken one; silence and hanging up come last. A document that asks nothing has one answer: it goes on by itself.
 */
export async function answersAt(flow: Flow, world: ModelWorld, state: ModelState): Promise<readonly Tried[]> {
  const silence = await tryAnswer(flow, world, state, { kind: "silence" }, "silence");
  const hangup = hangupAt(flow, state);
  if (hangup === undefined) return [{ ...silence, role: "answer" }];

  const firsts = new Map<string, Tried>();
  let spoken: Tried | undefined;
  const silent = JSON.stringify([silence.taken, undefined]);
  const inputs = new Set<string>();
  const besides: Tried[] = [];
  for (const answer of candidatesAt(flow, state)) {
    // what is pressed beside the call is tried even where it leads to the same
    const input = JSON.stringify([inputFor(flow, state, answer), pressedIn(answer)]);
    if (inputs.has(input) || (input === silent && !endsWell(answer))) continue;
    inputs.add(input);
    const tried = await tryAnswer(flow, world, state, answer, "answer");
    const asked = answer.kind === "digits" || answer.kind === "speech";
    const found = asked && idOf(tried) === idOf(silence) ? { ...tried, role: "invalid" as const } : tried;
    if (!firsts.has(idOf(found))) firsts.set(idOf(found), found);
    else if (pressedIn(answer) !== undefined) besides.push(found);
    // a word that is understood shows more than one that is not
    if (answer.kind === "speech" && (spoken === undefined || (spoken.role === "invalid" && found.role === "answer"))) {
      spoken = found;
    }
  }
  const kept = [...new Set([...firsts.values(), ...besides, ...(spoken === undefined ? [] : [spoken])])];
  // where everything leads to the same next step there is no wrong answer
  const anyWillDo = firsts.size <= 1 && silence.to !== "last-resort" && silence.to?.step !== state.step;
  return [
    ...kept.map((tried): Tried => ({ ...tried, spoken: tried === spoken, role: anyWillDo ? "answer" : tried.role })),
    silence,
    await tryAnswer(flow, world, state, hangup, "hangup"),
  ];
}

/** Of a session or a conference that is all that can come, also of a caller who says nothing there. */
function endsWell(step: CallerStep): boolean {
  return step.kind === "connect" || (step.kind === "dial" && step.status === "completed");
}

/** What somebody presses in a document beside the call. */
export function pressedIn(step: CallerStep): string | undefined {
  return step.kind === "dial" || step.kind === "queue" ? step.pressed : undefined;
}

async function tryAnswer(
  flow: Flow,
  world: ModelWorld,
  state: ModelState,
  answer: CallerStep,
  role: Role,
): Promise<Tried> {
  const taken = inputFor(flow, state, answer);
  const tried = { answer, taken, role, spoken: false };
  const input = inputIn(taken);
  if (input === undefined) return { ...tried, branch: undefined, to: undefined, effects: [] };
  const transition = await leave(flow, state, input, world);
  return { ...tried, branch: branchOf(state, transition), to: transition.to, effects: transition.effects };
}

function idOf({ branch, taken }: Tried): string {
  return branch?.id ?? String(taken);
}
