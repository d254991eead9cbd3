import type { Flow } from "../../core/flow.ts";
import { endlessWays } from "../../rehearsal/graph/endless-ways.ts";
import { enteredByName, reachedSteps } from "../../rehearsal/graph/flow-graph.ts";
import type { Walk } from "../../rehearsal/graph/walk-flow.ts";
import type { ModelWorld } from "../../rehearsal/model/flow-model.ts";
import type { Finding } from "./finding.ts";

type Found = Omit<Finding, "flow">;

/** What is wrong with the steps and the ways between them. */
export async function stepFindings(flow: Flow, world: ModelWorld, walk: Walk): Promise<readonly Found[]> {
  const stuck = stuckSteps(flow, walk);
  const endless = (await endlessWays(flow, world, walk)).filter(({ steps }) => !steps.every((step) => stuck.has(step)));
  return [
    ...walk.troubles.map(
      ({ step, what }): Found => ({ step, level: "error", rule: "broken", what, mend: "mend the step" }),
    ),
    ...unreachable(flow, walk),
    ...[...stuck].map((step) => noWayOut(step, walk)),
    ...endless.map(({ caller, steps }): Found => {
      const round = steps.length === 1 ? "is asked again for ever" : `goes round ${steps.join(", ")} for ever`;
      const mend = steps.length === 1 ? "lead on when `visits` is 3 or so" : "count in `data` and lead on after some";
      return { step: steps[0] ?? "", level: "error", rule: "endless", what: `${caller} ${round}`, mend };
    }),
    ...neverLeft(flow, walk),
  ];
}

/** Where not every answer could be tried, a way may have been missed. */
function levelOf({ gaps }: Walk): Pick<Finding, "level"> & { readonly because: string } {
  return gaps.length === 0
    ? { level: "error", because: "" }
    : { level: "warning", because: ` that was found (${gaps.join(", ")})` };
}

function unreachable(flow: Flow, walk: Walk): Found[] {
  const reached = reachedSteps(flow, walk);
  const named = enteredByName(flow, walk);
  const { level, because } = levelOf(walk);
  return [...flow.steps.keys()].flatMap((step): Found[] => {
    if (reached.has(step) || named.has(step)) return [];
    const what = `no answer leads here${because}`;
    return [{ step, level, rule: "unreachable", what, mend: "lead to it, or delete it" }];
  });
}

/** Steps from which no way leads to a step that ends the call. */
function stuckSteps(flow: Flow, walk: Walk): ReadonlySet<string> {
  const known = new Set(walk.states.map(({ state }) => state.step));
  const out = new Set(walk.states.filter(({ ends }) => ends).map(({ state }) => state.step));
  for (let size = -1; size !== out.size; ) {
    size = out.size;
    for (const { from, to } of walk.moves) if (to !== "last-resort" && out.has(to.step)) out.add(from.step);
  }
  const broken = new Set(walk.troubles.map(({ step }) => step));
  return new Set([...flow.steps.keys()].filter((step) => known.has(step) && !out.has(step) && !broken.has(step)));
}

function noWayOut(step: string, walk: Walk): Found {
  const ways = walk.moves.filter(({ from }) => from.step === step);
  const onlyItself = ways.every(({ to }) => to !== "last-resort" && to.step === step);
  const { level, because } = levelOf(walk);
  const what = onlyItself ? `no answer leads away from it${because}` : `no way leads to an end of the call${because}`;
  return { step, level, rule: "no-way-out", what, mend: "lead to a step without `next`, which ends the call" };
}

/** A step with a `next` that nothing ever asks. */
function neverLeft(flow: Flow, walk: Walk): Found[] {
  return [...flow.steps].flatMap(([step, { next }]): Found[] => {
    const states = walk.states.filter((walked) => walked.state.step === step);
    if (next === undefined || states.length === 0 || !states.every(({ ends }) => ends)) return [];
    const what = "it has a `next`, and its document always ends the call before";
    return [
      { step, level: "warning", rule: "never-left", what, mend: "delete `next`, or the verb that ends the call" },
    ];
  });
}
