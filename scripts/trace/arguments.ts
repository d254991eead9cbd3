import { commandLine, UsageError } from "../command-line.ts";

export interface TraceArguments {
  readonly callSid: string;
  readonly json: boolean;
  readonly follow: boolean;
  /** file of the page */
  readonly html: string | undefined;
  /** files with log lines; "-" is standard input */
  readonly logs: readonly string[];
  readonly table: string | undefined;
}

/**
 * Reads the command line of `trace`.
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense
 */
export function readArguments(args: readonly string[]): TraceArguments | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const logs = { type: "string", multiple: true, default: [] as string[] } as const;
  const options = { html: text, table: text, logs, json: flag, follow: flag, help: flag };
  const parsed = commandLine({ args: [...args], options, allowPositionals: true });
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [callSid = "", ...files] = positionals;
  if (!/^CA[0-9a-f]{32}$/.test(callSid))
    throw new UsageError("the first argument is a call's sid: CA and 32 characters");
  if (files.length > 0 && values.logs.length === 0) throw new UsageError("files of log lines come after --logs");
  if (values.follow && values.logs.includes("-"))
    throw new UsageError("--follow reads its files again: --logs - cannot be");
  const { json, follow, html, table } = values;
  // a shell's `--logs *.log` leaves all but the first name behind
  return { callSid, json, follow, html, table, logs: [...values.logs, ...files] };
}
