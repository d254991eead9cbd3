import type { CallerStep } from "./caller-script.ts";
import type { Reply } from "./reply.ts";

/**
 * `wait` is a document of a queue's `waitUrl`, `whisper` one for the person called, whatever led to it there (a key, a
 * redirect); `status` also the partial results of speech.
 */
export type RequestKind = "voice" | "action" | "redirect" | "fallback" | "media" | "status" | "wait" | "whisper";

/** One request of Twilio, as interceptors see it before each attempt. */
export type OutgoingRequest = {
  /**
   * Counts the TwiML events of the call (voice, action, redirect, wait, whisper) from 0. Everything else has the index
   * of the event that it belongs to: a fallback request that of the event that failed, media and status callbacks that
   * of the last event.
   */
  index: number;
  kind: RequestKind;
  isFallback: boolean;
  url: string;
  method: "GET" | "POST";
  params: Record<string, string>;
  /** Counts the media fetches of the call from 0. */
  mediaIndex?: number;
  /** Counts Twilio's own retries of this request from 0. */
  attempt: number;
};

/** Stands around each attempt of each request: may lose it, lose its answer, or do something first. */
export type Intercept = (request: OutgoingRequest, send: () => Promise<Reply>) => Promise<Reply>;

export type RequestRecord = Omit<OutgoingRequest, "attempt"> & {
  /** 0: answered by a cache, or not sent because the URL was none. */
  attempts: number;
  /** Since the start of the call. */
  startedAtMs: number;
  endedAtMs: number;
  outcome: { kind: "answer"; status: number } | { kind: "failed"; errorCode: number; detail: string };
};

export type CallEnd =
  | "hangup"
  | "end-of-document"
  | "caller-hangup"
  | "apology"
  | "rejected"
  /** An outbound call that nobody answered. */
  | "not-answered"
  /** A number without a voice URL: the call fails at once. */
  | "failed"
  /** Four hours, Twilio's own limit [D call resource page]. */
  | "time-limit"
  /** The rehearsal's own bound on documents; Twilio has none for voice that is documented. */
  | "simulator-cap";

export type Alert = { errorCode: number; url: string; level: "ERROR" | "WARNING"; detail: string };

/** Verbs that act on others than the caller. */
export type ExecutedVerb = "Dial" | "Enqueue" | "Pay" | "Connect" | "Refer" | "Sms";

/** `atMs` is time since the start of the call, real or virtual. */
export type CallEvent = { atMs: number } & (
  | { kind: "request"; request: OutgoingRequest }
  | { kind: "reply"; request: RequestRecord }
  | { kind: "document"; index: number; url: string; verbs: string[] }
  | { kind: "heard"; text: string; leg?: "called" }
  | { kind: "caller"; verb: string; step: CallerStep }
  /** Something that must not happen twice has happened: somebody was called, charged, queued. `params` tell what came of it. */
  | { kind: "executed"; verb: ExecutedVerb; what: string; params: Readonly<Record<string, string>> }
  | { kind: "failover"; index: number; errorCode: number; errorUrl: string }
  | { kind: "alert"; alert: Alert }
  | { kind: "apology" }
  | { kind: "ended"; ended: CallEnd }
);

export type CallDocument = { index: number; url: string; host: string; isFallback: boolean; twiml: string };

export type CallRecord = {
  callSid: string;
  ended: CallEnd;
  /** One line per thing heard, in order: the words of a Say, `play:<path>`, `pause 1 s`. */
  heard: string[];
  documents: CallDocument[];
  requests: RequestRecord[];
  /** Requests for TwiML, fallback requests included; Twilio's retries count as attempts only. */
  requestCount: number;
  attemptCount: number;
  alerts: Alert[];
  events: CallEvent[];
};
