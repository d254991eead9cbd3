import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Flow } from "../../core/flow.ts";
import { flows } from "../../flows/index.ts";
import { createExpectation } from "../../rehearsal/checkers/expectation.ts";
import { namedDialects } from "../../rehearsal/explore/dialects.ts";
import { explore } from "../../rehearsal/explore/explore.ts";
import { type FlowGraph, lastResort } from "../../rehearsal/graph/flow-graph.ts";
import { addVisits, edgeKey, type FlowVisits, mergeVisits, type Visits } from "../../rehearsal/graph/visits.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { createStage } from "../../rehearsal/world/stage.ts";
import { drawnFlow } from "../../scripts/flow/lint.ts";
import { scriptsOf } from "../../scripts/rehearse/rehearsable.ts";

let openNetwork = () => {};
beforeAll(() => {
  openNetwork = closeNetwork();
});
afterAll(() => openNetwork());

/** Where callers of a flow come: all its scripts without a fault, and the first one with every single fault too. */
async function rehearsed(flow: Flow) {
  const { scripts } = await scriptsOf(flow, {});
  const stage = createStage(flow);
  const visits: Visits = new Map();
  let calls = 0;
  for (const [at, script] of scripts.entries()) {
    await explore({
      stage,
      expect: createExpectation(stage),
      script,
      dialects: namedDialects.slice(0, 1),
      faultsMax: at === 0 ? 1 : 0,
      onCall: ({ call }) => {
        calls += 1;
        addVisits(visits, call);
      },
    });
  }
  const { steps = new Map(), edges = new Map() }: Partial<FlowVisits> = visits.get(flow.name) ?? {};
  return { scripts: scripts.length, calls, steps, edges };
}

describe.each(flows.map((flow) => [flow.name, flow] as const))("%s", (_, flow) => {
  let met: Awaited<ReturnType<typeof rehearsed>>;
  let drawn: FlowGraph;
  beforeAll(async () => {
    met = await rehearsed(flow);
    drawn = await drawnFlow(flow);
  });

  test("the scripts of its rehearsal together take every way that is drawn and needs no fault", () => {
    const taken = [...met.edges].filter(([, { faultless }]) => faultless > 0).map(([way]) => way);
    const open = drawn.edges.filter(({ byFault }) => !byFault).map(({ from, to }) => edgeKey(from, to));
    expect(taken.toSorted()).toEqual(open.toSorted());
  });

  test("no fault leads a caller on a way that is not drawn, but to the last resort", () => {
    const known = new Set(drawn.edges.map(({ from, to }) => edgeKey(from, to)));
    const taken = [...met.edges.keys()].filter((way) => !way.endsWith(` > ${lastResort}`));
    expect(taken.filter((way) => !known.has(way))).toEqual([]);
  });

  test("every call is counted once where it begins, however often that is heard", () => {
    const { scripts, calls, steps } = met;
    const { calls: begun = 0, faultless = 0 } = steps.get(flow.start) ?? {};
    expect(calls).toBeGreaterThan(scripts);
    expect(faultless).toBe(scripts);
    expect(begun).toBeLessThanOrEqual(calls);
    expect(begun).toBeGreaterThan(calls * 0.9);
  });
});

test("counts of several workers are added up", () => {
  const one: Visits = new Map([["desk", { steps: new Map([["ask", { calls: 2, faultless: 1 }]]), edges: new Map() }]]);
  const other: Visits = new Map([
    ["desk", { steps: new Map([["ask", { calls: 3, faultless: 0 }]]), edges: new Map() }],
  ]);
  const all: Visits = new Map();
  for (const part of [one, other]) mergeVisits(all, part);
  expect(all.get("desk")?.steps.get("ask")).toEqual({ calls: 5, faultless: 1 });
  expect(one.get("desk")?.steps.get("ask")).toEqual({ calls: 2, faultless: 1 });
});
