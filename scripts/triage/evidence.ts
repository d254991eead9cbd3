import { limits } from "../../core/limits.ts";
import type { HeldCall } from "../trace/known.ts";
import type { Access, Alert, Invocation, Line } from "./records.ts";
import type { Place } from "./url.ts";

/** How a line of the access log or of our log was found to be about this request, the strongest first. */
export type JoinedBy =
  | "apigw-requestid"
  | "the function's request id"
  | "the call, its route and the time"
  | "time alone";

/** What was at hand for the time of a failure. */
export interface AtHand {
  readonly alerts: boolean;
  readonly access: boolean;
  readonly primary: boolean;
  /** the primary's log has Lambda's own lines, too */
  readonly platform: boolean;
  readonly fallback: boolean;
  readonly table: boolean;
}

/** All that is known of one request that failed. */
export interface Evidence {
  readonly callSid?: string;
  /** when it was over for Twilio; without Twilio's word, for us */
  readonly atMs: number;
  readonly place: Place;
  readonly alert?: Alert;
  readonly access?: Access;
  readonly line?: Line;
  readonly invocation?: Invocation;
  readonly joinedBy?: JoinedBy;
  /** requests that the edge answered well, and of which one may be this: nothing tells whose they were */
  readonly perhaps?: number;
  /** the fallback's first answer to the failure: it tells how the call stood */
  readonly failover?: Line;
  /** its last answer to the same, where Twilio asked more than once */
  readonly failoverAgain?: Line;
  /** the fallback was asked again for the same failure, or failed itself */
  readonly fallbackFailed?: boolean;
  /** the fallback went one rung down the media ladder */
  readonly steppedDown?: boolean;
  /** the next turn of the call, on whichever leg */
  readonly later?: Line;
  readonly held?: HeldCall;
  readonly atHand: AtHand;
}

/** How long Twilio waits for one answer of a leg: the read timeout in the URLs that we emit. */
export function patienceOf({ leg }: Pick<Line, "leg">): number {
  return leg === "primary" ? limits.webhookReadTimeoutMs : limits.fallbackReadTimeoutMs;
}

export function tookMs({ elapsedMs, waitedMs = 0 }: Line): number {
  return elapsedMs + waitedMs;
}

/** Its answer, if there was one, came when nobody waited. */
export function cameLate(line: Line): boolean {
  return line.closed === true || tookMs(line) >= patienceOf(line);
}

export function failedInside({ event, status }: Line): boolean {
  return (
    event === "turn.failed" || event === "request.rejected" || (status !== undefined && status >= 400 && status !== 499)
  );
}

/** A URL that is none of ours: an author's own, or somebody else's. */
export function isForeign({ kind, shown }: Place): boolean {
  return kind === "other" && shown !== undefined;
}

/** A browser that looks at the public URL while callers hear "sorry" gets a 503 that is meant for it. */
export function isForBrowser({ event, reason }: Line): boolean {
  return event === "request.rejected" && reason === "sorry page";
}

/** Further in the call: `(turn, attempt)`. `undefined`: one of them does not tell. */
export function isFurther(a: Line, b: Line): boolean | undefined {
  if (a.turn === undefined || b.turn === undefined) return undefined;
  return a.turn > b.turn || (a.turn === b.turn && (a.attempt ?? 0) > (b.attempt ?? 0));
}
