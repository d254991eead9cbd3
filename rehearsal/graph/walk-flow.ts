import type { Flow } from "../../core/flow.ts";
import type { Input } from "../../core/input.ts";
import { languages, yields } from "../../core/verbs.ts";
import type { CallerStep } from "../caller-script.ts";
import { branchOf } from "../model/branch.ts";
import { inputFor, inputIn, leavesCaller } from "../model/caller-answer.ts";
import { candidatesAt, hangupAt } from "../model/candidates.ts";
import { documentOf, leave, type ModelState, type ModelWorld, startState, verbAt } from "../model/flow-model.ts";
import { questionOf } from "../model/question.ts";
import { type AnswerClass, classOf } from "./answer-class.ts";
import { type Trouble, watchedFlow, watchedWorld } from "./watched.ts";

/** One way on that was tried, and where it led. */
export interface Move {
  readonly from: ModelState;
  readonly answer: AnswerClass;
  /** an effect of the turn is in doubt, or the answer was lost: no caller can bring this about */
  readonly byFault: boolean;
  readonly to: ModelState | "last-resort";
}

export interface WalkedState {
  readonly state: ModelState;
  /** nothing follows the document */
  readonly ends: boolean;
  /** entered by a name in the flow alone, with data that no call may ever have there */
  readonly guessed: boolean;
}

/** All that was found of a flow by asking it. */
export interface Walk {
  readonly states: readonly WalkedState[];
  readonly moves: readonly Move[];
  readonly troubles: readonly Trouble[];
  /** Why there may be more than was found; empty where every answer was tried. */
  readonly gaps: readonly string[];
}

export interface WalkOptions {
  /** states of one step: they differ in data, visits and language; default 60 */
  readonly statesPerStepMax?: number;
}

/**
 * Walks a flow breadth first in every language with every class of answer, and with what only a fault brings about: an
 * answer that is lost, effects in doubt. Steps that are named in the flow but not entered are begun at as well.
 *
 * @param world effects run in it, with the outside that it gives
 */
export async function walkFlow(flow: Flow, world: ModelWorld, options: WalkOptions = {}): Promise<Walk> {
  const { statesPerStepMax = 60 } = options;
  const gaps = new Set<string>();
  const watched = watchedFlow(flow);
  const asked = watchedWorld(world, (what) => gaps.add(what));
  const states: WalkedState[] = [];
  const moves: Move[] = [];
  const known = new Set<string>();
  const perStep = new Map<string, number>();

  function enter(state: ModelState, guessed: boolean): void {
    // a step that counts its visits has done so by then
    const key = stateKey({ ...state, visits: Math.min(state.visits, visitsToldApart) });
    const count = perStep.get(state.step) ?? 0;
    if (known.has(key)) return;
    if (count >= statesPerStepMax) {
      if (watched.flow.steps.get(state.step)?.next !== undefined) gaps.add(`step '${state.step}' has too many states`);
      return;
    }
    known.add(key);
    perStep.set(state.step, count + 1);
    try {
      states.push({ state, ends: verbAt(watched.flow, state) === undefined, guessed });
      noteGap(watched.flow, state, gaps);
    } catch {
      // of a state that was led to, `leave` has told; here it is the start, or a guess
    }
    watched.settle(state.step, { guessed, faulty: false });
  }

  async function take(from: WalkedState, input: Input, doubting = false): Promise<Led> {
    const { state, guessed } = from;
    const transition = await leave(watched.flow, state, input, doubting ? doubtingIn(asked) : asked);
    watched.settle(state.step, { guessed, faulty: doubting, transition });
    const to = transition.to === "last-resort" ? transition.to : { ...transition.to, turn: 1 };
    return { input, to, branch: branchOf(state, transition).id, hasEffects: transition.effects.length > 0 };
  }

  function note(from: WalkedState, { to }: Led, answer: AnswerClass, byFault = false): void {
    moves.push({ from: from.state, answer, byFault, to });
    if (to !== "last-resort" && answer.kind !== "gone") enter(to, from.guessed);
  }

  async function expand(from: WalkedState): Promise<void> {
    const { state } = from;
    const silence: CallerStep = { kind: "silence" };
    const hangup = hangupAt(watched.flow, state);
    const answers = [silence, ...candidatesAt(watched.flow, state), ...(hangup === undefined ? [] : [hangup])];
    const tried = new Map<string, Led & { readonly gone: boolean }>();
    for (const answer of answers) {
      const taken = inputFor(watched.flow, state, answer);
      const input = inputIn(taken);
      const gone = leavesCaller(taken);
      const key = JSON.stringify([input, gone]);
      if (input !== undefined && !tried.has(key)) tried.set(key, { ...(await take(from, input)), gone });
    }
    const heard = [...tried.values()].filter(({ gone }) => !gone);
    const [idle] = heard;
    // where everything leads on to the same place there is no wrong answer
    const anyWillDo =
      heard.every(({ branch }) => branch === idle?.branch) &&
      idle?.to !== "last-resort" &&
      idle?.to.step !== state.step;
    for (const led of tried.values()) {
      const isIdle = led.branch === idle?.branch && !anyWillDo;
      note(from, led, led.gone ? { kind: "gone", value: "" } : classOf(led.input, isIdle, hangup === undefined));
      if (led.hasEffects) note(from, await take(from, led.input, true), { kind: "doubt", value: "" }, true);
    }
    await lose(from);
  }

  /** The answer does not survive. A question that is harmless to hear again is asked again, and that is no way on. */
  async function lose(from: WalkedState): Promise<void> {
    const { lost } = watched.flow.steps.get(from.state.step) ?? {};
    for (const verb of new Set(documentOf(watched.flow, from.state).map(yields))) {
      if (verb === undefined || (lost === undefined && (verb === "gather" || verb === "record"))) continue;
      note(from, await take(from, { kind: "lost", verb }), { kind: "lost", value: "" }, true);
    }
  }

  async function expandAll(from: number): Promise<number> {
    let at = from;
    for (; at < states.length; at += 1) {
      const next = states[at];
      if (next !== undefined && !next.ends) await expand(next);
    }
    return at;
  }

  for (const step of startSteps(flow)) {
    for (const language of languages) enter({ ...startState(flow, language), step }, false);
  }
  let at = await expandAll(0);
  for (const step of namedSteps(flow)) {
    if (perStep.has(step)) continue;
    enter({ ...startState(flow), step }, true);
    at = await expandAll(at);
  }
  return { states, moves, troubles: watched.troubles, gaps: [...gaps] };
}

const visitsToldApart = 12;

interface Led {
  readonly input: Input;
  readonly to: ModelState | "last-resort";
  readonly branch: string;
  readonly hasEffects: boolean;
}

/** Data as JSON tells states apart: it is what the next webhook reads. */
export function stateKey({ step, language, visits, data }: ModelState): string {
  return JSON.stringify([step, language, visits, data]);
}

/** Where a call begins: also that of a caller who was cut off and calls again. */
export function startSteps({ start, redial }: Flow): ReadonlySet<string> {
  return new Set(redial === undefined ? [start] : [start, redial.offer]);
}

/** Steps that the flow names outside of any `next`: `inDoubt`, `renamed`. */
export function namedSteps(flow: Flow): ReadonlySet<string> {
  const inDoubt = [...flow.steps.values()].flatMap((step) => (step.inDoubt === undefined ? [] : [step.inDoubt]));
  return new Set([...inDoubt, ...flow.renamed.values()]);
}

function doubtingIn(world: ModelWorld): ModelWorld {
  return { ...world, runEffect: () => "doubt", takeEffects: () => world.takeEffects() };
}

/** Keys are tried one by one; longer numbers and speech are too many to try. */
function noteGap(flow: Flow, state: ModelState, gaps: Set<string>): void {
  for (const verb of documentOf(flow, state)) {
    const question = questionOf(verb);
    if (question?.name !== "Gather") continue;
    const { input = "dtmf", numDigits } = question.attributes;
    if (input.includes("speech")) gaps.add(`step '${state.step}' listens to speech`);
    if (input.includes("dtmf") && numDigits !== "1") gaps.add(`step '${state.step}' takes more than one key`);
  }
}
