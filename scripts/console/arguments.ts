import { StackError } from "../stack/stack-error.ts";

export interface ConsoleArguments {
  /** The page is served. */
  readonly served: boolean;
  /** A browser is opened, where there is one. */
  readonly opened: boolean;
  /** 0: a free one; undefined: the usual one, or a free one where that is taken */
  readonly port: number | undefined;
  /** All the rest, for the stack. */
  readonly rest: string[];
}

export const consoleUsage = `  --console-port  of the page; default 4104, or a free one
  --no-open       does not open the page in a browser; --no-console does not serve it`;

/** One that a person can remember. */
export const usualConsolePort = 4104;

/**
 * Takes the console's own out of a command line.
 * @throws StackError for a port that is none
 */
export function consoleArguments(args: readonly string[]): ConsoleArguments {
  const rest: string[] = [];
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
    } else rest.push(argument);
  }
  return { served, opened, port, rest };
}
