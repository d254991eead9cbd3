import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { root } from "../../scripts/build/bundle.ts";

export interface RunOptions {
  readonly nodeArgs?: readonly string[];
  /** Added to this process's environment, from which Twilio's variables are taken out. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one of our commands in a process of its own, as npm does. `ended` is the exit code. */
export function run(args: readonly string[], { nodeArgs = [], env = {} }: RunOptions = {}) {
  const { TWILIO_AUTH_TOKEN: _token, TWILIO_ACCOUNT_SID: _account, ...rest } = process.env;
  const script = path.join(root, "scripts", "run.mjs");
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], { env: { ...rest, ...env } });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said.err += text;
  });
  return { child, said, ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "close");
  return code;
}
