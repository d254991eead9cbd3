import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "../command-line.ts";
import type { Files } from "./arguments.ts";
import { readAccess } from "./read-access.ts";
import { type ReadAlerts, readAlerts } from "./read-alerts.ts";
import { readDebugger } from "./read-debugger.ts";
import { readLogs } from "./read-logs.ts";
import { readTable } from "./read-table.ts";
import type { Alert, Held, Sources } from "./records.ts";
import type { SourceName, TriageSource } from "./result.ts";

/** A file that is larger is an export of more than a night. */
const fileBytesMax = 256 * 1024 * 1024;

export interface Gathered {
  readonly sources: Sources;
  readonly told: readonly TriageSource[];
  /** the files as they were read: only to know what must not be written anywhere */
  readonly texts: readonly string[];
}

/** What is asked live, in place of a file or beside it. */
export interface Live {
  readonly alerts?: { readonly source: TriageSource; readonly alerts?: readonly Alert[] };
  /** @param callSids of calls that something is known of, the latest first */
  readonly table?: (callSids: readonly string[]) => Promise<{ readonly source: TriageSource; readonly held?: Held }>;
}

interface Read {
  readonly texts: readonly string[];
  readonly unread: readonly string[];
}

/**
 * Reads whatever there is, and says what that was: a source that is missing stops nothing.
 *
 * @throws UsageError when the directory cannot be read
 */
export async function gather(files: Files, live: Live, nowMs: number): Promise<Gathered> {
  if (files.dir !== undefined) await insist(files.dir);
  const read = (named: readonly string[], ...usual: string[]) => readAll(files.dir, named, usual);
  const [alertFiles, debuggerFiles, accessFiles, primaryFiles, fallbackFiles, tableFiles] = await Promise.all([
    read(files.alerts, "alerts.json", "alerts.csv"),
    read(files.debugger, "debugger.jsonl"),
    read(files.access, "access.jsonl"),
    read(files.logs, "primary.log"),
    read([], "fallback.log"),
    read(files.table === undefined ? [] : [files.table], "table.json"),
  ]);
  const fromFiles = alertsIn(alertFiles, readAlerts);
  const fromDebugger = alertsIn(debuggerFiles, readDebugger);
  const given = [fromFiles, fromDebugger, live.alerts?.alerts].filter((one) => one !== undefined);
  const access = accessFiles.texts.length === 0 ? undefined : accessFiles.texts.flatMap(readAccess);
  const primary = readLogs(primaryFiles.texts);
  const fallback = readLogs(fallbackFiles.texts);
  // --logs takes files of either leg: each line says whose it is
  const lines = [...primary.lines, ...fallback.lines];
  const of = (leg: "primary" | "fallback") => lines.filter((line) => line.leg === leg);
  const invocations = new Map([...primary.invocations, ...fallback.invocations]);
  const hasPrimary = of("primary").length > 0 || invocations.size > 0 || hasFile(primaryFiles, files);
  const hasFallback = of("fallback").length > 0 || fallbackFiles.texts.length > 0;
  const alerts = given.length === 0 ? undefined : given.flat();
  const sids = callSidsOf(alerts ?? [], lines);
  const asked = await live.table?.(sids);
  const table = tableFiles.texts.length === 0 ? asked?.held : readTable(tableFiles.texts[0] ?? "", nowMs);
  const sources: Sources = {
    alerts,
    access,
    primary: hasPrimary ? { lines: of("primary"), invocations } : undefined,
    fallback: hasFallback ? of("fallback") : undefined,
    table,
  };
  const logNote = [...primaryFiles.unread, ...fallbackFiles.unread];
  const told = [
    live.alerts?.source ?? sourceOf("alerts", fromFiles, alertFiles.unread, "failures of webhooks"),
    sourceOf("debugger", fromDebugger, debuggerFiles.unread, "failures of webhooks"),
    sourceOf("access log", access, accessFiles.unread, "requests"),
    sourceOf("primary log", sources.primary?.lines, logNote, `lines, ${invocations.size} invocations of Lambda`),
    sourceOf("fallback log", sources.fallback, fallbackFiles.unread, "lines"),
    asked?.source ?? sourceOf("table", table && [...table.keys()], tableFiles.unread, "calls"),
  ];
  const all = [alertFiles, debuggerFiles, accessFiles, primaryFiles, fallbackFiles, tableFiles];
  return { sources, told, texts: all.flatMap(({ texts }) => texts) };
}

/** An empty log of the directory is a log; one file of --logs without a line of the leg is none. */
function hasFile({ texts }: Read, { dir, logs }: Files): boolean {
  return dir !== undefined && logs.length === 0 && texts.length > 0;
}

function alertsIn({ texts }: Read, read: (text: string) => ReadAlerts): Alert[] | undefined {
  return texts.length === 0 ? undefined : texts.flatMap((text) => read(text).alerts);
}

function sourceOf(
  name: SourceName,
  found: readonly unknown[] | undefined,
  unread: readonly string[],
  what: string,
): TriageSource {
  const counted = found === undefined ? [] : [`${found.length} ${what}`];
  const said = [...counted, ...new Set(unread)].join("; ");
  return { name, had: found !== undefined, what: said === "" ? "not given" : said };
}

function callSidsOf(
  alerts: readonly Alert[],
  lines: readonly { readonly callSid?: string; readonly errorCode?: string }[],
): string[] {
  const failed = lines.filter(({ errorCode }) => errorCode !== undefined);
  const sids = [...alerts, ...failed].map(({ callSid }) => callSid).filter((one) => one !== undefined);
  return [...new Set(sids.toReversed())];
}

async function insist(dir: string): Promise<void> {
  const code = await readdir(dir).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? "error",
  );
  if (code !== undefined) throw new UsageError(`--dir cannot be read (${code})`);
}

/** @param usual names that a directory may have; files that are named are read in their place */
async function readAll(dir: string | undefined, named: readonly string[], usual: readonly string[]): Promise<Read> {
  const texts: string[] = [];
  const unread: string[] = [];
  const files = named.length > 0 || dir === undefined ? named : usual.map((name) => path.join(dir, name));
  for (const file of files) {
    try {
      if ((await stat(file)).size > fileBytesMax) unread.push("a file is larger than 256 MiB");
      else texts.push(await readFile(file, "utf8"));
    } catch (error) {
      const { code = "error" } = error as NodeJS.ErrnoException;
      // of a directory any subset may be there
      if (named.length > 0 || code !== "ENOENT") unread.push(`a file cannot be read (${code})`);
    }
  }
  return { texts, unread };
}
