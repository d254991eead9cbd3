import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";

export interface Typed {
  readonly line: string;
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One bash session: what a line exports the next one has. Lines cannot read the keyboard. */
export function openShell(folder: string, options: { readonly cwd: string; readonly env: Record<string, string> }) {
  const shell = spawn("bash", ["--noprofile", "--norc"], { ...options, stdio: ["pipe", "pipe", "inherit"] });
  const [out, err] = [path.join(folder, "out.txt"), path.join(folder, "err.txt")];
  const codes = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  return {
    /** Runs a line to its end. */
    type: async (line: string): Promise<Typed> => {
      // in the session itself, not in a subshell, so that exports stay
      shell.stdin.write(`{ ${line}\n} </dev/null >'${out}' 2>'${err}'; echo $?\n`);
      const { value, done } = await codes.next();
      if (done) throw new Error(`the session ended in: ${line}`);
      return { line, code: Number(value), out: await readFile(out, "utf8"), err: await readFile(err, "utf8") };
    },
    close: () => void shell.stdin.end(),
  };
}

/**
 * A line of the page with `…` in it, as a person types it: with the value that stood in what was printed before.
 * @throws when nothing like it was printed
 */
export function filledIn(line: string, printed: string): string {
  if (!line.includes("…")) return line;
  const [, name = ""] = /^export ([A-Z_]+)=…$/.exec(line) ?? [];
  const value = printed.split("\n").find((one) => one.startsWith(`${name}=`));
  if (name === "" || value === undefined) throw new Error(`nothing printed fits: ${line}`);
  return `export ${value}`;
}
