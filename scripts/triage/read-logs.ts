import { parseJson } from "../../core/checkpoint.ts";
import { callSidOf, recordOf, timeOf } from "./fields.ts";
import { toLine } from "./read-line.ts";
import { platformReader } from "./read-platform.ts";
import type { Line, Logs } from "./records.ts";

const linesMax = 1_000_000;
const lineCharactersMax = 256 * 1024;
const depthMax = 6;

/** Our lines of every call, of either leg, and what Lambda's own lines tell. */
export interface FoundLogs extends Logs {
  /** lines of any kind that were understood */
  readonly understood: number;
}

/**
 * Reads logs as they are exported: our JSON lines alone or behind a time and a request id, inside of the strings of a JSON document
 * (CloudWatch, Twilio's API) or a CSV's cells; Lambda's lines in either of its formats.
 */
export function readLogs(texts: readonly string[]): FoundLogs {
  const lines = new Map<string, Line>();
  const platform = platformReader();
  let understood = 0;

  const visitText = (text: string, atMs: number | undefined, depth: number): void => {
    if (depth > depthMax || text.length > lineCharactersMax || text === "" || lines.size >= linesMax) return;
    if (platform.takeText(text, atMs ?? timeIn(text))) understood += 1;
    else if (text.includes("{")) visitJson(text, atMs ?? timeIn(text), depth);
  };
  const visitJson = (text: string, atMs: number | undefined, depth: number): void => {
    const inner = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
    // a cell of a CSV, and a string in a printed document, write quotes their own way
    const value =
      parseJson(inner) ?? parseJson(inner.replaceAll('""', '"')) ?? parseJson(inner.replace(/\\(["\\])/g, "$1"));
    if (value !== undefined) visit(value, atMs, depth + 1);
  };
  const visit = (value: unknown, atMs: number | undefined, depth: number): void => {
    if (depth > depthMax) return;
    if (typeof value === "string") {
      for (const line of value.split(/\r?\n/)) visitText(line, atMs, depth);
      return;
    }
    if (Array.isArray(value)) {
      for (const inner of value) visit(inner, atMs, depth + 1);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const fields = recordOf(value);
    const line = toLine(fields, callSidOf(fields.callSid));
    const noted = timeOf(fields.time, fields.timestamp, fields["@timestamp"]) ?? atMs;
    if (line !== undefined) lines.set(JSON.stringify(line), line);
    if (line !== undefined || platform.takeRecord(fields, noted)) understood += 1;
    else for (const inner of Object.values(fields)) visit(inner, noted, depth + 1);
  };

  for (const text of texts) {
    const whole = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
    if (whole !== undefined) visit(whole, undefined, 0);
    else for (const line of text.split(/\r?\n/)) visitText(line, undefined, 0);
  }
  const sorted = [...lines.values()].toSorted((a, b) => beganMs(a) - beganMs(b));
  return { lines: sorted, invocations: platform.invocations(), understood };
}

/** When the leg began to handle the request; `waitedMs` before that it came in. */
export function beganMs({ atMs, elapsedMs }: Line): number {
  return atMs - elapsedMs;
}

export function cameInMs({ atMs, elapsedMs, waitedMs = 0 }: Line): number {
  return atMs - elapsedMs - waitedMs;
}

/** CloudWatch's exports begin each line with the time. */
function timeIn(text: string): number | undefined {
  return timeOf(/^\s*"?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/.exec(text)?.[1]);
}
