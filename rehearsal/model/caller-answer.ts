import type { Flow } from "../../core/flow.ts";
import { type Input, toInput, type YieldingVerb } from "../../core/input.ts";
import { endsDocument, type SmsVerb, verbsFrom, yields } from "../../core/verbs.ts";
import type { ExecutedVerb } from "../call-record.ts";
import type { CallerStep } from "../caller-script.ts";
import type { Dialect } from "../dialect.ts";
import { gatherParameters } from "../verb-gather.ts";
import { isCharge, paymentSids, referParameters } from "../verb-session.ts";
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
  /** default: `completed` */
  readonly declinedDialStatus?: Dialect["declinedDialStatus"];
  /** what came of a verb that was executed, where that is known: in place of what the model makes of the step */
  readonly executed?: (verb: ExecutedVerb) => Params | undefined;
}

const noSid = "0".repeat(32);
/** In the shape of Twilio's, so that what makes recordings of two calls alike makes this one like them. */
export const modelRecordingUrl = `https://api.twilio.com/2010-04-01/Accounts/AC${"0".repeat(32)}/Recordings/RE${noSid}`;

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
    const yielding = yields(verb);
    if (verb.verb === "sms" && goesOn) {
      const params = options.executed?.("Sms") ?? { SmsStatus: isSendable(verb) ? "sending" : "invalid" };
      return { taken: toInput("sms", new Map(Object.entries(params))) ?? { kind: "nothing" }, questions };
    }
    if (question !== undefined) {
      const did = questions === 0 ? step : silent;
      const asked = withExecuted(question, parametersOf(question, did, options), options);
      questions += questionsAsked(question, did);
      if (asked !== undefined && asked.params !== undefined && yielding !== undefined && goesOn) {
        const input: Input = toInput(yielding, new Map(Object.entries(asked.params))) ?? ended(yielding);
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

/** Whoever is at the other end of a Connect may tell nothing but that it is over. */
function ended(yielding: YieldingVerb): Input {
  if (yielding !== "connect") return { kind: "nothing" };
  return { kind: "connect", status: "ended", handoff: undefined, errorCode: undefined };
}

/** [D TwiML sms page] */
function isSendable({ text, attributes: { to } }: SmsVerb): boolean {
  const hasWords = typeof text === "string" ? text.trim() !== "" : true;
  return hasWords && (to === undefined || /^\+\d{3,15}$/.test(to.trim()));
}

/** One after the other is called until somebody answers; of all but the first nobody does. */
function questionsAsked({ name, attributes, targets }: Question, step: CallerStep): number {
  if (name !== "Dial" || attributes.sequential !== "true" || step.kind === "hangup") return 1;
  return step.kind === "dial" && step.status === "completed" ? 1 : targets;
}

function withExecuted({ name }: Question, asked: Asked, { executed }: AnswerOptions): Asked {
  if (asked?.params === undefined || executed === undefined || name === "Gather" || name === "Record") return asked;
  return { ...asked, params: executed(name) ?? asked.params };
}

type Params = Readonly<Record<string, string>>;
/** What a verb makes of the caller: a request with these parameters, or none; undefined: the next verb follows. */
type Asked = { readonly params: Params | undefined; readonly gone: boolean } | undefined;

function parametersOf(question: Question, step: CallerStep, options: AnswerOptions): Asked {
  const { name, attributes, noun, aside } = question;
  const gone = step.kind === "hangup";
  switch (name) {
    case "Gather": {
      const params = gone ? undefined : gatherParameters(attributes, step);
      return gone || params !== undefined ? { params, gone } : undefined;
    }
    case "Record":
      return recorded(attributes, step, options);
    case "Dial":
      return gone && !options.dialActionAfterHangup
        ? { params: undefined, gone }
        : { params: dialled(question, step, options), gone };
    case "Enqueue": {
      if (gone) return { params: { QueueResult: "hangup", QueueTime: "0" }, gone };
      const { result, waitSec, pressed } =
        step.kind === "queue" ? step : { result: "bridged", waitSec: 30, pressed: undefined };
      if (result === "queue-full") return { params: { QueueResult: result, QueueTime: "0" }, gone };
      const leaves = aside?.key !== undefined && pressed === aside.key;
      return { params: { QueueResult: leaves ? "leave" : result, QueueTime: leaves ? "0" : String(waitSec) }, gone };
    }
    case "Pay": {
      const silence = gone ? "caller-hung-up" : "too-many-failed-attempts";
      const result = step.kind === "pay" ? step.result : silence;
      if (result !== "success") return { params: { Result: result }, gone };
      const paid: Params = isCharge(attributes)
        ? { PaymentConfirmationCode: `${paymentSids.charge}${noSid}` }
        : { PaymentToken: `${paymentSids.token}${noSid}` };
      return { params: { Result: result, ...paid }, gone };
    }
    case "Connect": {
      if (noun !== "ConversationRelay") return { params: { StreamSid: `MZ${noSid}` }, gone };
      const { status, detail } = step.kind === "connect" ? step : { status: gone ? "completed" : "ended", detail: "" };
      if (status === "failed") return { params: { SessionStatus: status, ErrorCode: detail || "39001" }, gone };
      return { params: { SessionStatus: status, ...(detail === "" ? {} : { HandoffData: detail }) }, gone };
    }
    case "Refer":
      return { params: gone ? undefined : referParameters(step.kind === "refer" ? step.sipStatus : 202), gone };
  }
}

/** [D dial page]; a step of another verb is nobody answering. */
function dialled({ attributes, noun, targets, aside }: Question, step: CallerStep, options: AnswerOptions): Params {
  const gone = step.kind === "hangup";
  const { status, durationSec, pressed } =
    step.kind === "dial" ? step : { status: "no-answer", durationSec: 0, pressed: undefined };
  if (noun === "Conference") return { DialCallStatus: gone ? "completed" : "answered", DialBridged: String(!gone) };
  if (gone) return { DialCallStatus: "completed", DialCallDuration: "0", DialBridged: "false" };
  if (status === "completed" && aside?.key !== undefined && pressed !== aside.key) {
    return { DialCallStatus: options.declinedDialStatus ?? "completed", DialCallDuration: "0", DialBridged: "false" };
  }
  const others = attributes.sequential === "true" && targets > 1 && status !== "completed";
  const lengthSec = Math.min(others ? 0 : durationSec, Number(attributes.timeLimit ?? "14400"));
  const params = {
    DialCallStatus: others ? "no-answer" : status,
    DialCallDuration: String(lengthSec),
    DialBridged: String(status === "completed"),
  };
  const records = (attributes.record ?? "do-not-record") !== "do-not-record" && attributes.record !== "false";
  return records && status === "completed"
    ? { ...params, RecordingUrl: options.recordingUrl ?? modelRecordingUrl }
    : params;
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
