import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Built, build } from "../build.ts";
import { type Machine, thisMachine } from "./machine.ts";
import type { BenchContext, Effort, Part, PartName, PartReport } from "./report.ts";

export interface PartRun {
  readonly name: PartName;
  readonly title: string;
  readonly seconds: number;
  readonly report: PartReport;
}

/** All of one run. */
export interface BenchReport {
  readonly atIso: string;
  readonly effort: Effort;
  readonly seed: number;
  readonly machine: Machine;
  readonly parts: readonly PartRun[];
}

export interface RunOptions {
  readonly effort: Effort;
  readonly seed: number;
  readonly parts: readonly PartName[];
  readonly load: (name: PartName) => Promise<Part>;
  readonly progress: (line: string) => void;
}

/**
 * Runs the parts one after the other: what is measured has the machine for itself.
 * @throws Error of the part that could not be run, with its name
 */
export async function runBench({ effort, seed, parts, load, progress }: RunOptions): Promise<BenchReport> {
  const workDir = await mkdtemp(path.join(tmpdir(), "stayline-bench-"));
  let building: Promise<Built> | undefined;
  const built = () => {
    building ??= build({ outDir: path.join(workDir, "built") });
    return building;
  };
  const done: PartRun[] = [];
  try {
    for (const name of parts) {
      const startedMs = performance.now();
      progress(`${name}: begins`);
      const told = (line: string) => progress(`${name}: ${line}`);
      const context: BenchContext = { effort, seed, built, workDir, progress: told };
      const part = await load(name);
      const report = await part.run(context).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      });
      const seconds = Math.round((performance.now() - startedMs) / 1_000);
      progress(`${name}: ${seconds} s`);
      done.push({ name, title: part.title, seconds, report });
    }
    return { atIso: new Date().toISOString(), effort, seed, machine: await thisMachine(), parts: done };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}
