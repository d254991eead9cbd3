import type { Flow } from "../../core/flow.ts";
import { labelParts, type Seen } from "./answer-class.ts";
import { namedSteps, startSteps, type Walk } from "./walk-flow.ts";

export const lastResort = "(last resort)";

export interface GraphStep {
  readonly name: string;
  /** `last`: the call ends with it */
  readonly role: "start" | "step" | "last" | "last-resort";
  /** some way leads here; else only its name in the flow, or nothing */
  readonly reached: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** what the caller did, each part on a line of its own if need be */
  readonly label: readonly string[];
  /** only a fault leads this way: a lost answer, an effect in doubt */
  readonly byFault: boolean;
}

/** The flow as steps and the ways between them. */
export interface FlowGraph {
  readonly flow: string;
  readonly steps: readonly GraphStep[];
  readonly edges: readonly GraphEdge[];
}

/** The ways of a walk, merged by the steps that they connect. Hanging up leads everywhere and is not drawn. */
export function graphOf(flow: Flow, walk: Walk): FlowGraph {
  const between = new Map<string, { from: string; to: string; byFault: boolean; seen: Map<string, Seen> }>();
  for (const { from, to, answer, byFault } of walk.moves) {
    // words of another language say the same
    if (answer.kind === "gone" || (answer.kind === "word" && from.language !== flow.language)) continue;
    const target = to === "last-resort" ? lastResort : to.step;
    const key = JSON.stringify([from.step, target]);
    const edge = between.get(key) ?? { from: from.step, to: target, byFault: true, seen: new Map<string, Seen>() };
    between.set(key, edge);
    edge.byFault &&= byFault;
    const kind = `${answer.kind} ${answer.value}`;
    const visits = Math.min(from.visits, edge.seen.get(kind)?.visits ?? from.visits);
    edge.seen.set(kind, { ...answer, visits });
  }
  const edges = [...between.values()].map(({ seen, ...edge }) => ({ ...edge, label: labelParts([...seen.values()]) }));
  const reached = reachedSteps(flow, walk);
  const starts = startSteps(flow);
  const steps = [...flow.steps].map(
    ([name, { next }]): GraphStep => ({
      name,
      role: starts.has(name) ? "start" : next === undefined ? "last" : "step",
      reached: reached.has(name),
    }),
  );
  const ends = edges.some(({ to }) => to === lastResort);
  const own: GraphStep[] = ends ? [{ name: lastResort, role: "last-resort", reached: true }] : [];
  return { flow: flow.name, steps: [...steps, ...own], edges };
}

/** Steps that some way leads to, be it one on which the caller is gone; names in the flow are no ways. */
export function reachedSteps(flow: Flow, walk: Walk): ReadonlySet<string> {
  const guessed = new Set(walk.states.flatMap(({ state, guessed }) => (guessed ? [state] : [])));
  const reached = new Set(startSteps(flow));
  for (const { from, to } of walk.moves) if (to !== "last-resort" && !guessed.has(from)) reached.add(to.step);
  return reached;
}

/** Steps that count as entered though no way was found: named in the flow, and what these lead to. */
export function enteredByName(flow: Flow, walk: Walk): ReadonlySet<string> {
  const reached = reachedSteps(flow, walk);
  const entered = new Set([...namedSteps(flow)].filter((step) => !reached.has(step)));
  for (const { state } of walk.states) if (!reached.has(state.step)) entered.add(state.step);
  return entered;
}
