import { limits } from "./limits.ts";

/** What the caller did at the verb that the last document ended in. */
export type Input =
  | { readonly kind: "digits"; readonly digits: string }
  | { readonly kind: "speech"; readonly text: string; readonly confidence: number | undefined }
  /** silence, or a document that asked nothing */
  | { readonly kind: "nothing" }
  | {
      readonly kind: "recording";
      readonly url: string;
      readonly durationSec: number;
      readonly endedBy: "key" | "silence" | "hangup" | "unknown";
    }
  | { readonly kind: "dial"; readonly status: DialStatus; readonly durationSec: number }
  | { readonly kind: "queue"; readonly result: string }
  | { readonly kind: "pay"; readonly result: string }
  | { readonly kind: "connect"; readonly status: string }
  | { readonly kind: "hangup" }
  /** the caller's answer did not survive, and nothing else told it */
  | { readonly kind: "lost"; readonly verb: YieldingVerb };

/** [D dial page, DialCallStatus] */
export type DialStatus = "completed" | "answered" | "busy" | "no-answer" | "failed" | "canceled";

const dialStatuses: readonly string[] = ["completed", "answered", "busy", "no-answer", "failed", "canceled"];

/** The verbs that end a document with a request of their own; `next` is the plain way on, which carries no answer. */
export type YieldingVerb = "gather" | "record" | "dial" | "raw" | "next";

/**
 * Reads the caller's answer from the parameters of an action request.
 *
 * @param verb the verb whose action URL was asked, named by its sealed checkpoint
 * @param params Twilio's parameters
 * @returns the answer, or undefined where the verb's parameters are missing (a fallback request may not repeat them)
 */
export function toInput(verb: YieldingVerb, params: ReadonlyMap<string, string>): Input | undefined {
  switch (verb) {
    case "next":
      return { kind: "nothing" };
    case "gather":
      return gathered(params);
    case "record":
      return recorded(params);
    case "dial":
      return dialled(params) ?? (params.get("CallStatus") === "completed" ? { kind: "hangup" } : undefined);
    case "raw":
      return gathered(params) ?? recorded(params) ?? dialled(params) ?? outcomeOfRaw(params);
  }
}

/** The verb whose answer these parameters are, if they are one's. */
export function verbIn(params: ReadonlyMap<string, string>): YieldingVerb | undefined {
  if (dialled(params) !== undefined) return "dial";
  if (recorded(params) !== undefined) return "record";
  return gathered(params) === undefined ? undefined : "gather";
}

/** [D gather page]: `Digits`, or `SpeechResult` with an optional `Confidence`; an empty one is silence */
function gathered(params: ReadonlyMap<string, string>): Input | undefined {
  const digits = params.get("Digits");
  const speech = params.get("SpeechResult");
  if (digits) return { kind: "digits", digits: digits.slice(0, limits.digitsMax) };
  if (speech) {
    const text = speech.slice(0, limits.speechCharactersMax).toWellFormed();
    return { kind: "speech", text, confidence: number(params.get("Confidence")) };
  }
  return digits === undefined && speech === undefined ? undefined : { kind: "nothing" };
}

/** [D record page]: `Digits` is the key that ended it, or the word `hangup` */
function recorded(params: ReadonlyMap<string, string>): Input | undefined {
  const url = params.get("RecordingUrl");
  if (!url || url.length > limits.recordingUrlCharactersMax) return undefined;
  const key = params.get("Digits");
  const endedBy = key === "hangup" ? "hangup" : key ? "key" : "silence";
  return { kind: "recording", url, durationSec: number(params.get("RecordingDuration")) ?? 0, endedBy };
}

function dialled(params: ReadonlyMap<string, string>): Input | undefined {
  const status = params.get("DialCallStatus");
  if (status === undefined || !isDialStatus(status)) return undefined;
  return { kind: "dial", status, durationSec: number(params.get("DialCallDuration")) ?? 0 };
}

function outcomeOfRaw(params: ReadonlyMap<string, string>): Input | undefined {
  const queue = params.get("QueueResult");
  const pay = params.get("Result");
  const connect = params.get("SessionStatus");
  if (queue) return { kind: "queue", result: queue };
  if (pay) return { kind: "pay", result: pay };
  return connect ? { kind: "connect", status: connect } : undefined;
}

/**
 * Reads the outcome of a verb from a status callback: the other path on which a recording or a dial becomes known.
 *
 * @returns undefined for events that are no outcome (ringing, a recording in progress) [D record, number pages]
 */
export function toOutcome(params: ReadonlyMap<string, string>): Input | undefined {
  const recording = params.get("RecordingUrl");
  if (
    recording &&
    recording.length <= limits.recordingUrlCharactersMax &&
    params.get("RecordingStatus") === "completed" &&
    !params.has("ParentCallSid")
  ) {
    const durationSec = number(params.get("RecordingDuration")) ?? 0;
    return { kind: "recording", url: recording, durationSec, endedBy: "unknown" };
  }
  const status = params.get("CallStatus");
  if (!params.has("ParentCallSid") || status === undefined || !isDialStatus(status)) return undefined;
  // of several numbers that ring at once: a leg cancelled because another one was answered tells nothing of the dial
  if (status === "canceled") return undefined;
  return { kind: "dial", status, durationSec: number(params.get("CallDuration")) ?? 0 };
}

function isDialStatus(status: string): status is DialStatus {
  return dialStatuses.includes(status);
}

function number(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === "" || !Number.isFinite(value) ? undefined : value;
}
