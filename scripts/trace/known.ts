/** What the sources of a trace tell of a call, after everything that may concern a person was left behind. */
import type { Leg } from "../../core/checkpoint.ts";

/** One log line of a leg: one webhook as it was answered. */
export interface LoggedWebhook {
  readonly leg: Leg;
  readonly event: string;
  /** when it was answered, by the leg's clock */
  readonly atMs: number;
  readonly elapsedMs: number;
  readonly build?: string;
  readonly flow?: string;
  readonly step?: string;
  readonly turn?: number;
  readonly attempt?: number;
  readonly resumes?: number;
  readonly rung?: number;
  readonly saved?: boolean;
  readonly reason?: string;
  readonly errorCode?: string;
  readonly status?: number;
  readonly table?: string;
  /** Twilio had stopped waiting when it was answered */
  readonly closed?: boolean;
}

/** One request as Twilio lists it among a call's events. */
export interface AskedRequest {
  readonly leg?: Leg;
  /** what the URL is: voice, action, fallback, ...; other: none of ours */
  readonly url: string;
  /** when Twilio noted it, in whole seconds */
  readonly atMs: number;
  readonly elapsedMs?: number;
  readonly status?: number;
  readonly errorCode?: string;
  /** what ErrorUrl names */
  readonly failed?: string;
  readonly callStatus?: string;
  /** what came from the caller: its kind, never its content */
  readonly brought: readonly string[];
  /** of the TwiML that came back */
  readonly verbs: readonly string[];
}

/** One document of the item's trail: what was committed to be spoken. */
export interface HeldDocument {
  readonly turn: number;
  readonly attempt: number;
  readonly step: string;
  readonly leg: Leg;
  readonly atMs: number;
  readonly verbs: readonly string[];
}

export interface HeldEffect {
  /** undefined: an effect of the call's end */
  readonly turn?: number;
  readonly effect: string;
  /** in doubt: said so, or claimed longer ago than a lease and never told done */
  readonly state: "claimed" | "done" | "in-doubt";
  readonly atMs: number;
}

/** The item of the table, without what it holds sealed. */
export interface HeldCall {
  readonly flow?: string;
  readonly step?: string;
  readonly turn?: number;
  readonly attempt?: number;
  readonly resumes?: number;
  readonly leg?: Leg;
  readonly build?: string;
  readonly startedAtMs?: number;
  readonly updatedAtMs?: number;
  readonly endedAtMs?: number;
  readonly documents: readonly HeldDocument[];
  readonly effects: readonly HeldEffect[];
  /** turns whose answer is pinned by a claim */
  readonly pins: readonly number[];
  /** turns whose outcome a status callback stored */
  readonly outcomes: readonly number[];
}

/** Of one source: what it gave, or why it gave nothing. */
export interface Source {
  readonly name: "table" | "primary log" | "fallback log" | "Call Events";
  readonly had: boolean;
  readonly what: string;
}
