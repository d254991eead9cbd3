import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import { type AnswerTaken, inputIn, leavesCaller } from "./caller-answer.ts";
import { leave, type ModelState, type ModelTransition, type ModelWorld, startState, verbAt } from "./flow-model.ts";
import type { ModelEffect } from "./model-once.ts";

/** `unfinished`: the walk stopped at `turnsMax`, or had no answer to try. */
export type ModelEnding =
  | { readonly step: string; readonly data: Readonly<Record<string, unknown>>; readonly language: Language }
  | "last-resort"
  | "caller-hangup"
  | "unfinished";

/** One outcome of a call. `states[k]` is left by `transitions[k]`. */
export interface ModelPath {
  readonly states: readonly ModelState[];
  readonly transitions: readonly ModelTransition[];
  readonly ending: ModelEnding;
  readonly effects: readonly ModelEffect[];
  /** requests of the faultless call: one for each document, the last resort's counted too */
  readonly turns: number;
}

export interface PathOptions {
  readonly world: ModelWorld;
  readonly language?: Language;
  /** where the walk begins; default: the flow's start */
  readonly from?: ModelState;
  /** The answers to try at a state, by `inputFor`. */
  inputs(state: ModelState): readonly AnswerTaken[] | Promise<readonly AnswerTaken[]>;
  /** default 12 */
  readonly turnsMax?: number;
  /** default 1,000; the walk stops when it has as many */
  readonly pathsMax?: number;
}

/** All outcomes of a call, depth first, each answer in the order in which `inputs` names it. */
export async function paths(flow: Flow, options: PathOptions): Promise<ModelPath[]> {
  const { world, language = flow.language, from = startState(flow, language) } = options;
  const { turnsMax = 12, pathsMax = 1_000 } = options;
  const found: ModelPath[] = [];

  const add = (states: readonly ModelState[], transitions: readonly ModelTransition[], ending: ModelEnding) => {
    const turns = states.length + (ending === "last-resort" ? 1 : 0);
    found.push({ states, transitions, ending, effects: transitions.flatMap(({ effects }) => effects), turns });
  };

  async function walk(states: readonly ModelState[], transitions: readonly ModelTransition[]): Promise<void> {
    const state = states.at(-1);
    if (state === undefined || found.length >= pathsMax) return;
    if (verbAt(flow, state) === undefined) return add(states, transitions, endingOf(state));
    const answers = states.length >= turnsMax ? [] : await options.inputs(state);
    if (answers.length === 0) return add(states, transitions, "unfinished");
    for (const answer of answers) {
      if (found.length >= pathsMax) return;
      if (answer === "caller-hangup") add(states, transitions, answer);
      else if (answer === "end-of-document") add(states, transitions, endingOf(state));
      else await take(states, transitions, state, answer);
    }
  }

  async function take(
    states: readonly ModelState[],
    transitions: readonly ModelTransition[],
    state: ModelState,
    answer: AnswerTaken,
  ): Promise<void> {
    const input = inputIn(answer);
    if (input === undefined) return;
    const transition = await leave(flow, state, input, world);
    const taken = [...transitions, transition];
    if (transition.to === "last-resort") return add(states, taken, "last-resort");
    const reached = [...states, transition.to];
    return leavesCaller(answer) ? add(reached, taken, "caller-hangup") : walk(reached, taken);
  }

  await walk([from], []);
  return found;
}

function endingOf({ step, data, language }: ModelState): ModelEnding {
  return { step, data, language };
}
