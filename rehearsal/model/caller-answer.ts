import type { Flow } from "../../core/flow.ts";
import { type Input, toInput } from "../../core/input.ts";
import { endsDocument, verbsFrom, yields } from "../../core/verbs.ts";
import type { CallerStep } from "../caller-script.ts";
import type { Dialect } from "../dialect.ts";
import { gatherParameters } from "../verb-gather.ts";
import { documentOf, type ModelState } from "./flow-model.ts";
import { type Question, questionOf } from "./question.ts";

export interface AnswerOptions {
  /** Twilio's own differs from call to call: hand in the rehearsed call's, or compare without it. */
  readonly recordingUrl?: string;
  /** default: `action` */
  readonly emptyRecording?: Dialect["emptyRecording"];
  /** default: false */
  readonly dialActionAfterHangup?: Dialect["dialActionAfterHangup"];
  /** the verb with which the document began, default: the first of the step */
  readonly from?: number;
}

/** In the shape of Twilio's, so that what makes recordings of two calls alike makes this one like them. */
export const modelRecordingUrl = `https://api.twilio.com/2010-04-01/Accounts/AC${"0".repeat(32)}/Recordings/RE${"0".repeat(32)}`;

/** The caller has hung up, and yet the request is made: its turn is taken, and nobody hears where that leads. */
export interface GoneInput {
  readonly kind: "gone";
  readonly input: Input;
}

/**
 * `caller-hangup`: the caller is gone and no request follows; `end-of-document`: nothing in the document goes on. Who hangs up
 * while recording is told by the input itself (`endedBy: "hangup"`).
 */
export type AnswerTaken = Input | GoneInput | "caller-hangup" | "end-of-document";

/** The answer that a turn is taken with, if one is. */
export function inputIn(taken: AnswerTaken): Input | undefined {
  if (typeof taken === "string") return undefined;
  return taken.kind === "gone" ? taken.input : taken;
}

/** Does nobody hear where this leads? */
export function leavesCaller(taken: AnswerTaken): boolean {
  if (typeof taken === "string") return taken === "caller-hangup";
  return taken.kind === "gone" || (taken.kind === "recording" && taken.endedBy === "hangup");
}

/** What the step's `next` gets when the caller does this at the document's first question and is silent at any other. */
export function inputFor(flow: Flow, state: ModelState, step: CallerStep, options: AnswerOptions = {}): AnswerTaken {
  return answerAt(flow, state, step, options).taken;
}

/** The same, and how many questions the document put before it went on. */
export function answerAt(
  flow: Flow,
  state: ModelState,
  step: CallerStep,
  options: AnswerOptions = {},
): { readonly taken: AnswerTaken; readonly questions: number } {
  let questions = 0;
  const goesOn = flow.steps.get(state.step)?.next !== undefined;
  for (const { verb } of verbsFrom(documentOf(flow, state), options.from ?? 0)) {
    const question = questionOf(verb);
    if (question !== undefined) {
      const asked = parametersOf(question, questions === 0 ? step : silent, options);
      questions += 1;
      const yielding = yields(verb);
      if (asked !== undefined && asked.params !== undefined && yielding !== undefined && goesOn) {
        const input: Input = toInput(yielding, new Map(Object.entries(asked.params))) ?? { kind: "nothing" };
        const told = input.kind === "recording" && input.endedBy === "hangup";
        return { taken: asked.gone && !told ? { kind: "gone", input } : input, questions };
      }
      if (asked?.gone) return { taken: "caller-hangup", questions };
    }
    if (endsDocument(verb)) return { taken: "end-of-document", questions };
  }
  return { taken: goesOn ? { kind: "nothing" } : "end-of-document", questions };
}

const silent: CallerStep = { kind: "silence" };

type Params = Record<string, string>;
/** What a verb makes of the caller: a request with these parameters, or none; undefined: the next verb follows. */
type Asked = { readonly params: Params | undefined; readonly gone: boolean } | undefined;

function parametersOf({ name, attributes, noun }: Question, step: CallerStep, options: AnswerOptions): Asked {
  const gone = step.kind === "hangup";
  switch (name) {
    case "Gather": {
      const params = gone ? undefined : gatherParameters(attributes, step);
      return gone || params !== undefined ? { params, gone } : undefined;
    }
    case "Record":
      return recorded(attributes, step, options);
    case "Dial": {
      const { status, durationSec } = step.kind === "dial" ? step : { status: "no-answer", durationSec: 0 };
      const lengthSec = Math.min(durationSec, Number(attributes.timeLimit ?? "14400"));
      if (gone && !options.dialActionAfterHangup) return { params: undefined, gone };
      return { params: { DialCallStatus: gone ? "completed" : status, DialCallDuration: String(lengthSec) }, gone };
    }
    case "Enqueue":
      return { params: { QueueResult: gone ? "hangup" : step.kind === "queue" ? step.result : "bridged" }, gone };
    case "Pay": {
      const silence = gone ? "caller-hung-up" : "too-many-failed-attempts";
      return { params: { Result: step.kind === "pay" ? step.result : silence }, gone };
    }
    case "Connect": {
      const status = step.kind === "connect" ? step.status : gone ? "completed" : "ended";
      return { params: noun === "ConversationRelay" ? { SessionStatus: status } : {}, gone };
    }
    case "Refer":
      return { params: gone ? undefined : {}, gone };
  }
}

/** [D record page]; a step of another verb is what `runRecord` takes it for. */
function recorded(attributes: Params, step: CallerStep, options: AnswerOptions): Asked {
  const { recordingUrl = modelRecordingUrl, emptyRecording = "action" } = options;
  const endKeys = attributes.finishOnKey ?? "1234567890*#";
  const wantedSec = step.kind === "record" ? step.durationSec : ["digits", "speech"].includes(step.kind) ? 3 : 0;
  const maxSec = Number(attributes.maxLength ?? "3600");
  const cut = wantedSec > maxSec;
  const durationSec = Math.min(wantedSec, maxSec);
  const gone = step.kind === "hangup" || (step.kind === "record" && step.endedBy === "hangup" && !cut);
  if (durationSec === 0 && emptyRecording === "next-verb") return gone ? { params: undefined, gone } : undefined;
  const params = { RecordingUrl: recordingUrl, RecordingDuration: String(durationSec) };
  const digits = gone ? "hangup" : cut ? undefined : endKeyOf(step, endKeys);
  return { params: digits === undefined ? params : { ...params, Digits: digits }, gone };
}

function endKeyOf(step: CallerStep, endKeys: string): string | undefined {
  if (step.kind === "digits") return [...step.digits].find((key) => endKeys.includes(key));
  return step.kind === "record" && step.endedBy === "key" ? (endKeys.at(-1) ?? "#") : undefined;
}
