import { execFile } from "node:child_process";
import path from "node:path";
import type { FlightPlan } from "./flight.ts";
import type { Searched } from "./search.ts";

/** `ended`: the process told nothing that could be read: the tree does not load, or it did not end in time. */
export type Flown = ({ readonly kind: "searched" } & Searched) | { readonly kind: "ended"; readonly reason: string };

const outputBytesMax = 1024 * 1024;

/** Rehearses the core of a tree in a process of its own, for at most `wallMs` by the clock on the wall. */
export function fly(tree: string, plan: FlightPlan, wallMs: number): Promise<Flown> {
  const file = path.join(tree, "scripts", "canary", "flight.ts");
  const args = ["--disable-warning=ExperimentalWarning", file, JSON.stringify(plan)];
  const options = { cwd: tree, timeout: wallMs, killSignal: "SIGKILL", maxBuffer: outputBytesMax } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, out, said) => {
      if (error !== null) {
        resolve({
          kind: "ended",
          reason: error.killed ? `no end after ${wallMs} ms` : firstError(said, error.message),
        });
        return;
      }
      const line = out.trimEnd().split("\n").at(-1) ?? "";
      resolve({ kind: "searched", ...(JSON.parse(line) as Searched) });
    });
  });
}

function firstError(said: string, otherwise: string): string {
  const line = said.split("\n").find((text) => /Error/.test(text)) ?? otherwise.split("\n", 1)[0] ?? "";
  return line.trim();
}
