import { findStep } from "../../core/flow.ts";
import type { Input } from "../../core/input.ts";
import { yielding, yields } from "../../core/verbs.ts";
import { type AnswerOptions, type AnswerTaken, inputFor, inputIn } from "../model/caller-answer.ts";
import { offerState } from "../model/earlier-calls.ts";
import { documentOf, type ModelState, startState } from "../model/flow-model.ts";
import { type ModelPath, paths } from "../model/paths.ts";
import { withoutSids } from "../world/outside-service.ts";
import type { MetFault, RehearsedCall } from "../world/rehearsed-call.ts";
import { dialectAnswer } from "../world/rehearsed-call.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import { callSid, type Stage } from "../world/stage.ts";
import { duringCall, type EndEffect, expectEnds } from "./at-end.ts";
import { modelWorld } from "./model-world.ts";

/** What may have become of a call, by a model that knows nothing of legs, tables and seals. */
export interface Expectation {
  /** Every outcome that agrees with what the caller did and nobody could know better. */
  readonly paths: readonly ModelPath[];
  /** Those that end as the call did. */
  readonly ending: readonly ModelPath[];
  /** One that ends as the call did, and in which the outside was asked for what it was asked for. */
  readonly match: ModelPath | undefined;
  /** Effects that the flow's `ended` may have asked for, each list by a document that it may have been told of. */
  readonly atEnd: readonly (readonly EndEffect[])[];
}

export type Expect = (call: RehearsedCall) => Promise<Expectation>;

const turnsMax = 24;
const pathsMax = 64;
const rememberedMax = 5_000;

/** Makes the oracle of one flow. Outcomes are remembered: most calls of a search differ in nothing that matters to it. */
export function createExpectation(stage: Stage): Expect {
  const remembered = new Map<string, readonly ModelPath[]>();
  const ends = expectEnds(stage);
  return async (call) => {
    const key = keyOf(call);
    let known = remembered.get(key);
    if (known === undefined) {
      known = await outcomes(stage, call);
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(key, known);
    }
    const data = withoutSids(JSON.stringify(call.given.at(-1)?.answer.checkpoint?.data ?? {}));
    const ending = known.filter((path) => endsLike(path, call, data));
    const atEnd = stage.flow.ended === undefined ? [] : await ends(call);
    return { paths: known, ending, match: ending.find((path) => didLike(path, call)), atEnd };
  };
}

/** Rule 10: an effect of a turn that had to be asked again without the table is reported as unsure. */
export function unsureOf(call: RehearsedCall): 0 | 1 {
  return call.given.some(({ answer }) => answer.checkpoint?.unsure) ? 1 : 0;
}

function keyOf(call: RehearsedCall): string {
  const asked = call.asked.map(({ turn, step, did, from, beside }) => [turn, step, did, from, beside]);
  const doubts = [mayDoubt(call), goneForGood(call)];
  const answers = [dialectAnswer(call, "emptyRecording"), dialectAnswer(call, "dialActionAfterHangup")];
  const done = [call.steps, call.faults.length > 0];
  const starts = startsOf(call).map(({ step }) => step);
  const facts = [call.script.id, call.language, asked, [...call.untold], doubts, answers, call.hungUp, done, starts];
  return JSON.stringify(facts);
}

/** An effect can be in doubt only where something was wrong between us, the table and the outside. */
export function mayDoubt(call: RehearsedCall): boolean {
  return call.faults.some(({ kind, fault }) => ["effect", "read", "write"].includes(kind) || fault === "table-down");
}

async function outcomes(stage: Stage, call: RehearsedCall): Promise<readonly ModelPath[]> {
  const certain = await walk(stage, call, () => false);
  if (!mayDoubt(call)) return certain;
  const names = [...new Set(certain.flatMap(namesOf))];
  const found = [...certain];
  for (const doubted of doubtsAmong(names, goneForGood(call))) {
    found.push(...(await walk(stage, call, doubted)));
    if (found.length > pathsMax * 4) break;
  }
  return found;
}

type Doubts = (effect: string, inDoubt: "retry" | "give-up") => boolean;

/** At most two effects in doubt; or all from one on where the service has gone, all that cannot be claimed where the table has. */
function doubtsAmong(names: readonly string[], forGood: boolean): Doubts[] {
  const some = names.flatMap((one, at) =>
    names.slice(at).map((other) => (effect: string) => effect === one || effect === other),
  );
  if (!forGood) return some;
  const turnOf = (effect: string) => Number(effect.split(":", 1)[0]);
  const turns = [...new Set(names.map(turnOf))];
  const since = turns.flatMap((turn): Doubts[] => [
    (effect) => turnOf(effect) >= turn,
    (effect, inDoubt) => turnOf(effect) >= turn && inDoubt === "give-up",
  ]);
  const butOne = since.flatMap((doubts) =>
    names.map(
      (one): Doubts =>
        (effect, inDoubt) =>
          doubts(effect, inDoubt) || effect === one,
    ),
  );
  return [...some, ...since, ...butOne];
}

/** Nothing will ever be known again of the outside. */
function goneForGood(call: RehearsedCall): boolean {
  return call.faults.some(({ fault }) =>
    ["service-down", "service-hangs", "table-down", "table-down-here"].includes(fault),
  );
}

function namesOf({ transitions }: ModelPath): string[] {
  return transitions.flatMap(({ effects }, turn) => effects.map(({ name }) => `${turn + 1}:${name}`));
}

async function walk(stage: Stage, call: RehearsedCall, doubts: Doubts): Promise<ModelPath[]> {
  const found: ModelPath[] = [];
  for (const from of startsOf(call)) {
    const walked = await paths(stage.flow, {
      world: modelWorld(stage, (effect, turn, policy) => doubts(`${turn}:${effect}`, policy)),
      from,
      turnsMax,
      pathsMax,
      inputs: (state) => inputsAt(stage, call, state),
    });
    found.push(...walked);
  }
  return found.filter((path) => takesLastAnswers(path, call, stage));
}

/** Faults of an operation behind which the table tells the next who asks all that it knows. */
const tells = /^(?:stale|crash|crash-after|stopped-.*)$/;

/**
 * Where the call may begin. Who was cut off is offered to go on; where the table did not tell, the flow begins at its start. What
 * the caller heard first is what counts from then on.
 */
function startsOf({ flow, language, script, asked, faults }: RehearsedCall): readonly ModelState[] {
  const anew = startState(flow, language);
  const before = script.earlier?.before;
  if (before === undefined) return [anew];
  const mayNotTell = ({ turn, kind, fault }: MetFault) =>
    turn === 0 && (kind === "call" || ((kind === "read" || kind === "write") && !tells.test(fault)));
  const starts = faults.some(mayNotTell) ? [offerState(flow, before), anew] : [offerState(flow, before)];
  const heard = asked.findLast(({ turn, beside }) => turn === 1 && beside === undefined)?.step;
  const fitting = starts.filter(({ step }) => step === heard);
  return fitting.length > 0 ? fitting : starts;
}

/** What the caller did at this document, each time it was asked; and that it was lost, where it may have been. */
function inputsAt(stage: Stage, call: RehearsedCall, state: ModelState) {
  const answers = answersAt(call, state);
  const options = answerOptions(call, state);
  const inputs = answers.map(({ did, from }) => inputFor(stage.flow, state, did, { ...options, from }));
  if (call.faults.length > 0) inputs.push(...inputs.flatMap(toldLess));
  const { lost } = findStep(stage.flow, state.step)?.step ?? {};
  // a document that asks more than once may have lost the answer to any of its questions
  for (const verb of call.untold.has(state.turn) ? documentOf(stage.flow, state).map(yields) : []) {
    if (verb === undefined || verb === "next") continue;
    if (yielding[verb].whenLost === "go-on" || lost !== undefined) inputs.push({ kind: "lost", verb });
  }
  return unique(inputs.length === 0 ? [{ kind: "nothing" } satisfies Input] : inputs);
}

function answersAt(call: RehearsedCall, { turn, step }: ModelState) {
  const asked = call.asked.filter((one) => one.turn === turn && one.step === step && one.beside === undefined);
  if (asked.length > 0) return asked.map(({ did, from }) => ({ did, from }));
  // who hung up, or was cut off, would have gone on by the script
  const scripted = call.script.answers[turn - 1];
  if (scripted?.step === step) return [{ did: scripted.answer, from: 0 }];
  const otherwise = call.script.otherwise.get(step);
  return otherwise === undefined ? [] : [{ did: otherwise, from: 0 }];
}

/** An answer that the caller has changed since may count only if something was done for it. */
function takesLastAnswers({ states, transitions }: ModelPath, call: RehearsedCall, stage: Stage): boolean {
  return transitions.every(({ input, effects, doubted }, at) => {
    const state = states[at];
    if (state === undefined || input.kind === "lost" || effects.length > 0 || doubted.length > 0) return true;
    const last = answersAt(call, state).at(-1);
    if (last === undefined) return true;
    const taken = inputFor(stage.flow, state, last.did, { ...answerOptions(call, state), from: last.from });
    return [taken, ...toldLess(taken)].some((one) => JSON.stringify(inputIn(one)) === JSON.stringify(input));
  });
}

/**
 * What is left of an answer whose request was lost: a status callback of a dialled leg knows nothing of the dial's recording and
 * of who was bridged, and the fallback's own ErrorCode stands in the place of a session's.
 */
function toldLess(taken: AnswerTaken): Input[] {
  const input = inputIn(taken);
  if (input?.kind === "connect" && input.errorCode !== undefined) return [{ ...input, errorCode: undefined }];
  if (input?.kind !== "dial") return [];
  const { kind, status, durationSec } = input;
  return [{ kind, status, durationSec }];
}

/** Where Twilio's open questions change what the flow is told; and what Twilio did in this turn. */
function answerOptions(call: RehearsedCall, { turn, step }: ModelState): AnswerOptions {
  return {
    emptyRecording: dialectAnswer(call, "emptyRecording") === "next-verb" ? "next-verb" : "action",
    dialActionAfterHangup: String(dialectAnswer(call, "dialActionAfterHangup")) === "true",
    executed: (verb) =>
      call.steps.findLast((one) => one.verb === verb && one.turn === turn && one.step === step)?.params,
  };
}

function unique<T>(values: readonly T[]): T[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...seen.values()];
}

/** Does the call end as this path does? @param data of its last document, as text */
function endsLike({ ending, states }: ModelPath, call: RehearsedCall, data: string): boolean {
  const last = call.given.at(-1)?.answer;
  const { ended } = call.record;
  if (call.hungUp) return true;
  if (ending === "caller-hangup") return ended === "caller-hangup";
  if (ended === "caller-hangup" || ended === "apology" || ended === "simulator-cap") return false;
  if (ending === "last-resort") return last?.outcome === "last-resort";
  if (ending === "unfinished" || last === undefined || last.outcome === "last-resort") return false;
  const at = last.checkpoint;
  return (
    at !== undefined &&
    nameBefore(at.step) === ending.step &&
    at.turn === states.length &&
    at.language === ending.language &&
    data === withoutSids(JSON.stringify(ending.data))
  );
}

/** Was the outside asked for what this path asks for? An effect in doubt may have happened, or not. */
function didLike(path: ModelPath, call: RehearsedCall): boolean {
  const wanted = path.transitions.flatMap(({ effects }, at) =>
    effects.map(({ name, does }) => ({ key: `${callSid}:${at + 1}:${name}`, text: does })),
  );
  const executed = duringCall(call);
  const cutShort = call.hungUp || path.ending === "caller-hangup";
  for (const { key, text } of wanted) {
    // two turns may ask the outside for the same; a service that takes no key tells nothing of the turn
    const at = executed.findIndex((one) => one.text === text && (one.key ?? key) === key);
    if (at !== -1) executed.splice(at, 1);
    else if (!cutShort) return false;
  }
  const doubted = new Set(
    path.transitions.flatMap((transition, at) => transition.doubted.map((name) => `${callSid}:${at + 1}:${name}`)),
  );
  // rule 10: the turn that was asked again, or that was left without its answer
  const unsure = new Set(
    call.given.flatMap(({ answer: { checkpoint: c } }) =>
      c?.unsure ? [`${callSid}:${c.turn}`, `${callSid}:${c.turn - 1}`] : [],
    ),
  );
  // of an effect without a key nobody can tell which one it was
  const unkeyed = executed.filter(({ key }) => key === undefined).length;
  if (unkeyed > doubted.size + unsure.size) return false;
  return executed.every(({ key }) => key === undefined || doubted.has(key) || unsure.has(key.split(":", 2).join(":")));
}
