import type { Intercept, OutgoingRequest } from "./call-record.ts";
import { failed, type Reply } from "./reply.ts";

/** `attempts` says which of Twilio's attempts are hit, counted from 0; all of them unless told. */
export type FaultOptions = { attempts?: readonly number[] };

const lost = (): Reply => failed(11205, "the request was lost", "rt");
const answerLost = (): Reply => failed(11203, "the answer was lost", "rt");

/** The nth TwiML event (voice, action or redirect; counted from 0) never reaches its server. */
export function loseRequestAt(index: number, options: FaultOptions = {}): Intercept {
  return when(
    (request) => isEvent(request, index) && hits(request, options),
    async () => lost(),
  );
}

/** The server handles the nth TwiML event, Twilio does not get the answer. */
export function loseAnswerAt(index: number, options: FaultOptions = {}): Intercept {
  return when(
    (request) => isEvent(request, index) && hits(request, options),
    async (send) => {
      await send();
      return answerLost();
    },
  );
}

/** The fallback request for a failure in the nth event is lost. */
export function loseFallbackAt(index: number, options: FaultOptions = {}): Intercept {
  return when(
    (request) => request.isFallback && request.index === index && hits(request, options),
    async () => lost(),
  );
}

/** The nth media fetch of the call (counted from 0) answers 404. */
export function failMediaAt(mediaIndex: number): Intercept {
  return when(
    (request) => request.mediaIndex === mediaIndex,
    async () => ({ kind: "answer", status: 404, headers: { "content-type": "text/plain" }, body: "" }),
  );
}

/** Runs `action` once, before the first attempt of the nth TwiML event: kill a process, suspend it, let time pass. */
export function before(index: number, action: () => void | Promise<void>): Intercept {
  return when(
    (request) => isEvent(request, index) && request.attempt === 0,
    async (send) => {
      await action();
      return send();
    },
  );
}

/** Puts interceptors around each other; the first is the outermost. */
export function all(...intercepts: Intercept[]): Intercept {
  return (request, send) => {
    const chain = intercepts.reduceRight<() => Promise<Reply>>(
      (inner, intercept) => () => intercept(request, inner),
      send,
    );
    return chain();
  };
}

function when(
  matches: (request: OutgoingRequest) => boolean,
  fault: (send: () => Promise<Reply>) => Promise<Reply>,
): Intercept {
  return (request, send) => (matches(request) ? fault(send) : send());
}

function isEvent(request: OutgoingRequest, index: number): boolean {
  return request.index === index && ["voice", "action", "redirect"].includes(request.kind);
}

function hits(request: OutgoingRequest, options: FaultOptions): boolean {
  return options.attempts === undefined || options.attempts.includes(request.attempt);
}
