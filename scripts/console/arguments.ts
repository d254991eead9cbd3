import { StackError } from "../stack/stack-error.ts";

export interface ConsoleArguments {
  /** The page is served. */
  readonly served: boolean;
  /** A browser is opened, where there is one. */
  readonly opened: boolean;
  /** 0: a free one; undefined: the usual one, or a free one where that is taken */
  readonly port: number | undefined;
  /** Files with log lines of the legs of a deployed stack: what `trace --logs` reads. */
  readonly logs: readonly string[];
  /** All the rest, for the stack. */
  readonly rest: string[];
}

export const consoleUsage = `  --console-port  of the page; default 4104, or a free one
  --no-open       does not open the page in a browser; --no-console does not serve it
  --logs          files with log lines of a deployed stack's legs, as trace takes them: the page shows the ladder of a real call
                  from them, read again at each look; may be given again
                  (TABLE_NAME with TABLE_REGION: its table too; Twilio's credentials: its Call Events)`;

/** One that a person can remember. */
export const usualConsolePort = 4104;

/** As many as are read at each look: both legs of some days. */
const logsMax = 32;

/**
 * Takes the console's own out of a command line.
 * @throws StackError for a port that is none, and for --logs that cannot be
 */
export function consoleArguments(args: readonly string[]): ConsoleArguments {
  const rest: string[] = [];
  const logs: string[] = [];
  let [served, opened] = [true, true];
  let port: number | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    const [name, inline] = argument.split("=", 2);
    if (argument === "--no-open") opened = false;
    else if (argument === "--no-console") served = false;
    else if (name === "--console-port") {
      const given = inline ?? args[at + 1] ?? "";
      if (inline === undefined) at += 1;
      if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535) {
        throw new StackError("--console-port is not a port: 0 to 65535.");
      }
      port = Number(given);
    } else if (name === "--logs") {
      const files = inline === undefined ? filesFrom(args, at + 1) : [argument.slice("--logs=".length)];
      if (inline === undefined) at += files.length;
      logs.push(...files);
      if (files.length === 0 || logs.includes("")) throw new StackError("--logs needs a file with log lines.");
      if (logs.includes("-")) throw new StackError("--logs: files are read again at each look: --logs - cannot be.");
      if (logs.length > logsMax) throw new StackError(`--logs: at most ${logsMax} files are read at each look.`);
    } else rest.push(argument);
  }
  if (!served && logs.length > 0) throw new StackError("--logs is for the page: it cannot be with --no-console.");
  return { served, opened, port, logs, rest };
}

/** A shell's `--logs *.log` leaves all but the first name behind: all up to the next option are files. */
function filesFrom(args: readonly string[], from: number): readonly string[] {
  const end = args.findIndex((argument, at) => at >= from && argument.startsWith("--"));
  return args.slice(from, end < 0 ? args.length : end);
}
