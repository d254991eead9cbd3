import type { RetryClass } from "./connection-overrides.ts";

/**
 * What came of one request. A status of 400 or above is an answer here; whoever asked decides what it means.
 * `url` is where the answer came from, after HTTP redirects; several `set-cookie` headers are separated by line ends.
 * `errorCode` is what the application is told: 11200 for every network failure; `causeCode` is the precise code that
 * Twilio keeps to its alerts [O].
 */
export type Reply =
  | { kind: "answer"; status: number; headers: Record<string, string>; body: string; url?: string }
  | { kind: "failed"; errorCode: number; detail: string; causeCode?: number; failureClass?: FailureClass };

/**
 * `other` (a reset, a protocol error) is retried under `rp=all` alone; `final` never: total time spent, or a partial
 * answer.
 */
export type FailureClass = Extract<RetryClass, "ct" | "rt"> | "other" | "final";

export function failed(causeCode: number, detail: string, failureClass: FailureClass): Reply {
  return { kind: "failed", errorCode: 11200, detail, causeCode, failureClass };
}

/** A failure that Twilio tells by its own code: a bad URL, bad overrides, bad redirects. Never retried. */
export function refused(errorCode: number, detail: string): Reply {
  return { kind: "failed", errorCode, detail, causeCode: errorCode, failureClass: "final" };
}
