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
  | "request.rejected"
  | "probe.answered"
  | "status.stored"
  | "status.ignored";

export interface LogLine {
  readonly event: LogEvent;
  readonly leg: "primary" | "fallback";
  readonly build: string;
  readonly atMs: number;
  readonly elapsedMs: number;
  readonly callSid?: string;
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
  readonly status?: number;
  /** how the table stood when it did not answer as hoped */
  readonly table?: string;
  /** of a request whose signature failed and whose URL is not as configured */
  readonly shape?: UrlShapes;
}

export type Log = (line: LogLine) => void;

/** Writes lines to standard output, where both clouds collect them. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
