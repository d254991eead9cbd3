import type { Clock } from "../../../core/clock.ts";
import type { ExchangeRequest } from "../../../rehearsal/exchange.ts";
import { failed, type Reply } from "../../../rehearsal/reply.ts";
import type { Failure } from "../../../scripts/bench/load/failures.ts";
import type { LoadLine } from "../../../scripts/bench/load/load-call.ts";

/** One question, one key, the end. */
export const question = '<Gather numDigits="1" action="http://primary.test/next#rc=0"><Say>Press 1.</Say></Gather>';
export const end = "<Say>The end.</Say><Hangup/>";
export const lastResort = "<Say>We are sorry.</Say><Hangup/>";

export function twiml(verbs: string): Reply {
  const headers = { "content-type": "text/xml" };
  return { kind: "answer", status: 200, headers, body: `<Response>${verbs}</Response>` };
}

export const refusal = failed(11202, "ECONNREFUSED", "ct");

/** Answers as two sound legs do. */
export function soundly({ url }: ExchangeRequest): Reply {
  return twiml(url.endsWith("/next") ? end : question);
}

/** A line to legs that are not there. */
export function fakeLine(
  clock: Clock,
  exchange: (request: ExchangeRequest, failure: Failure | "none") => Promise<Reply>,
): LoadLine {
  return {
    voiceUrl: "http://primary.test/voice#rc=0",
    fallbackUrl: "http://fallback.test/voice-fallback#rc=0",
    statusCallbackUrl: "http://primary.test/status#rc=0",
    accountSid: `AC${"0".repeat(32)}`,
    authToken: "token",
    flow: {
      name: "fake",
      presses: [{ kind: "digits", digits: "1" }],
      isEnd: (heard) => heard === "The end.",
      lastWords: ["We are sorry."],
    },
    clock,
    legOf: (url) => (url.startsWith("http://primary.test/") ? "primary" : "fallback"),
    exchange,
  };
}
