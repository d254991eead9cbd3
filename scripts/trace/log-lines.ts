import { parseJson } from "../../core/checkpoint.ts";
import type { LoggedWebhook } from "./known.ts";
import { counted, formed, given, oneOf, worded } from "./mask.ts";

/** A line may be an export's with many of ours in it, but not a file without line ends. */
const lineCharactersMax = 256 * 1024;
const objectsPerLineMax = 64;
const depthMax = 8;
const atMsMax = 4_102_444_800_000;
const elapsedMsMax = 24 * 3_600_000;

/** The lines of one call, and how many there were of all calls. */
export interface FoundLines {
  readonly lines: readonly LoggedWebhook[];
  readonly ofAnyCall: { readonly primary: number; readonly fallback: number };
}

/**
 * Finds our log lines of a call in any text that has them: lines as a leg writes them, the same behind a time and a request id
 * (CloudWatch, `twilio-run logs`), inside the strings of a JSON document (an export by the AWS CLI), inside a CSV's cells.
 * What a line holds beside the fields of `LogLine` stays behind.
 */
export function readLogLines(texts: readonly string[], callSid: string): FoundLines {
  const lines = new Map<string, LoggedWebhook>();
  const ofAnyCall = { primary: 0, fallback: 0 };
  const take = (found: Readonly<Record<string, unknown>>) => {
    const line = toLogged(found);
    if (line === undefined) return false;
    ofAnyCall[line.leg] += 1;
    if (found.callSid === callSid) lines.set(JSON.stringify(line), line);
    return true;
  };
  for (const text of texts) {
    const whole = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
    if (whole !== undefined) visit(whole, take, 0);
    else for (const line of text.split(/\r?\n/)) visitText(line, take, 0);
  }
  return { lines: [...lines.values()].toSorted((a, b) => startOf(a) - startOf(b)), ofAnyCall };
}

const startOf = ({ atMs, elapsedMs }: LoggedWebhook) => atMs - elapsedMs;

type Take = (found: Readonly<Record<string, unknown>>) => boolean;

function visit(value: unknown, take: Take, depth: number): void {
  if (depth > depthMax) return;
  if (typeof value === "string") visitText(value, take, depth + 1);
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value) && take(value as Record<string, unknown>)) return;
  for (const inner of Object.values(value)) visit(inner, take, depth + 1);
}

function visitText(text: string, take: Take, depth: number): void {
  if (depth > depthMax || text.length > lineCharactersMax) return;
  if (visitObjects(text, take, depth)) return;
  // a string in a line of a printed JSON document, and a cell of a CSV, write quotes their own way
  if (text.includes('{\\"')) visitObjects(text.replace(/\\(["\\])/g, "$1"), take, depth);
  else if (text.includes('{""')) visitObjects(text.replaceAll('""', '"'), take, depth);
}

/** @returns whether there was an object in the text */
function visitObjects(text: string, take: Take, depth: number): boolean {
  let found = false;
  let at = 0;
  for (let objects = 0; objects < objectsPerLineMax; objects += 1) {
    const start = text.indexOf('{"', at);
    if (start < 0) break;
    const end = endOfObject(text, start);
    const value = end === undefined ? undefined : parseJson(text.slice(start, end));
    if (value !== undefined) visit(value, take, depth + 1);
    found ||= value !== undefined;
    at = value === undefined || end === undefined ? start + 2 : end;
  }
  return found;
}

/** @returns the place behind the brace that closes the one at `start` */
function endOfObject(text: string, start: number): number | undefined {
  let open = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") open += 1;
    else if (!quoted && character === "}") {
      open -= 1;
      if (open === 0) return at + 1;
    }
  }
  return undefined;
}

function toLogged(found: Readonly<Record<string, unknown>>): LoggedWebhook | undefined {
  const leg = oneOf(["primary", "fallback"], found.leg);
  const closed = found.event === "request.client-closed";
  // what happened all the same, though nobody heard of it
  const event = (closed ? formed("event", found.inside) : undefined) ?? formed("event", found.event);
  const atMs = counted(found.atMs, atMsMax);
  if (leg === undefined || event === undefined || atMs === undefined) return undefined;
  return given<LoggedWebhook>({
    leg,
    event,
    atMs,
    elapsedMs: counted(found.elapsedMs, elapsedMsMax) ?? 0,
    build: formed("build", found.build),
    flow: formed("flow", found.flow),
    step: formed("step", found.step),
    turn: counted(found.turn, 9_999),
    attempt: counted(found.attempt, 99),
    resumes: counted(found.resumes, 99),
    rung: counted(found.rung, 9),
    saved: typeof found.saved === "boolean" ? found.saved : undefined,
    reason: worded(found.reason),
    errorCode: formed("errorCode", found.errorCode),
    status: counted(found.status, 999),
    table: worded(found.table),
    closed: closed || undefined,
  });
}
