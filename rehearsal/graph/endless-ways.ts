import type { Flow } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import type { CallerStep } from "../caller-script.ts";
import { branchOf } from "../model/branch.ts";
import { inputFor, inputIn } from "../model/caller-answer.ts";
import { candidatesAt } from "../model/candidates.ts";
import { documentOf, leave, type ModelState, type ModelWorld, verbAt } from "../model/flow-model.ts";
import { questionOf } from "../model/question.ts";
import { stateKey, type Walk } from "./walk-flow.ts";

/** A caller who does the same for ever, and the steps that the call then goes round. */
export interface EndlessWay {
  readonly caller: string;
  readonly steps: readonly string[];
}

type Habit = (flow: Flow, world: ModelWorld, state: ModelState) => CallerStep | Promise<CallerStep>;

const silence: CallerStep = { kind: "silence" };

/** Callers who bring a call nowhere: a flow must bring it to an end for them. */
const habits: Readonly<Record<string, Habit>> = {
  "a caller who is silent": () => silence,
  "a caller who presses wrong keys": wrongKey,
  "a caller whom nobody answers": (flow, _, state) => refusal(flow, state),
};

/** More visits of a step in a row than any limit of tries that a caller would bear. */
const visitsMax = 25;

/** Finds ways that go round for ever, from every step that was walked. */
export async function endlessWays(flow: Flow, world: ModelWorld, walk: Walk): Promise<readonly EndlessWay[]> {
  const found: EndlessWay[] = [];
  for (const [caller, habit] of Object.entries(habits)) {
    const ending = new Set<string>();
    for (const { state, guessed } of firstOfEachStep(walk)) {
      if (guessed) continue;
      const steps = await goRound(flow, world, state, { habit, ending });
      const known = found.some((way) => way.steps.join() === steps?.join());
      if (steps !== undefined && !known) found.push({ caller, steps });
    }
  }
  return found;
}

function firstOfEachStep({ states }: Walk): Walk["states"] {
  const seen = new Set<string>();
  return states.filter(({ state: { step } }) => !seen.has(step) && seen.add(step));
}

/** @returns the steps of the cycle, the first in the flow's order first; undefined when the call comes to an end */
async function goRound(
  flow: Flow,
  world: ModelWorld,
  from: ModelState,
  { habit, ending }: { readonly habit: Habit; readonly ending: Set<string> },
): Promise<readonly string[] | undefined> {
  const way: string[] = [];
  const keys = new Set<string>();
  let state = from;
  for (let turn = 0; turn < limits.turnsMax && state.visits <= visitsMax; turn += 1) {
    const key = stateKey(state);
    if (keys.has(key)) break;
    const to =
      ending.has(key) || verbAt(flow, state) === undefined ? undefined : await onward(flow, world, state, habit);
    if (to === undefined) {
      for (const passed of keys) ending.add(passed);
      return undefined;
    }
    keys.add(key);
    way.push(state.step);
    state = { ...to, turn: 1 };
  }
  const round = new Set(way.slice(way.lastIndexOf(state.step)));
  return [...flow.steps.keys()].filter((step) => round.has(step));
}

async function onward(flow: Flow, world: ModelWorld, state: ModelState, habit: Habit): Promise<ModelState | undefined> {
  const input = inputIn(inputFor(flow, state, await habit(flow, world, state)));
  if (input === undefined) return undefined;
  const { to } = await leave(flow, state, input, world);
  return to === "last-resort" ? undefined : to;
}

/** The key that most keys are as good as: what a step makes of a key that it does not know. */
async function wrongKey(flow: Flow, world: ModelWorld, state: ModelState): Promise<CallerStep> {
  const keys = candidatesAt(flow, state).filter(({ kind }) => kind === "digits");
  const byBranch = new Map<string, CallerStep[]>();
  for (const key of keys) {
    const input = inputIn(inputFor(flow, state, key));
    if (input === undefined) continue;
    const { id } = branchOf(state, await leave(flow, state, input, world));
    byBranch.set(id, [...(byBranch.get(id) ?? []), key]);
  }
  const [most = []] = [...byBranch.values()].toSorted((one, other) => other.length - one.length);
  return most.length > keys.length / 2 ? (most.at(-1) ?? silence) : silence;
}

/** What comes of a verb that calls, queues or charges when it goes wrong: the last that is known of it. */
function refusal(flow: Flow, state: ModelState): CallerStep {
  const question = documentOf(flow, state)
    .map(questionOf)
    .find((found) => found !== undefined);
  if (question === undefined || question.name === "Gather" || question.name === "Record") return silence;
  return candidatesAt(flow, state).at(-1) ?? silence;
}
