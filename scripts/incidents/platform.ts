import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { limits } from "../../core/limits.ts";
import type { FromFunction, ToFunction } from "./function-process.ts";
import { memorySizeMb, type PlatformLines, type Report } from "./platform-lines.ts";

/**
 * What strikes an invocation: its environment is killed, or stands still, or is a new one that is slow to start, or one whose code
 * cannot be loaded.
 */
export type InvokeFault = "killed" | "frozen" | "slow-start" | "no-code";

export type Invoked =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly errorType: string; readonly message: string };

export interface PlatformOptions {
  readonly codeDir: string;
  /** of the functions */
  readonly env: Readonly<Record<string, string>>;
  readonly lines: PlatformLines;
  /** Told each line of the function's log, in order. */
  readonly write: (line: string) => void;
}

/** Lambda's part: functions in processes of their own, with its time limit and its lines in their log. */
export interface Platform {
  invoke(name: string, event: APIGatewayProxyEventV2, requestId: string, fault?: InvokeFault): Promise<Invoked>;
  /** Resolves when no function works any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface Environment {
  readonly name: string;
  readonly child: ChildProcess;
  readonly exited: Promise<string>;
  busy: boolean;
  /** told of the function's own lines, of which each webhook has one */
  onLine: () => void;
}

/** Longer than our edge waits for an answer, and than Twilio does, which is then gone when the function has started. */
const slowStartMs = 4_700;
/** A webhook's line comes through another pipe than its result. */
const lineWithinMs = 1_000;
/** The heap of a function whose flow takes more and more of it; it needs half of this for its code. */
const heapMb = 96;
const usedMb = 118;

/** Starts nothing until it is asked for. */
export function createPlatform({ codeDir, env, lines, write }: PlatformOptions): Platform {
  const environments = new Set<Environment>();
  const working = new Set<Promise<unknown>>();
  const writeAll = (all: readonly string[]) => {
    for (const line of all) write(line);
  };

  const start = (name: string): Environment => {
    const child = fork(fileURLToPath(new URL("./function-process.ts", import.meta.url)), [], {
      execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${heapMb}`],
      env: { TZ: "UTC", ...env },
      stdio: ["ignore", "pipe", "ignore", "ipc"],
    });
    const exited = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal === null ? `exit status ${code}` : signalText(signal)));
    });
    const environment: Environment = { name, child, exited, busy: true, onLine: () => {} };
    environments.add(environment);
    void exited.then(() => environments.delete(environment));
    let rest = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const whole = (rest + text).split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) {
        write(line);
        environment.onLine();
      }
    });
    return environment;
  };

  const answer = (environment: Environment, message: ToFunction): Promise<FromFunction | string> => {
    const next = new Promise<FromFunction>((resolve) => environment.child.once("message", resolve));
    environment.child.send(message);
    return Promise.race([next, environment.exited]);
  };

  /** A warm environment, or a new one: with how long its start took, or what came of that instead. */
  const environmentFor = async (name: string, fault: InvokeFault | undefined) => {
    const isNew = fault === "slow-start" || fault === "no-code";
    const warm = isNew ? undefined : [...environments].find((one) => one.name === name && !one.busy);
    if (warm !== undefined) {
      warm.busy = true;
      return { environment: warm };
    }
    const startedMs = performance.now();
    const environment = start(name);
    const delayMs = fault === "slow-start" ? slowStartMs : 0;
    const code = fault === "no-code" ? `${codeDir}-that-is-gone` : codeDir;
    const ready = await answer(environment, { kind: "init", codeDir: code, name, delayMs });
    const initMs = performance.now() - startedMs;
    return typeof ready === "string" ? { failedWith: ready, initMs } : { environment, initMs };
  };

  const invoke: Platform["invoke"] = async (name, event, requestId, fault) => {
    const { environment, initMs, failedWith } = await environmentFor(name, fault);
    if (environment === undefined) {
      writeAll(lines.initFailed(initMs ?? 0, "init", "Runtime.ImportModuleError"));
      writeAll(lines.start(requestId));
      const how = failedWith ?? "exit status 1";
      writeAll(lines.exited(requestId, how));
      const ended = { requestId, durationMs: initMs ?? 0, maxMemoryMb: usedMb };
      writeAll(lines.end({ ...ended, status: "error", errorType: "Runtime.ImportModuleError" }));
      return { kind: "error", errorType: "Runtime.ImportModuleError", message: exitText(requestId, how) };
    }
    writeAll(lines.start(requestId));
    const startedMs = performance.now();
    const ended = (status: Report["status"], more: Partial<Report> = {}) => {
      const took = { durationMs: performance.now() - startedMs, maxMemoryMb: usedMb };
      const init = initMs === undefined ? {} : { initMs };
      writeAll(lines.end({ requestId, ...took, ...init, status, ...more }));
    };
    const hasLine = new Promise<void>((resolve) => {
      environment.onLine = resolve;
    });
    if (fault === "killed" || fault === "frozen") environment.child.kill("SIGSTOP");
    const asked = answer(environment, {
      kind: "invoke",
      event,
      requestId,
      deadlineMs: Date.now() + limits.lambdaTimeoutMs,
    });
    if (fault === "killed") end(environment.child);
    const came = await within(asked, limits.lambdaTimeoutMs);
    if (came === undefined) {
      end(environment.child);
      await environment.exited;
      ended("timeout", { durationMs: limits.lambdaTimeoutMs });
      const message = `RequestId: ${requestId} Error: Task timed out after ${(limits.lambdaTimeoutMs / 1_000).toFixed(2)} seconds`;
      return { kind: "error", errorType: "Sandbox.Timedout", message };
    }
    if (typeof came === "string") {
      writeAll(lines.exited(requestId, came));
      const isMemory = came === "signal: aborted";
      const errorType = isMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError";
      ended("error", { errorType, ...(isMemory ? { maxMemoryMb: memorySizeMb } : {}) });
      return { kind: "error", errorType, message: exitText(requestId, came) };
    }
    if (name !== "media") await within(hasLine, lineWithinMs);
    environment.busy = false;
    ended(came.kind === "result" ? "success" : "error");
    if (came.kind === "result") return { kind: "result", result: came.result };
    return { kind: "error", errorType: came.kind === "error" ? came.errorType : "Error", message: "Unhandled" };
  };

  return {
    invoke: (...given) => {
      const work = invoke(...given);
      working.add(work);
      void work.finally(() => working.delete(work)).catch(() => {});
      return work;
    },
    idle: async () => void (await Promise.allSettled([...working])),
    stop: async () => {
      const all = [...environments];
      for (const { child } of all) end(child);
      await Promise.all(all.map(({ exited }) => exited));
    },
  };
}

function exitText(requestId: string, how: string): string {
  return `RequestId: ${requestId} Error: Runtime exited with error: ${how}`;
}

function signalText(signal: NodeJS.Signals): string {
  return `signal: ${signal === "SIGABRT" ? "aborted" : "killed"}`;
}

/** A process that stands still keeps SIGKILL waiting on some systems. */
function end(child: ChildProcess): void {
  child.kill("SIGKILL");
  child.kill("SIGCONT");
}

/** @returns undefined when it takes longer */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
