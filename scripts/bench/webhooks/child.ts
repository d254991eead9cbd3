import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** No task of a measured process takes longer. */
const taskTimeoutMs = 60_000;
const endTimeoutMs = 5_000;

export interface ChildOptions {
  /** sent first; the child answers when it is ready */
  readonly first: unknown;
  /** the whole environment of the child */
  readonly env: Readonly<Record<string, string>>;
  /** more options of Node */
  readonly execArgv?: readonly string[];
}

/** A process that answers one message after the other, each with `done` or `error`. */
export interface Child<Task, Done> {
  run(task: Task): Promise<Done>;
  /** Lets it end by itself, so that it can write a profile. */
  stop(): Promise<void>;
}

/** Starts a file of this folder in a process of its own. Standard output goes where nobody reads it. */
export async function startChild<Task, Done>(name: string, options: ChildOptions): Promise<Child<Task, Done>> {
  const child = fork(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), [], {
    execArgv: ["--disable-warning=ExperimentalWarning", ...(options.execArgv ?? [])],
    env: { ...options.env, TZ: "UTC" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const ended = exited.then(() => [{ error: `${name} ended` }]);
  const ask = async (message: unknown): Promise<Done> => {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), taskTimeoutMs);
    try {
      const answered = once(child, "message", { signal: waiting.signal });
      child.send(message as object);
      const [{ done, error }] = await Promise.race([answered, ended]);
      if (error !== undefined) throw new Error(error);
      return done;
    } finally {
      clearTimeout(timer);
    }
  };
  await ask(options.first);
  return {
    run: ask,
    async stop() {
      if (!child.connected) return;
      child.disconnect();
      const killing = setTimeout(() => child.kill("SIGKILL"), endTimeoutMs);
      await exited;
      clearTimeout(killing);
    },
  };
}
