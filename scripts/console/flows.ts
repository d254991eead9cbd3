import type { FlowInfo } from "../../console/protocol.ts";
import type { Flow } from "../../core/flow.ts";
import { languages } from "../../core/verbs.ts";
import { coverageFile, readCoverage } from "../flow/coverage.ts";
import { drawnFlow } from "../flow/lint.ts";

/** A flow as the page shows it, without what a rehearsal found out. */
export type DrawnFlow = Omit<FlowInfo, "coverage">;

export async function drawFlows(
  flows: readonly Flow[],
  settings: Readonly<Record<string, string>>,
): Promise<readonly DrawnFlow[]> {
  const drawn: DrawnFlow[] = [];
  for (const flow of flows) {
    const graph = await drawnFlow(flow, settings);
    drawn.push({ name: flow.name, languages, steps: [...flow.steps.keys()], graph });
  }
  return drawn;
}

/** With the last rehearsal of each, which may be a moment old. */
export async function withCoverage(drawn: readonly DrawnFlow[]): Promise<readonly FlowInfo[]> {
  const coverage = await readCoverage(coverageFile);
  return drawn.map((flow) => {
    const covered = coverage?.flows[flow.name];
    if (covered === undefined) return flow;
    const { at, faults, calls, steps } = covered;
    return { ...flow, coverage: { at, faults, calls, steps } };
  });
}
