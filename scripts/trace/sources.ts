import { readFile, stat } from "node:fs/promises";
import { readCallEvents } from "./call-events.ts";
import { readHeld } from "./held.ts";
import { joinTrace, type Trace } from "./join.ts";
import type { Source } from "./known.ts";
import { type FoundLines, readLogLines } from "./log-lines.ts";

export interface Wanted {
  readonly callSid: string;
  readonly logs: readonly string[];
  readonly table: string | undefined;
}

/** A file that is larger is an export of more than a call's hours. */
const fileBytesMax = 64 * 1024 * 1024;

/**
 * Asks every source that there is, and joins what they tell.
 *
 * @param withEvents Twilio is asked too; it tells nothing before the call has ended
 */
export async function gather(
  { callSid, logs, table }: Wanted,
  env: Readonly<Record<string, string | undefined>>,
  nowMs: number,
  withEvents: boolean,
): Promise<Trace> {
  const skipped = { name: "Call Events", had: false, what: "not asked before the call's end" } as const;
  const [held, read, events] = await Promise.all([
    readHeld(callSid, env, table, nowMs),
    readLogs(logs),
    withEvents ? readCallEvents(callSid, env) : { source: skipped, asked: [] },
  ]);
  const found = readLogLines(read.texts, callSid);
  const sources = [held.source, logSource("primary", found, read), logSource("fallback", found, read), events.source];
  return joinTrace({ callSid, sources, lines: found.lines, asked: events.asked ?? [], held: held.held });
}

interface ReadLogs {
  readonly texts: readonly string[];
  /** why a file was not read */
  readonly unread: readonly string[];
}

async function readLogs(files: readonly string[]): Promise<ReadLogs> {
  const texts: string[] = [];
  const unread: string[] = [];
  for (const file of files) {
    try {
      if (file !== "-" && (await stat(file)).size > fileBytesMax) unread.push("a file is larger than 64 MiB");
      else texts.push(file === "-" ? await readStdin() : await readFile(file, "utf8"));
    } catch (error) {
      const { code = "error" } = error as NodeJS.ErrnoException;
      unread.push(`a file cannot be read (${code})`);
    }
  }
  return { texts, unread };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    bytes += chunk.length;
    if (bytes > fileBytesMax) break;
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}

function logSource(leg: "primary" | "fallback", found: FoundLines, { texts, unread }: ReadLogs): Source {
  const name = `${leg} log` as const;
  const lines = found.lines.filter((line) => line.leg === leg).length;
  const all = found.ofAnyCall[leg];
  const what = [
    ...(texts.length === 0 && unread.length === 0 ? ["no --logs given"] : []),
    ...(texts.length > 0 ? [all === 0 ? "no line of this leg in the files" : `${lines} of its ${all} lines`] : []),
    ...unread,
  ].join("; ");
  // a log that has lines of the leg and none of the call tells something: the leg did not see the call
  return { name, had: all > 0, what };
}
