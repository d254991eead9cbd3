import type { Metrics } from "./metrics.ts";
import type { UrlShapes } from "./url-shape.ts";

/**
 * One JSON line per webhook, from a closed list of events. Positions and outcomes only: no phone number, digits,
 * speech, token or sealed checkpoint ever is a field here, and there is no free-text field to put one into.
 */
export type LogEvent =
  | "turn.answered"
  | "turn.replayed"
  | "turn.resumed"
  | "turn.last-resort"
  | "turn.failed"
  | "turn.aside"
  | "turn.sorry"
  | "request.rejected"
  | "request.client-closed"
  | "probe.answered"
  | "status.stored"
  | "status.ignored"
  | "outbox.delivered"
  | "outbox.retried"
  | "outbox.in-doubt"
  | "outbox.given-up";

export interface LogLine {
  readonly event: LogEvent;
  readonly leg: "primary" | "fallback";
  readonly build: string;
  readonly atMs: number;
  readonly elapsedMs: number;
  readonly callSid?: string;
  /** Lambda's id of this invocation: the key to the platform's own lines and to the API's access log */
  readonly requestId?: string;
  readonly flow?: string;
  readonly step?: string;
  readonly turn?: number;
  readonly attempt?: number;
  readonly resumes?: number;
  readonly rung?: number;
  /** false: the table did not take the checkpoint; the URLs carry it alone */
  readonly saved?: boolean;
  /** why, in the code's own words: never text from outside */
  readonly reason?: string;
  /** Twilio's ErrorCode of a fallback request */
  readonly errorCode?: string;
  /** 499: nobody was there any more to hear the answer */
  readonly status?: number;
  /** of a request that was over before its answer: what happened inside all the same */
  readonly inside?: Exclude<LogEvent, "request.client-closed">;
  /** between the platform's receipt of the request and its handling: a cold start, a queue */
  readonly waitedMs?: number;
  /** of `elapsedMs`, waiting for the table */
  readonly tableMs?: number;
  /**
   * The silence that a failover is known to have added: handling it. How long Twilio waited for the request that failed is not
   * told; it is `limits.webhookTotalTimeoutMs` more at most, `limits.awayTotalTimeoutMs` where that was on the fallback leg.
   */
  readonly silenceMs?: number;
  /** how the table stood when it did not answer as hoped */
  readonly table?: string;
  /** of a request whose signature failed and whose URL is not as configured */
  readonly shape?: UrlShapes;
  /** 1, where CloudWatch counts them */
  readonly webhooks?: 1;
  readonly failovers?: 1;
  readonly letters?: 1;
  readonly _aws?: Metrics;
}

/** What happened inside, before it is known whether anybody was still there to hear of it. */
export type Told = Partial<LogLine> & { readonly event: Exclude<LogEvent, "request.client-closed"> };

export type Log = (line: LogLine) => void;

/** Writes lines to standard output, where both clouds collect them. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
