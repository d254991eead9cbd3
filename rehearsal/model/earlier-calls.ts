import { type Flow, findStep } from "../../core/flow.ts";
import type { Before } from "../../core/redial.ts";
import { yielding, yields } from "../../core/verbs.ts";
import { inputFor, inputIn } from "./caller-answer.ts";
import { type CoverOptions, coverGoals, type Taken } from "./cover.ts";
import type { Script } from "./derive-scripts.ts";
import { type Explored, exploreFlow } from "./explore-flow.ts";
import { documentOf, leave, type ModelState, type ModelWorld, startState } from "./flow-model.ts";
import { scriptsOf } from "./scripts-of.ts";

/** A call of the same caller before the rehearsed one. */
export interface EarlierCall {
  readonly script: Script;
  /** its end was heard of; else it is still on, as far as anybody knows */
  readonly isTold: boolean;
  /** where the next call may go on; undefined: it is offered nothing */
  readonly before: Before | undefined;
}

/** The sid of the call before this one. */
export function earlierSid(callSid: string): string {
  return callSid.replace(/\d/g, (digit) => String((Number(digit) + 9) % 10));
}

/** The first document of a call that is offered to go on where an earlier one was. */
export function offerState(flow: Flow, before: Before): ModelState {
  const { language } = before;
  return { ...startState(flow, language), step: flow.redial?.offer ?? flow.start, before };
}

/** What a call leaves that is over here: nothing where it came to its own end, or would dial, charge or queue again. */
function leftAt(flow: Flow, state: ModelState): Before | undefined {
  const { step, data, language, before } = state;
  if (findStep(flow, step)?.step.next === undefined) return undefined;
  const verbs = documentOf(flow, state).map(yields);
  const again = verbs.some((verb) => verb !== undefined && verb !== "next" && yielding[verb].whenLost !== "ask");
  return again ? undefined : (before ?? { step, data, language });
}

/**
 * Scripts of callers who called before: cut off at each step, and the offer is taken, declined, not answered; and those who are
 * offered nothing, because the call before came to its end, was dialling, is still on, or somebody else went on with it.
 *
 * @param own scripts of callers who did not, the plainest first
 */
export async function scriptsAfterEarlier(
  flow: Flow,
  world: ModelWorld,
  explored: Explored,
  own: readonly Script[],
  { variantsMax, ...bounds }: CoverOptions & { readonly variantsMax: number },
): Promise<Script[]> {
  const { language } = flow;
  const [plain] = own;
  if (flow.redial === undefined || plain === undefined) return [];
  const { offer } = flow.redial;
  const scripts: Script[] = [];
  const shown = new Set<string>();
  let hungUpAtOffer: Script | undefined;

  for (const { script, before } of await cutOffs(flow, inEarlierCall(world), explored)) {
    const earlier: EarlierCall = { script, isTold: true, before };
    if (before === undefined) {
      scripts.push(after(earlier, plain));
      continue;
    }
    const options = { language, from: offerState(flow, before), turnsMax: bounds.turnsMax, variantsMax };
    const again = onlyAt(await exploreFlow(flow, world, options), offer, shown);
    for (const { edges } of again.nodes) for (const { goals } of edges) for (const goal of goals) shown.add(goal);
    const offered = scriptsOf(flow, again, coverGoals(again, bounds).walks, language);
    scripts.push(...offered.map((one) => after(earlier, one)));
    hungUpAtOffer ??= scripts.find(({ answers: [first] }) => first?.step === offer && first.answer.kind === "hangup");
  }

  scripts.push(after({ script: plain, isTold: true, before: undefined }, plain));
  if (hungUpAtOffer?.earlier !== undefined) {
    const { earlier } = hungUpAtOffer;
    const taken = scripts.find((one) => one.earlier === earlier);
    scripts.push(after({ ...earlier, isTold: false, before: undefined }, plain));
    // who was offered it has it, until that call is over: then it can be gone on with again
    scripts.push(after({ script: hungUpAtOffer, isTold: false, before: undefined }, plain));
    if (taken !== undefined) {
      const { earlier: _, ...offered } = taken;
      const again = { ...offered, id: offered.id.slice(offered.id.lastIndexOf(";") + 1) };
      scripts.push(after({ script: hungUpAtOffer, isTold: true, before: earlier.before }, again));
    }
  }
  return scripts;
}

function after(earlier: EarlierCall, script: Script): Script {
  const on = earlier.isTold ? "" : ",still-on";
  return { ...script, id: `${earlier.script.id}${on};${script.id}`, earlier };
}

/** For each step at which a caller can hang up, the shortest call that ends there. */
async function cutOffs(flow: Flow, world: ModelWorld, explored: Explored) {
  const { nodes } = explored;
  const seen = new Set<string>();
  const cuts: { readonly script: Script; readonly before: Before | undefined }[] = [];
  for (const [at, walk] of walksFromStart(explored)) {
    const node = nodes[at];
    const edge = node?.edges.find(({ role }) => role === "hangup");
    if (node === undefined || edge === undefined || seen.has(node.state.step)) continue;
    seen.add(node.state.step);
    const input = inputIn(inputFor(flow, node.state, edge.answer));
    const to = input === undefined ? node.state : (await leave(flow, node.state, input, world)).to;
    const [script] = scriptsOf(flow, explored, [[...walk, { at, edge }]], flow.language);
    if (script === undefined || to === "last-resort") continue;
    cuts.push({ script, before: leftAt(flow, to) });
  }
  return cuts;
}

/** The shortest walk to each node, breadth first. */
function walksFromStart({ nodes }: Explored): ReadonlyMap<number, readonly Taken[]> {
  const walks = new Map<number, readonly Taken[]>([[0, []]]);
  for (const [at, walk] of walks) {
    for (const edge of nodes[at]?.edges ?? []) {
      if (edge.to !== undefined && !walks.has(edge.to)) walks.set(edge.to, [...walk, { at, edge }]);
    }
  }
  return walks;
}

/** The same, with no goals but those of one step that are not shown yet. */
function onlyAt({ nodes, ...rest }: Explored, step: string, shown: ReadonlySet<string>): Explored {
  const kept = nodes.map((node) => ({
    ...node,
    edges: node.edges.map((edge) => ({
      ...edge,
      goals: node.state.step === step ? edge.goals.filter((goal) => !shown.has(goal)) : [],
    })),
  }));
  return { ...rest, nodes: kept };
}

function inEarlierCall(world: ModelWorld): ModelWorld {
  const { settings, call } = world;
  return {
    settings,
    call: { ...call, sid: earlierSid(call.sid) },
    runEffect: (...given) => world.runEffect(...given),
    takeEffects: () => world.takeEffects(),
  };
}
