import { spawn } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface StartCheck {
  /** Program and arguments, in a process group of its own. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly answeringWithinMs: number;
  readonly endingWithinMs: number;
}

export interface StartVerdict {
  readonly ok: boolean;
  /** One line. */
  readonly line: string;
  /** What the command wrote to stdout and stderr. */
  readonly output: string;
}

const anyPort = ["primary", "fallback", "table", "effects"].flatMap((name) => [`--${name}-port`, "0"]);
const usualCheck: StartCheck = {
  command: ["npm", "start", "--silent", "--", ...anyPort],
  answeringWithinMs: 15_000,
  endingWithinMs: 5_000,
};

/**
 * `npm start` as a newcomer meets it: answering in time, a call that survives, and a clean end on Ctrl-C. Whatever the
 * command does, there is a verdict, and nothing of it is left running.
 */
export async function checkStart(check: StartCheck = usualCheck): Promise<StartVerdict> {
  const startedMs = performance.now();
  const [program, ...args] = check.command;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const killGroup = () => killAll(child.pid);
  process.once("exit", killGroup);
  let output = "";
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ready = new Promise<"ready">((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        if (output.includes("Ctrl-C ends everything.")) resolve("ready");
      });
    }
  });

  const late = after(check.answeringWithinMs, "late" as const, { ref: false });
  const first = await Promise.race([ready, exited.then((how) => `ended (${how})`), late]);
  const tookMs = Math.round(performance.now() - startedMs);
  const survived = output.includes("The call survived; the effect 'book' was executed 1 time(s).");
  // To npm alone, as a supervisor would: it has to reach the stack through npm. False when there is nobody left.
  const asked = child.kill("SIGINT");
  const stillRunning = after(check.endingWithinMs, "still running", { ref: false });
  const ending = asked ? await Promise.race([exited, stillRunning]) : "nobody to ask";
  process.off("exit", killGroup);
  killGroup();

  const call = `the call ${survived ? "survived" : "did not survive"}`;
  const line = `npm start: ${first} after ${tookMs} ms; ${call}; Ctrl-C: ${ending}`;
  return { ok: first === "ready" && survived && ending === "exit code 0", line, output };
}

/** Kills what is left of a process group; that nothing is left is as well. */
function killAll(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  const { ok, line, output } = await checkStart();
  console.log(`${output}\n${line}`);
  process.exit(ok ? 0 : 1);
}
