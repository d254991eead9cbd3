/** What `triage --json` prints: one object of this form. */

/** Where a request was lost: a closed list. */
export const verdicts = [
  /** nothing of it arrived at our edge although the edge's log covers the time */
  "never-reached",
  /** the edge had it, the function did not: the API's throttle, an integration that failed before the start */
  "edge-only",
  /** answered 403 */
  "refused-signature",
  /** answered 429 */
  "refused-throttle",
  /** the runtime died before our code's line: init, exit, memory */
  "failed-before-handler",
  "failed-in-handler",
  /** our answer came when Twilio was gone (499) */
  "answered-late",
  /** committed and answered; Twilio did not get it */
  "lost-after-commit",
  "bad-twiml",
  "media-host",
  "dns-tls",
  /** the sources do not tell; `missing` says which would */
  "unknown",
] as const;
export type Verdict = (typeof verdicts)[number];

/** Whether the caller was saved: by the fallback leg, or by a later turn of the same call. */
export const fates = ["saved", "lost", "not-known"] as const;
export type Saved = (typeof fates)[number];

export const sourceNames = ["alerts", "debugger", "access log", "primary log", "fallback log", "table"] as const;
export type SourceName = (typeof sourceNames)[number];

/** A source that was asked for, or not, and what there was. */
export interface TriageSource {
  readonly name: SourceName;
  readonly had: boolean;
  readonly what: string;
}

/** One request that failed, as Twilio saw it or as our own logs tell it. */
export interface FailedRequest {
  readonly callSid?: string;
  /** ISO 8601, UTC, to the millisecond */
  readonly at: string;
  /** origin and route pattern only: neither seal nor query */
  readonly url?: string;
  readonly errorCode?: string;
  readonly verdict: Verdict;
  readonly saved: Saved;
  /** a line each, the strongest first */
  readonly evidence: readonly string[];
  /** which source would tell more */
  readonly missing: readonly string[];
}

export interface Peak {
  /** ISO 8601, UTC: the minute that it began */
  readonly from: string;
  readonly minutes: number;
  readonly failed: number;
}

export interface TriageResult {
  readonly sources: readonly TriageSource[];
  readonly requests: readonly FailedRequest[];
  /** requests by verdict; a verdict that never came up is left out */
  readonly counts: Readonly<Partial<Record<Verdict, number>>>;
  /** by hour of day, UTC: "00" to "23" */
  readonly byHour: Readonly<Record<string, number>>;
  readonly byUrl: Readonly<Record<string, number>>;
  /** by Twilio's edge or our own (region, or "not known") */
  readonly byEdge: Readonly<Record<string, number>>;
  /** the minutes with most failures, the worst first */
  readonly peaks: readonly Peak[];
}
