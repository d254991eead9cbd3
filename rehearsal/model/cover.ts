import type { Edge, Explored } from "./explore-flow.ts";

/** A step of a walk through the explored flow: an answer, and the node where it is given. */
export interface Taken {
  readonly at: number;
  readonly edge: Edge;
}

/** Costs are turns first; what is left breaks ties. */
const turnCost = 100;
const shownBefore = 3;
const spokenCost = 1;
/** an answer that brings nothing is worth a turn more and a half when a call has to be brought to its end */
const idleCost = 150;
const lastResortCost = 1_000;
/** to hang up is a way to an end only where there is no other: a flow may go round for ever */
const hangupCost = 10_000;

export interface CoverOptions {
  readonly scriptsMax: number;
  readonly turnsMax: number;
}

/**
 * As few walks as will do, each from the start to an end of the call, so that every goal is met: the shortest way to the
 * goal, then the shortest one to an end that makes progress. Goals that are far away come first, since their walks meet
 * others on the way.
 *
 * @returns the walks, and how many goals could not be met within the bounds
 */
export function coverGoals({ nodes }: Explored, { scriptsMax, turnsMax }: CoverOptions) {
  const met = new Set<string>();
  const walks: (readonly Taken[])[] = [];
  const depths = costsFromStart(nodes, () => 1);
  const targets = nodes.flatMap(({ edges }, at) => edges.map((edge) => ({ at, edge, depth: depths[at]?.cost ?? 0 })));
  const goals = new Map<string, number>();
  for (const { edge, depth } of targets) {
    for (const goal of edge.goals) goals.set(goal, Math.min(depth, goals.get(goal) ?? depth));
  }
  let missed = 0;
  for (const [goal] of [...goals].toSorted(([, a], [, b]) => b - a)) {
    if (met.has(goal)) continue;
    const walk = walks.length < scriptsMax ? walkTo(nodes, goal, met) : undefined;
    if (walk === undefined || walk.length >= turnsMax) {
      missed += 1;
      continue;
    }
    walks.push(walk);
    for (const { edge } of walk) for (const shown of edge.goals) met.add(shown);
  }
  return { walks, missed };
}

function walkTo(nodes: Explored["nodes"], goal: string, met: ReadonlySet<string>): readonly Taken[] | undefined {
  const cost = (edge: Edge) => costOf(edge, met);
  const before = costsFromStart(nodes, cost);
  const after = waysToEnd(nodes, cost);
  let best: { at: number; edge: Edge; cost: number } | undefined;
  for (const [at, { edges }] of nodes.entries()) {
    for (const edge of edges) {
      if (!edge.goals.includes(goal)) continue;
      const rest = edge.to === undefined ? 0 : (after[edge.to]?.cost ?? Number.POSITIVE_INFINITY);
      // the way there counts before the way on
      const total = (before[at]?.cost ?? Number.POSITIVE_INFINITY) * 1_000 + cost(edge) + rest;
      if (total < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { at, edge, cost: total };
    }
  }
  if (best === undefined) return undefined;
  const walk: Taken[] = [{ at: best.at, edge: best.edge }];
  for (let via = before[best.at]?.via; via !== undefined; via = before[via.at]?.via) walk.unshift(via);
  for (let at = best.edge.to; at !== undefined; ) {
    const edge: Edge | undefined = after[at]?.edge;
    if (edge === undefined) break;
    walk.push({ at, edge });
    at = edge.to;
  }
  return richer(nodes, walk, best.edge, met);
}

/** Of answers that lead to the same place, those that show something new: within one walk too. */
function richer(
  nodes: Explored["nodes"],
  walk: readonly Taken[],
  target: Edge,
  metBefore: ReadonlySet<string>,
): readonly Taken[] {
  const met = new Set([...metBefore, ...target.goals]);
  const fresh = (edge: Edge) => edge.goals.filter((goal) => !met.has(goal)).length;
  return walk.map(({ at, edge }) => {
    if (edge === target) return { at, edge };
    let chosen = edge;
    for (const beside of nodes[at]?.edges ?? []) {
      if (beside.to === edge.to && beside.to !== undefined && fresh(beside) > fresh(chosen)) chosen = beside;
    }
    for (const goal of chosen.goals) met.add(goal);
    return { at, edge: chosen };
  });
}

function costOf({ goals, answer }: Edge, met: ReadonlySet<string>): number {
  const shown = goals.every((goal) => met.has(goal)) ? shownBefore : 0;
  return turnCost + shown + (answer.kind === "speech" ? spokenCost : 0);
}

interface Reached {
  readonly cost: number;
  readonly via: Taken | undefined;
}

/** The cheapest way from the start to each node. */
function costsFromStart(nodes: Explored["nodes"], cost: (edge: Edge) => number): (Reached | undefined)[] {
  const reached: (Reached | undefined)[] = nodes.map(() => undefined);
  reached[0] = { cost: 0, via: undefined };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [at, { edges }] of nodes.entries()) {
      const here = reached[at];
      if (here === undefined) continue;
      for (const edge of edges) {
        if (edge.to === undefined) continue;
        const total = here.cost + cost(edge);
        if (total >= (reached[edge.to]?.cost ?? Number.POSITIVE_INFINITY)) continue;
        reached[edge.to] = { cost: total, via: { at, edge } };
        changed = true;
      }
    }
  }
  return reached;
}

export interface WayToEnd {
  readonly cost: number;
  /** undefined where the document itself ends the call */
  readonly edge: Edge | undefined;
}

/** The cheapest way from each node to an end of the call; undefined at nodes that were not left. */
export function waysToEnd(
  nodes: Explored["nodes"],
  cost: (edge: Edge) => number = () => turnCost,
): readonly (WayToEnd | undefined)[] {
  const ways: (WayToEnd | undefined)[] = nodes.map(({ ends }) => (ends ? { cost: 0, edge: undefined } : undefined));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [at, { edges }] of nodes.entries()) {
      for (const edge of edges) {
        const over = edge.role === "hangup" ? hangupCost : lastResortCost;
        const rest = edge.to === undefined ? over : ways[edge.to]?.cost;
        if (rest === undefined) continue;
        const total = cost(edge) + (edge.role === "answer" ? 0 : idleCost) + rest;
        if (total >= (ways[at]?.cost ?? Number.POSITIVE_INFINITY)) continue;
        ways[at] = { cost: total, edge };
        changed = true;
      }
    }
  }
  return ways;
}
