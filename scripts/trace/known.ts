/** What the sources of a trace tell of a call, after everything that may concern a person was left behind. */
import type { Leg } from "../../core/checkpoint.ts";
import type { LogLine } from "../../core/log.ts";

type Positions = "flow" | "step" | "turn" | "attempt" | "resumes" | "rung" | "saved";

/** One log line of a leg: one webhook as it was answered, of any build, so its event is no closed list here. */
export interface LoggedWebhook
  extends Pick<LogLine, "leg" | "atMs" | "elapsedMs" | Positions | "reason" | "errorCode" | "status" | "table"> {
  readonly event: string;
  readonly build?: string;
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
