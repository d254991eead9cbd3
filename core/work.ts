import { awayForGood, type Checkpoint, startOf } from "./checkpoint.ts";
import type { Item } from "./checkpoint-store.ts";
import { flowOf, stepOf } from "./document.ts";
import type { Engine } from "./engine.ts";
import { FlowError } from "./errors.ts";
import type { GoTo, Next } from "./flow.ts";
import type { Input } from "./input.ts";
import { limits } from "./limits.ts";
import type { Once } from "./once.ts";
import { type Before, beforeKey } from "./redial.ts";
import { awayAfter } from "./resume.ts";
import type { Language } from "./verbs.ts";
import type { VoiceRequest } from "./voice-request.ts";

/** A turn to be taken: from where, with which answer. */
export interface Work {
  readonly base: Checkpoint;
  readonly input: Input;
  /** the answer was pinned by the claim in `known` */
  readonly pinned: boolean;
  /** the item, when this webhook has read it */
  readonly known: Item | undefined;
  /** by the fallback in place of a request that failed */
  readonly resumed: boolean;
  readonly plain: boolean;
  /** with what the first turn begins, besides the flow's own */
  readonly begin?: Begin;
}

export interface Begin {
  /** an earlier call of the same caller, which may be gone on with */
  readonly before?: Before;
  /** of a call that we placed */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The first turn: it has no answer, it enters the flow's first step. */
export function firstTurn(flow: string, language: Language, options: { resumed: boolean; plain: boolean }): Work {
  return { base: startOf(flow, language), input: { kind: "nothing" }, pinned: false, known: undefined, ...options };
}

/** Runs the step's `next` (or enters the first step) and returns the checkpoint of the document found there. */
export async function leaveStep(engine: Engine, request: VoiceRequest, work: Work, once: Once): Promise<Checkpoint> {
  const { base, input } = work;
  if (base.turn === 0) {
    const { start, data: own, redial } = flowOf(engine, base);
    const { before, data: given } = work.begin ?? {};
    const data = { ...own, ...given };
    if (before === undefined || redial === undefined)
      return enterStep(engine, work, { step: start, data, language: undefined });
    return enterStep(engine, work, {
      step: redial.offer,
      data: { ...data, [beforeKey]: before },
      language: before.language,
    });
  }
  const { step } = stepOf(engine, base);
  if (step.next === undefined) throw new FlowError(`step '${base.step}' ends the call and was asked for more`);
  const { [beforeKey]: carried, ...data } = base.data;
  const { visits, unsure, language } = base;
  const call = { sid: request.callSid, from: request.from, to: request.to };
  const before = carried === undefined ? {} : { before: carried as GoTo<never, Record<string, unknown>> };
  const context = { input, data, visits, unsure, language, call, settings: engine.settings, ...before };
  if (input.kind === "lost" && step.lost !== undefined) return enterStep(engine, work, step.lost(context));
  return enterStep(engine, work, await step.next({ ...context, once }));
}

/** The checkpoint of the next turn's document, at the step that an answer led to. */
export function enterStep(engine: Engine, work: Work, to: Next<string, Readonly<Record<string, unknown>>>): Checkpoint {
  const { base, resumed, plain } = work;
  const all: Readonly<Record<string, unknown>> = { ...base.data, ...to.data };
  const data = to.step === flowOf(engine, base).redial?.offer ? all : withoutBefore(all);
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > limits.dataBytesMax) {
    throw new FlowError(`step '${base.step}': data of ${bytes} bytes, more than ${limits.dataBytesMax}`);
  }
  const turn = { turn: base.turn + 1, attempt: 0, resumes: base.resumes + (resumed ? 1 : 0), from: 0, plain };
  const next = { ...base, ...turn, step: to.step, data, language: to.language ?? base.language };
  const step = stepOf(engine, next).name;
  const before = base.turn === 0 ? "" : stepOf(engine, base).name;
  const away = resumed ? awayAfter(base) : staysAway(engine, base);
  return { ...next, step, away, visits: step === before ? base.visits + 1 : 1 };
}

/** The offer to go on is answered once. */
export function withoutBefore(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!(beforeKey in data)) return data;
  const { [beforeKey]: _, ...rest } = data;
  return rest;
}

/** How long a turn taken in the ordinary way leaves the call on the fallback leg. */
function staysAway(engine: Engine, base: Checkpoint): number {
  if (engine.leg === "primary") return 0;
  return base.away >= awayForGood ? awayForGood : Math.max(0, base.away - 1);
}
