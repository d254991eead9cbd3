import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Leg as LegName } from "../../core/checkpoint.ts";
import type { LegSettings, ToParent } from "./leg-process.ts";
import { host } from "./listen.ts";
import { StackError } from "./stack-error.ts";

export interface LegExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One leg in a process of its own, which can be lost and come back. `pid` and `exited` are those of the latest process. */
export interface Leg {
  readonly pid: number;
  /** Local address; Twilio may know the leg by another one. */
  readonly baseUrl: string;
  /** Ends at once, as a machine that loses power does (SIGKILL). Stays dead until `restart`. */
  kill(): void;
  /** Connections are still accepted by the kernel, nothing is answered (SIGSTOP). */
  suspend(): void;
  /** Goes on in the middle of what it was doing (SIGCONT). */
  resume(): void;
  /** Ends the process if it lives and starts another at the same address; with changes from now on: another build, more variables. */
  restart(changes?: LegChanges): Promise<void>;
  /** Changes variables while it runs, which Twilio Functions can: the next execution has them [D Functions variables]. */
  setVariables(variables: Record<string, string>): Promise<void>;
  readonly exited: Promise<LegExit>;
  /** The last 200 lines that its processes wrote to stdout and stderr. */
  output(): string;
}

export interface LegListener {
  onExit: (exit: LegExit) => void;
  /** each line that the leg writes */
  onLine: (line: string) => void;
}

export interface LegChanges {
  /** `lambdaDir` or `functionsDir` of another `build()`. */
  codeDir?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
}

export interface LegControl extends Leg {
  /** Gives the process its settings and waits until it answers HTTP. */
  load(settings: LegSettings): Promise<void>;
}

const outputLinesMax = 200;
const readyTimeoutMs = 15_000;

/**
 * Starts the process of a leg, which then listens on `port` (0: a free one) and waits for `load`.
 * @throws StackError when the port is taken or the process ends
 */
export async function launchLeg(name: LegName, port: number, told: LegListener): Promise<LegControl> {
  const lines: string[] = [];
  let settings: LegSettings | undefined;
  let current = await spawnLeg(name, port, lines, told);
  const baseUrl = `http://${host}:${current.port}`;

  const load = async (next: LegSettings) => {
    settings = next;
    current.child.send(next);
    await current.message("ready");
    await fetch(baseUrl, { signal: AbortSignal.timeout(readyTimeoutMs) }).then((response) => response.arrayBuffer());
  };
  const kill = () => {
    // A process that is stopped keeps SIGKILL waiting on some systems.
    current.child.kill("SIGCONT");
    current.child.kill("SIGKILL");
  };
  return {
    get pid() {
      return current.child.pid ?? 0;
    },
    get exited() {
      return current.exited;
    },
    baseUrl,
    load,
    kill,
    suspend: () => void current.child.kill("SIGSTOP"),
    resume: () => void current.child.kill("SIGCONT"),
    restart: async (changes = {}) => {
      if (settings === undefined) throw new StackError(`The ${name} leg was never loaded.`);
      kill();
      await current.exited;
      current = await spawnLeg(name, current.port, lines, told);
      await load({ ...settings, ...changes, env: { ...settings.env, ...changes.env } });
    },
    setVariables: async (variables) => {
      if (settings === undefined) throw new StackError(`The ${name} leg was never loaded.`);
      settings = { ...settings, env: { ...settings.env, ...variables } };
      current.child.send({ variables });
      await current.message("ready");
    },
    output: () => lines.join("\n"),
  };
}

async function spawnLeg(name: LegName, port: number, lines: string[], told: LegListener) {
  const child = fork(fileURLToPath(new URL(`./${name}-server.ts`, import.meta.url)), [String(port)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { TZ: "UTC" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const exited = new Promise<LegExit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
  void exited.then(told.onExit);
  for (const stream of [child.stdout, child.stderr]) keepLines(stream, lines, told.onLine);

  const message = async (kind: ToParent["kind"]): Promise<ToParent> => {
    const answer = await Promise.race([nextMessage(child, kind), exited, timeout()]);
    if (answer !== undefined && "kind" in answer && answer.kind === kind) return answer;
    child.kill("SIGKILL");
    if (answer === undefined) throw new StackError(`The ${name} leg was not ready after ${readyTimeoutMs} ms.`);
    if ("kind" in answer && answer.kind === "failed") throw new StackError(answer.message);
    throw new StackError(`The ${name} leg ended before it was ready: ${lastLine(lines)}`);
  };
  const listening = await message("listening");
  return { child, exited, message, port: listening.kind === "listening" ? listening.port : port };
}

/** The next message of this kind, or of failure. */
function nextMessage(child: ChildProcess, kind: ToParent["kind"]): Promise<ToParent> {
  return new Promise((resolve) => {
    const listener = (message: ToParent) => {
      if (message.kind !== kind && message.kind !== "failed") return;
      child.off("message", listener);
      resolve(message);
    };
    child.on("message", listener);
  });
}

function timeout(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), readyTimeoutMs).unref();
  });
}

function keepLines(stream: NodeJS.ReadableStream | null, lines: string[], onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (text: string) => {
    const [...whole] = (rest + text).split("\n");
    rest = whole.pop() ?? "";
    lines.push(...whole);
    for (const line of whole) onLine(line);
    lines.splice(0, Math.max(0, lines.length - outputLinesMax));
  });
}

const lastLine = (lines: readonly string[]): string =>
  lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no output";
