import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

const charactersMax = 4_000_000;

/** Runs a program to its end, or for at most `timeoutMs`; a program that is not there ends with code 127. */
export function runTool(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, input = "", cwd, timeoutMs = 120_000 } = options;
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (out.length < charactersMax) out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (err.length < charactersMax) err += text;
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code === "ENOENT" ? 127 : 126, out, err: error.message });
    });
    child.once("close", (code) => resolve({ code, out, err }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** Is there a program of this name on the path? */
export function isInstalled(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.some((folder) => folder !== "" && existsSync(path.join(folder, program)));
}

/** The last line that says anything: what a tool complains of. */
export function complaint({ out, err, code }: Ran): string {
  const lines = `${out}\n${err}`.split("\n").filter((line) => line.trim() !== "");
  return `${lines.at(-1)?.trim().slice(0, 300) ?? "nothing said"} (exit code ${code})`;
}
