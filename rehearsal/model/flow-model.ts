/**
 * What a flow means, without legs, tables, seals or retries: the oracle that a rehearsed call is judged by. A call is a
 * state, an answer leads to the next one, and effects are what the outside saw on the way.
 */
import { describe, FlowError } from "../../core/errors.ts";
import { type AnyStep, type Flow, findStep, type GoTo, type Next } from "../../core/flow.ts";
import type { Input, YieldingVerb } from "../../core/input.ts";
import { limits } from "../../core/limits.ts";
import type { Before } from "../../core/redial.ts";
import { endsDocument, type Language, type Verb, verbLength, yields } from "../../core/verbs.ts";
import { type ModelEffect, modelOnce } from "./model-once.ts";

type Data = Readonly<Record<string, unknown>>;

/** Where a call stands: its document can be derived from it. */
export interface ModelState {
  readonly step: string;
  readonly data: Data;
  readonly visits: number;
  readonly language: Language;
  /** 1 at the first document */
  readonly turn: number;
  /** where an earlier call broke off, as long as the caller is offered to go on there */
  readonly before?: Before;
}

/** What the model needs of the world. The outside itself is `fetch`, which whoever builds the world installs. */
export interface ModelWorld {
  readonly settings: Readonly<Record<string, string>>;
  readonly call: { readonly sid: string; readonly from: string; readonly to: string };
  /** `doubt`: nobody learns what became of the effect of that turn; the model then does not run it. */
  runEffect(effect: string, turn: number, inDoubt: "retry" | "give-up"): "done" | "doubt";
  /**
   * What the outside saw since it was last asked. It forgets that, and the keys too: the model asks with the key of
   * the same turn again on another branch, with other arguments.
   */
  takeEffects(): readonly string[];
}

export interface ModelTransition {
  readonly input: Input;
  readonly to: ModelState | "last-resort";
  readonly effects: readonly ModelEffect[];
  /** the effects of this turn that are in doubt, by name */
  readonly doubted: readonly string[];
  /** why it is the last resort: the flow's own error, without values */
  readonly reason: string | undefined;
}

/** The first document of a call. */
export function startState(flow: Flow, language: Language = flow.language): ModelState {
  return { step: flow.start, data: jsonOf(flow.data), visits: 1, language, turn: 1 };
}

/**
 * The verbs of a state's document, as a caller hears them whom nothing happened to.
 *
 * @throws whatever the step's `prompt` throws; FlowError for a step that the flow does not have
 */
export function documentOf(flow: Flow, state: ModelState): readonly Verb[] {
  const { data, visits, language } = state;
  return stepOf(flow, state.step).step.prompt(data, { visits, attempt: 0, unsure: false, language });
}

/**
 * What a state's document waits for.
 *
 * @returns the first verb that hands over to a request, "next" when the document goes on by itself, undefined when the call
 * ends with it or leaves the flow
 */
export function verbAt(flow: Flow, state: ModelState): YieldingVerb | undefined {
  if (stepOf(flow, state.step).step.next === undefined) return undefined;
  for (const verb of documentOf(flow, state)) {
    const yielding = yields(verb);
    if (yielding !== undefined) return yielding;
    if (endsDocument(verb)) return undefined;
  }
  return "next";
}

/**
 * Leaves a step with an answer. Never rejects: what the flow's code throws leads to the last resort, as it does on the
 * fallback leg.
 */
export async function leave(flow: Flow, state: ModelState, input: Input, world: ModelWorld): Promise<ModelTransition> {
  world.takeEffects();
  const scope = modelOnce(state, world);
  let to: ModelTransition["to"];
  let reason: string | undefined;
  try {
    if (state.turn >= limits.turnsMax) throw new FlowError("turns spent");
    const { step } = stepOf(flow, state.step);
    const led = await ledTo(step, state, input, world, scope.once).catch((error: unknown) => {
      if (scope.left()) return undefined;
      throw error;
    });
    if (!scope.left() && scope.pending() > 0) throw new FlowError("next returned before its effects were done");
    await scope.settled();
    if (led !== undefined && !scope.left()) to = enter(flow, state, led);
    else if (step.inDoubt !== undefined) to = enter(flow, state, { step: step.inDoubt, data: {}, language: undefined });
    else throw new FlowError("effect in doubt");
  } catch (error) {
    to = "last-resort";
    reason = describe(error);
    await scope.settled();
  }
  return { input, to, effects: scope.effects, doubted: scope.doubted, reason };
}

async function ledTo(
  step: AnyStep,
  state: ModelState,
  input: Input,
  world: ModelWorld,
  once: ReturnType<typeof modelOnce>["once"],
): Promise<Next<string, Data>> {
  const { data, visits, language } = state;
  const { call, settings } = world;
  const before = state.before === undefined ? {} : { before: state.before as GoTo<never, Record<string, unknown>> };
  const context = { input, data, visits, unsure: false, language, call, settings, ...before };
  if (input.kind === "lost" && step.lost !== undefined) return step.lost(context);
  if (step.next === undefined) throw new FlowError(`step '${state.step}' ends the call and was asked for more`);
  return step.next({ ...context, once });
}

/** The state that an answer led to; its document must be one that can be given. */
function enter(flow: Flow, from: ModelState, to: Next<string, Data>): ModelState {
  const data = jsonOf({ ...from.data, ...to.data });
  if (Buffer.byteLength(JSON.stringify(data)) > limits.dataBytesMax) throw new FlowError("too much data");
  const step = stepOf(flow, to.step).name;
  const visits = step === stepOf(flow, from.step).name ? from.visits + 1 : 1;
  const language = to.language ?? from.language;
  const before = from.before !== undefined && step === flow.redial?.offer ? { before: from.before } : {};
  const state = { step, data, visits, language, turn: from.turn + 1, ...before };
  const length = documentOf(flow, state).reduce((sum, verb) => sum + verbLength(verb), 0);
  if (length > limits.verbsPerDocumentMax) throw new FlowError(`step '${step}': a document of ${length} verbs`);
  return state;
}

function stepOf(flow: Flow, name: string): { readonly name: string; readonly step: AnyStep } {
  const found = findStep(flow, name);
  if (found === undefined) throw new FlowError(`flow '${flow.name}' has no step '${name}'`);
  return found;
}

/** Data as the next webhook reads it: it travels as JSON. */
function jsonOf(data: Data): Data {
  return JSON.parse(JSON.stringify(data)) as Data;
}
