import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LegOptions, Measured, Task } from "./leg-process.ts";

const taskTimeoutMs = 50_000;

/** Starts the measured process. `env` is the whole environment of the leg. */
export async function startBenchLeg(options: LegOptions, env: Record<string, string>) {
  const child = fork(fileURLToPath(new URL("./leg-process.ts", import.meta.url)), [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...env, TZ: "UTC" },
    // its log lines go where nobody reads them
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => [{ error: "the measured process ended" }]);
  const answer = async (): Promise<{ measured?: Measured; error?: string }> => {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), taskTimeoutMs);
    try {
      const [told] = await Promise.race([once(child, "message", { signal: waiting.signal }), ended]);
      return told;
    } finally {
      clearTimeout(timer);
    }
  };
  const ready = answer();
  child.send(options);
  const { error } = await ready;
  if (error !== undefined) throw new Error(error);
  return {
    async run(task: Task): Promise<Measured> {
      const answered = answer();
      child.send(task);
      const { measured, error } = await answered;
      if (measured === undefined) throw new Error(error ?? "no answer");
      return measured;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}
