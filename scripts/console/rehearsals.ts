import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { ConsoleEvent, RehearsalState } from "../../console/protocol.ts";
import type { DialectChoice } from "../../console/rehearsal-protocol.ts";
import type { FromRehearsal, ToRehearsal } from "./rehearsal-child.ts";

export interface Rehearsals {
  /** @returns undefined: one is running */
  start(flow: string, dialects: DialectChoice): RehearsalState | undefined;
  /** The latest. */
  now(): RehearsalState | undefined;
  stop(): Promise<void>;
}

/** Rehearses one flow at a time with every single fault, in a process of its own: calls that are on are not held up. */
export function createRehearsals(tell: (event: ConsoleEvent) => void, flowsModule?: string): Rehearsals {
  let latest: RehearsalState | undefined;
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();

  const told = (base: Pick<RehearsalState, "id" | "flow" | "dialects">, from: FromRehearsal) => {
    latest = { ...base, ...from };
    tell({
      kind: from.state === "running" ? "rehearsal.progress" : "rehearsal.done",
      atMs: 0,
      rehearsal: latest,
    });
  };
  return {
    now: () => latest,
    start: (flow, dialects) => {
      if (latest?.state === "running") return undefined;
      const base = { id: randomBytes(8).toString("hex"), flow, dialects };
      const started = fork(fileURLToPath(new URL("rehearsal-child.ts", import.meta.url)), {
        execArgv: ["--disable-warning=ExperimentalWarning"],
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
      child = started;
      started.on("message", (message: FromRehearsal) => told(base, message));
      started.on("error", () => {});
      exited = new Promise((resolve) => {
        started.once("close", () => {
          child = undefined;
          if (latest?.id === base.id && latest.state === "running") {
            const { cases, failed, progress } = latest;
            told(base, { state: "failed", cases, failed, progress, message: "The rehearsal ended before its time." });
          }
          resolve();
        });
      });
      started.send({ flow, flowsModule, dialects } satisfies ToRehearsal);
      told(base, { state: "running", cases: 0, failed: 0, progress: 0 });
      return latest;
    },
    stop: async () => {
      child?.kill("SIGKILL");
      await exited;
    },
  };
}
