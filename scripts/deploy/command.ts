import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { root } from "../build/bundle.ts";
import type { Environment } from "./state.ts";

/** A stack with a table takes minutes; one that takes longer than this hangs. */
const commandTimeoutMs = 30 * 60_000;
const outputCharactersMax = 1_000_000;

export interface Ran {
  /** undefined: it could not be started */
  readonly code: number | undefined;
  readonly stdout: string;
  /** the last line that it wrote to stderr, or why it could not be started */
  readonly lastWords: string;
}

/**
 * Runs a program to its end, showing every line that it writes.
 * @param show undefined: only stderr is shown, what it writes to stdout is for us
 */
export function runCommand(
  [program = "", ...args]: readonly string[],
  options: {
    readonly env: Environment;
    readonly cwd: string;
    readonly show: (line: string) => void;
    readonly quiet?: boolean;
  },
): Promise<Ran> {
  // what npm would have put there; whatever the machine has comes first
  const PATH = [options.env.PATH ?? "", path.join(root, "node_modules", ".bin")].join(path.delimiter);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...options.env, PATH },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: commandTimeoutMs,
    });
    let stdout = "";
    let lastWords = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < outputCharactersMax) stdout += text;
    });
    if (!options.quiet) createInterface({ input: child.stdout }).on("line", options.show);
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (line.trim() !== "") lastWords = line.trim();
      options.show(line);
    });
    child.once("error", ({ message }) => resolve({ code: undefined, stdout, lastWords: message }));
    child.once("close", (code, signal) => {
      resolve({ code: code ?? -1, stdout, lastWords: signal === null ? lastWords : `ended by ${signal}` });
    });
  });
}

/** As a person would type it. */
export function typed(command: readonly string[]): string {
  return command.map((word) => (/^[\w./:=+@,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
