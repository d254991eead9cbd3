import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FromGenerator, LineSettings, LoadTask, Placed, ToGenerator } from "./generator-process.ts";

export interface Generator {
  /** @throws Error when the generator breaks or ends; never for what happens to a call */
  place(task: LoadTask): Promise<Placed>;
  stop(): Promise<void>;
}

/** Beyond what arrivals and drain take, after which the generator itself must be stuck. */
const patienceMs = 20_000;

/** Starts the process that places calls. */
export function startGenerator(settings: LineSettings): Generator {
  const child = fork(fileURLToPath(new URL("./generator-process.ts", import.meta.url)), [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { TZ: "UTC" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  // a process that cannot be started, or written to, is one that ended
  child.on("error", () => {});
  const exited = once(child, "exit").catch(() => undefined);
  const killWithParent = () => void child.kill("SIGKILL");
  process.once("exit", killWithParent);
  const send = (message: ToGenerator) => void child.send(message);
  send({ kind: "line", settings });
  return {
    place: async (task) => {
      const waitMs = task.arrivals.seconds * 1_000 + task.drainMs + patienceMs;
      const settled = new AbortController();
      const { signal } = settled;
      const told = once(child, "message", { signal }).then(([message]): FromGenerator => message);
      const ended = exited.then((): FromGenerator => ({ kind: "broken", what: "its process ended" }));
      const stuck = later<FromGenerator>(waitMs, { kind: "broken", what: `no word for ${waitMs} ms` }, { signal });
      try {
        send({ kind: "place", task });
        const message = await Promise.race([told, ended, stuck]);
        if (message.kind === "placed") return message.placed;
        throw new Error(`the load generator: ${message.what}`);
      } finally {
        settled.abort();
      }
    },
    stop: async () => {
      process.off("exit", killWithParent);
      child.kill("SIGKILL");
      await exited;
    },
  };
}
