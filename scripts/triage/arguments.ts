import { commandLine, UsageError } from "../command-line.ts";
import { timeOf } from "./fields.ts";

/** Which files; each may be missing. */
export interface Files {
  readonly dir: string | undefined;
  readonly alerts: readonly string[];
  readonly debugger: readonly string[];
  readonly access: readonly string[];
  readonly logs: readonly string[];
  readonly table: string | undefined;
}

export interface TriageArguments extends Files {
  readonly live: boolean;
  readonly json: boolean;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

const dayMs = 24 * 3_600_000;

/**
 * Reads the command line of `triage`.
 *
 * @param nowMs for times like `2h` or `3d`: so long ago
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense
 */
export function readArguments(args: readonly string[], nowMs: number): TriageArguments | undefined {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true, default: [] as string[] } as const;
  const flag = { type: "boolean", default: false } as const;
  const files = { dir: text, alerts: texts, debugger: texts, access: texts, logs: texts, table: text };
  const options = { ...files, since: text, until: text, live: flag, json: flag, help: flag };
  const parsed = commandLine({ args: [...args], options, allowPositionals: true });
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  if (positionals.length > 0 && values.logs.length === 0)
    throw new UsageError("files come after --dir, --alerts or the like");
  const sinceMs = momentOf("since", values.since, nowMs);
  const untilMs = momentOf("until", values.until, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs)
    throw new UsageError("--since is after --until");
  const { dir, alerts, access, table, live, json } = values;
  // a shell's `--logs *.log` leaves all but the first name behind
  const logs = [...values.logs, ...positionals];
  const given = [alerts, values.debugger, access, logs].some((one) => one.length > 0);
  if (!live && !given && dir === undefined && table === undefined)
    throw new UsageError("nothing to look at: --dir, files, or --live");
  return { dir, alerts, debugger: values.debugger, access, logs, table, live, json, sinceMs, untilMs };
}

function momentOf(name: string, value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(value) ?? [];
  if (count !== undefined) return nowMs - Number(count) * ({ m: 60_000, h: 3_600_000 }[unit ?? ""] ?? dayMs);
  const ms = timeOf(value);
  if (ms === undefined) throw new UsageError(`--${name} is a time like 2026-11-22T03:00Z, or 30m, 2h, 3d ago`);
  return ms;
}
