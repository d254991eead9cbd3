/** What each source tells, after everything that may concern a person was left behind. */
import type { HeldCall, LoggedWebhook } from "../trace/known.ts";
import type { Place } from "./url.ts";

/** Why Twilio got no answer, as far as it says so: of a 502 that it made itself, the header and the body tell. */
export interface Cause {
  readonly kind: "dns" | "tls" | "timeout" | "connect" | "refused" | "connection" | "protocol" | "redirect";
  /** in our words */
  readonly what: string;
}

/** One failure as Twilio noted it. */
export interface Alert {
  /** Twilio's own name of it; the same failure may come from two exports */
  readonly sid?: string;
  readonly from: "alerts" | "debugger";
  readonly callSid?: string;
  /** when Twilio noted it: after the request had failed; whole seconds in an export */
  readonly atMs: number;
  readonly errorCode: string;
  readonly warning: boolean;
  readonly place: Place;
  /** what the server answered; Twilio's own 502 is none */
  readonly status?: number;
  /** Twilio made the answer itself */
  readonly synthetic: boolean;
  readonly cause?: Cause;
  /** the API's id of the request, from the response's headers */
  readonly edgeRequestId?: string;
  readonly edge?: string;
}

/** One line of the HTTP API's access log. */
export interface Access {
  readonly requestId: string;
  /** when the API got the request */
  readonly atMs: number;
  readonly route: Place["kind"];
  readonly status: number;
  readonly latencyMs: number;
  readonly functionStatus?: number;
  readonly integrationStatus?: number;
  /** the API could not use the function, in our words */
  readonly trouble?: string;
  /** that trouble was that it waited no longer */
  readonly waitedOut?: boolean;
  /** undefined: the function was not invoked, or the log's format does not tell */
  readonly functionRequestId?: string;
}

/** One log line of ours, of any call. */
export interface Line extends LoggedWebhook {
  readonly callSid?: string;
  readonly requestId?: string;
  readonly waitedMs?: number;
}

/** What Lambda's own lines tell of one invocation. */
export interface Invocation {
  readonly requestId: string;
  readonly started: boolean;
  readonly ended: boolean;
  readonly fate?: "timeout" | "exit" | "memory" | "init";
  readonly durationMs?: number;
  readonly initMs?: number;
  /** the class of an error that was written beside our lines */
  readonly said?: string;
  /** as far as its lines have a time */
  readonly atMs?: number;
}

export interface Logs {
  readonly lines: readonly Line[];
  readonly invocations: ReadonlyMap<string, Invocation>;
}

/** Where a call is by the table. */
export type Held = ReadonlyMap<string, HeldCall>;

/** All that is at hand. `undefined`: that source was not given, or could not be read. */
export interface Sources {
  readonly alerts: readonly Alert[] | undefined;
  readonly access: readonly Access[] | undefined;
  readonly primary: Logs | undefined;
  readonly fallback: readonly Line[] | undefined;
  readonly table: Held | undefined;
}
