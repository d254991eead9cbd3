import type { RehearsedCall } from "../world/rehearsed-call.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import { lastResort } from "./flow-graph.ts";

/** Calls in which a caller came somewhere. */
export interface Calls {
  calls: number;
  /** of these, without a fault */
  faultless: number;
}

/** Where the callers of a flow came: plain data, so that it can be sent from a worker. */
export interface FlowVisits {
  readonly steps: Map<string, Calls>;
  /** from step to step, by `edgeKey` */
  readonly edges: Map<string, Calls>;
}

/** By name of the flow. */
export type Visits = Map<string, FlowVisits>;

export function edgeKey(from: string, to: string): string {
  return `${from} > ${to}`;
}

/** Notes where one caller came: by the documents that Twilio received, a document that was given again counted once. */
export function addVisits(visits: Visits, { flow, given, faults }: RehearsedCall): void {
  let own = visits.get(flow.name);
  if (own === undefined) {
    own = { steps: new Map(), edges: new Map() };
    visits.set(flow.name, own);
  }
  const faultless = faults.length === 0 ? 1 : 0;
  const seen = new Set<string>();
  let before: string | undefined;
  let turnBefore = -1;
  for (const { answer } of given) {
    const isLastResort = answer.outcome === "last-resort";
    const turn = isLastResort ? turnBefore + 1 : (answer.checkpoint?.turn ?? turnBefore);
    if (turn === turnBefore) continue;
    const step = isLastResort ? lastResort : nameBefore(answer.checkpoint?.step ?? "");
    count(own.steps, step, seen, faultless);
    if (before !== undefined) count(own.edges, edgeKey(before, step), seen, faultless);
    before = step;
    turnBefore = turn;
  }
}

function count(calls: Map<string, Calls>, key: string, seen: Set<string>, faultless: number): void {
  if (seen.has(key)) return;
  seen.add(key);
  const known = calls.get(key);
  if (known === undefined) {
    calls.set(key, { calls: 1, faultless });
    return;
  }
  known.calls += 1;
  known.faultless += faultless;
}

/** Adds what was counted somewhere else. */
export function mergeVisits(visits: Visits, later: Visits): void {
  for (const [flow, { steps, edges }] of later) {
    const own = visits.get(flow) ?? { steps: new Map(), edges: new Map() };
    visits.set(flow, own);
    mergeCalls(own.steps, steps);
    mergeCalls(own.edges, edges);
  }
}

function mergeCalls(own: Map<string, Calls>, later: ReadonlyMap<string, Calls>): void {
  for (const [key, { calls, faultless }] of later) {
    const known = own.get(key);
    own.set(key, { calls: (known?.calls ?? 0) + calls, faultless: (known?.faultless ?? 0) + faultless });
  }
}
