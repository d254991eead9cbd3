import { commandLine, UsageError } from "../command-line.ts";

export type OutboxArguments =
  | { readonly command: "status"; readonly json: boolean; readonly table: string | undefined }
  | {
      readonly command: "retry" | "drop";
      readonly key: string;
      readonly json: boolean;
      readonly table: string | undefined;
    };

/** `callSid:turn:effect`, as `status` shows it. */
const keyPattern = /^[A-Za-z0-9]{1,64}:\d{1,4}:[^\s:]{1,100}$/;

/**
 * Reads the command line of `outbox`.
 * @returns undefined when help was asked for
 * @throws UsageError for arguments that make no sense
 */
export function readArguments(args: readonly string[]): OutboxArguments | undefined {
  const flag = { type: "boolean", default: false } as const;
  const options = { table: { type: "string" }, json: flag, help: flag } as const;
  const parsed = commandLine({ args: [...args], options, allowPositionals: true });
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [command, key, ...more] = positionals;
  const { json, table } = values;
  if (command === "status" && key === undefined) return { command, json, table };
  if (command !== "retry" && command !== "drop")
    throw new UsageError("the first argument is status, retry KEY or drop KEY");
  if (key === undefined || !keyPattern.test(key) || more.length > 0) {
    throw new UsageError(`${command} needs one key as status shows it: callSid:turn:effect`);
  }
  return { command, key, json, table };
}
