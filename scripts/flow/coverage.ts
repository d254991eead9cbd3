import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import type { Flow } from "../../core/flow.ts";
import type { Visits } from "../../rehearsal/graph/visits.ts";
import type { Tally } from "../../rehearsal/report/tally.ts";

/** Where a rehearsal leaves what it covered, below the working directory. */
export const coverageFile = path.join(".stayline", "rehearsal-coverage.json");

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const flowCoverage = v.object({
  /** when it was rehearsed, as ISO 8601 */
  at: v.string(),
  /** `single`, `pairs` … */
  faults: v.string(),
  calls: count,
  /** of the names of its steps, see `stepsHash` */
  stepsHash: v.string(),
  /** `struck`: calls in which a fault struck there; `failed`: those of them that did not come through */
  steps: v.record(v.string(), v.object({ calls: count, faultless: count, struck: count, failed: count })),
  edges: v.record(v.string(), v.object({ calls: count, faultless: count })),
});
const coverage = v.object({ version: v.literal(1), flows: v.record(v.string(), flowCoverage) });

/** What the last rehearsal of a flow covered. */
export type FlowCoverage = v.InferOutput<typeof flowCoverage>;
export type Coverage = v.InferOutput<typeof coverage>;

/** Flows of which the last rehearsal is kept. */
const flowsMax = 100;

/** Tells whether a flow has the steps that it had. */
export function stepsHash(steps: Iterable<string>): string {
  return createHash("sha256")
    .update([...steps].toSorted().join("\n"))
    .digest("hex")
    .slice(0, 16);
}

export interface Rehearsed {
  readonly flows: readonly Pick<Flow, "name" | "steps">[];
  readonly faults: string;
  readonly visits: Visits;
  readonly tally: Pick<Tally, "cells">;
  /** ISO 8601 */
  readonly at: string;
}

export function coverageOf({ flows, faults, visits, tally, at }: Rehearsed): Coverage {
  const entries = flows.map(({ name, steps }): [string, FlowCoverage] => {
    const met = visits.get(name);
    const struck = new Map<string, { struck: number; failed: number }>();
    for (const { flow, step, cases, failed } of tally.cells.values()) {
      if (flow !== name) continue;
      const known = struck.get(step) ?? { struck: 0, failed: 0 };
      struck.set(step, { struck: known.struck + cases, failed: known.failed + failed });
    }
    const places = new Set([...(met?.steps.keys() ?? []), ...struck.keys()].filter((step) => step !== ""));
    const calls = { calls: 0, faultless: 0 };
    const covered = [...places].map((step) => {
      const faulty = struck.get(step) ?? { struck: 0, failed: 0 };
      return [step, { ...(met?.steps.get(step) ?? calls), ...faulty }] as const;
    });
    const all = Math.max(0, ...[...(met?.steps.values() ?? [])].map((one) => one.calls));
    return [
      name,
      {
        at,
        faults,
        calls: all,
        stepsHash: stepsHash(steps.keys()),
        steps: Object.fromEntries(covered),
        edges: Object.fromEntries(met?.edges ?? []),
      },
    ];
  });
  return { version: 1, flows: Object.fromEntries(entries) };
}

/** @returns undefined where there is none, or none that can be read: it is only a colouring */
export async function readCoverage(file: string): Promise<Coverage | undefined> {
  try {
    const parsed = v.safeParse(coverage, JSON.parse(await readFile(file, "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces what is kept of these flows. Whoever reads at the same time sees all of it or nothing of it. */
export async function keepCoverage(file: string, latest: Coverage): Promise<void> {
  const before = (await readCoverage(file))?.flows ?? {};
  const flows = Object.entries({ ...before, ...latest.flows });
  const kept = flows.toSorted(([, one], [, other]) => (one.at < other.at ? 1 : -1)).slice(0, flowsMax);
  const text = `${JSON.stringify({ version: 1, flows: Object.fromEntries(kept) }, undefined, 2)}\n`;
  await mkdir(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  try {
    await writeFile(fresh, text);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
