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
  | {
      readonly kind: "dial";
      readonly status: DialStatus;
      readonly durationSec: number;
      /** of a Dial that was recorded; not told by a status callback */
      readonly recordingUrl?: string;
      /** were they connected? A called person who declined in a whisper may count as completed; not told by a status callback */
      readonly bridged?: boolean;
    }
  /** bridged, leave, hangup, queue-full, error ... [D enqueue page] */
  | { readonly kind: "queue"; readonly result: string; readonly waitedSec: number }
  /** `result` is success, too-many-failed-attempts, payment-connector-error ... [D pay page] */
  | {
      readonly kind: "pay";
      readonly result: string;
      readonly confirmationCode: string | undefined;
      readonly token: string | undefined;
    }
  /** ended, failed, completed [D conversationrelay page]; a Stream tells no more than that it ended */
  | {
      readonly kind: "connect";
      readonly status: string;
      /** what the other side hands over */
      readonly handoff: string | undefined;
      readonly errorCode: string | undefined;
    }
  /** `sipStatus` of the answer to a Refer [D refer page] */
  | { readonly kind: "refer"; readonly status: string; readonly sipStatus: number | undefined }
  /** sending, or invalid [D TwiML sms page] */
  | { readonly kind: "sms"; readonly status: string }
  | { readonly kind: "hangup" }
  /** the caller's answer did not survive, and nothing else told it */
  | { readonly kind: "lost"; readonly verb: YieldingVerb };

/** [D dial page, DialCallStatus] */
export type DialStatus = "completed" | "answered" | "busy" | "no-answer" | "failed" | "canceled";

const dialStatuses: readonly string[] = ["completed", "answered", "busy", "no-answer", "failed", "canceled"];

/** The verbs that end a document with a request of their own; `next` is the plain way on, which carries no answer. */
export type YieldingVerb =
  | ("gather" | "record" | "dial" | "enqueue" | "pay" | "connect" | "refer" | "sms")
  | ("raw" | "next");

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
    case "enqueue":
      return queued(params);
    case "pay":
      return paid(params);
    case "connect":
      return connected(params);
    case "refer":
      return referred(params);
    case "sms":
      return sent(params);
    case "raw":
      return (
        gathered(params) ?? recorded(params) ?? dialled(params) ?? queued(params) ?? paid(params) ?? connected(params)
      );
  }
}

/** The verb whose answer these parameters are, if they are one's. */
export function verbIn(params: ReadonlyMap<string, string>): YieldingVerb | undefined {
  if (dialled(params) !== undefined) return "dial";
  if (recorded(params) !== undefined) return "record";
  if (queued(params) !== undefined) return "enqueue";
  if (paid(params) !== undefined) return "pay";
  if (connected(params) !== undefined) return "connect";
  if (referred(params) !== undefined) return "refer";
  if (sent(params) !== undefined) return "sms";
  return gathered(params) === undefined ? undefined : "gather";
}

/**
 * A partial result of speech [D gather page]: no answer, and what is answered to it is ignored. It may come to an action URL
 * where an author wrote a Gather by hand.
 */
export function isPartialResult(params: ReadonlyMap<string, string>): boolean {
  return params.has("UnstableSpeechResult") && !params.has("SpeechResult") && !params.has("Digits");
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
  const recordingUrl = bounded(params.get("RecordingUrl"), limits.recordingUrlCharactersMax);
  const durationSec = number(params.get("DialCallDuration")) ?? 0;
  const told = params.get("DialBridged");
  const bridged = told === "true" || told === "false" ? { bridged: told === "true" } : {};
  return { kind: "dial", status, durationSec, ...bridged, ...(recordingUrl === undefined ? {} : { recordingUrl }) };
}

function queued(params: ReadonlyMap<string, string>): Input | undefined {
  const result = word(params.get("QueueResult"));
  return result === undefined ? undefined : { kind: "queue", result, waitedSec: number(params.get("QueueTime")) ?? 0 };
}

function paid(params: ReadonlyMap<string, string>): Input | undefined {
  const result = word(params.get("Result"));
  if (result === undefined) return undefined;
  const [confirmationCode, token] = ["PaymentConfirmationCode", "PaymentToken"].map((name) =>
    bounded(params.get(name), limits.outcomeCharactersMax),
  );
  return { kind: "pay", result, confirmationCode, token };
}

function connected(params: ReadonlyMap<string, string>): Input | undefined {
  const status = word(params.get("SessionStatus")) ?? (params.has("StreamSid") ? "ended" : undefined);
  if (status === undefined) return undefined;
  const handoff = params.get("HandoffData")?.slice(0, limits.handoffCharactersMax).toWellFormed();
  // beside ErrorUrl it is the error of a lost request, not of the session [D Availability and Reliability]
  const errorCode = params.has("ErrorUrl") ? undefined : word(params.get("ErrorCode"));
  return { kind: "connect", status, handoff, errorCode };
}

function referred(params: ReadonlyMap<string, string>): Input | undefined {
  const status = word(params.get("ReferCallStatus"));
  return status === undefined
    ? undefined
    : { kind: "refer", status, sipStatus: number(params.get("ReferSipResponseCode")) };
}

function sent(params: ReadonlyMap<string, string>): Input | undefined {
  const status = word(params.get("SmsStatus"));
  return status === undefined ? undefined : { kind: "sms", status };
}

/**
 * Reads the outcome of a verb from a status callback: the other path on which a recording or a dial becomes known.
 *
 * @param verb whose status callback it is, named by its sealed checkpoint
 * @returns undefined for events that are no outcome (ringing, a recording in progress) [D record, number, conference pages]
 */
export function toOutcome(verb: string, params: ReadonlyMap<string, string>): Input | undefined {
  if (verb === "record") return recordingOutcome(params);
  // once the transaction has a result, it is sent to statusCallback too; steps before that have none [D pay page]
  if (verb === "pay") return paid(params);
  return verb === "dial" ? (dialOutcome(params) ?? conferenceOutcome(params)) : undefined;
}

function recordingOutcome(params: ReadonlyMap<string, string>): Input | undefined {
  const url = bounded(params.get("RecordingUrl"), limits.recordingUrlCharactersMax);
  if (!url || params.get("RecordingStatus") !== "completed" || params.has("ParentCallSid")) return undefined;
  return { kind: "recording", url, durationSec: number(params.get("RecordingDuration")) ?? 0, endedBy: "unknown" };
}

function dialOutcome(params: ReadonlyMap<string, string>): Input | undefined {
  const status = params.get("CallStatus");
  if (!params.has("ParentCallSid") || status === undefined || !isDialStatus(status)) return undefined;
  // of several numbers that ring at once: a leg cancelled because another one was answered tells nothing of the dial
  if (status === "canceled") return undefined;
  return { kind: "dial", status, durationSec: number(params.get("CallDuration")) ?? 0 };
}

/** The caller has left the conference: the Dial is over, and in a conference it counts as answered [D dial, conference pages]. */
function conferenceOutcome(params: ReadonlyMap<string, string>): Input | undefined {
  if (params.get("StatusCallbackEvent") !== "participant-leave") return undefined;
  return { kind: "dial", status: "answered", durationSec: 0 };
}

function bounded(text: string | undefined, charactersMax: number): string | undefined {
  return text === undefined || text === "" || text.length > charactersMax ? undefined : text;
}

/** Twilio's own words for an outcome: short, and of a closed form, so that a prompt or a log may name them. */
function word(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9-]{1,40}$/.test(text) ? text : undefined;
}

function isDialStatus(status: string): status is DialStatus {
  return dialStatuses.includes(status);
}

function number(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === "" || !Number.isFinite(value) ? undefined : value;
}
