import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import type { CallerStep } from "../caller-script.ts";
import { answersAt, pressedIn, type Role, type Tried } from "./answers-at.ts";
import type { Branch } from "./branch.ts";
import { inputFor, inputIn, leavesCaller } from "./caller-answer.ts";
import { leave, type ModelState, type ModelWorld, startState, verbAt } from "./flow-model.ts";

export interface ExploreOptions {
  readonly language: Language;
  /** where the walk begins; default: the start of the flow */
  readonly from?: ModelState;
  /** states deeper than this are not left; default 12 */
  readonly turnsMax?: number;
  /** states of one step that are left: they differ in data and visits; default 24 */
  readonly statesPerStepMax?: number;
  /** branches that differ in values alone and are told apart; of spoken answers it is 1; default 5 */
  readonly variantsMax?: number;
}

/** One answer at a state, and where it leads. */
export interface Edge {
  readonly answer: CallerStep;
  readonly role: Role;
  /** undefined for a hang-up without a request */
  readonly branch: string | undefined;
  /** the node where the caller is next; undefined when the call is over */
  readonly to: number | undefined;
  /** what scripts have to show and this answer shows: a branch of its step, its silence, a wrong answer, a hang-up */
  readonly goals: readonly string[];
}

export interface Node {
  readonly state: ModelState;
  readonly edges: readonly Edge[];
  /** nothing follows the document */
  readonly ends: boolean;
}

export interface Explored {
  /** the first is the start */
  readonly nodes: readonly Node[];
  readonly branches: number;
  /** branches without a goal, because enough others differ from them in values alone */
  readonly branchesLeftOut: number;
}

type Values = ReadonlyMap<string, string>;

/**
 * Walks a flow breadth first with every answer that a caller may give. States that only a lost answer or an effect in
 * doubt leads to come last and set no goals.
 */
export async function exploreFlow(flow: Flow, world: ModelWorld, options: ExploreOptions): Promise<Explored> {
  const { turnsMax = 12, statesPerStepMax = 24, variantsMax = 5 } = options;
  const nodes: { state: ModelState; edges: Edge[]; ends: boolean; values: Values }[] = [];
  const known = new Map<string, number>();
  const expanded = new Map<string, number>();
  const variants = new Map<string, Set<string>>();
  const leftOut = new Set<string>();
  const triedWithFaults = new Set<string>();

  function nodeOf(state: ModelState, values: Values): number {
    const { step, language, visits } = state;
    const key = JSON.stringify([step, language, visits, ...[...values].toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, nodes.length);
    return nodes.push({ state, values, edges: [], ends: verbAt(flow, state) === undefined }) - 1;
  }

  function isChosen({ id, shape }: Branch, spoken: boolean): boolean {
    const key = spoken ? `spoken ${shape}` : shape;
    const chosen = variants.get(key) ?? new Set();
    variants.set(key, chosen);
    if (!chosen.has(id) && chosen.size >= (spoken ? 1 : variantsMax)) {
      leftOut.add(id);
      return false;
    }
    chosen.add(id);
    return true;
  }

  function goalsOf(tried: Tried, { step }: ModelState): string[] {
    const { branch, role, spoken, answer } = tried;
    const goals: string[] = [];
    // to be led somewhere for want of an answer is not the same as to choose it
    const idle = role === "silence" || role === "invalid" ? " for want of an answer" : "";
    if (branch !== undefined && isChosen(branch, answer.kind === "speech")) goals.push(branch.id + idle);
    if (branch === undefined && role !== "hangup") goals.push(`${step}>(end)`);
    if (role !== "answer") goals.push(`${step}:${role}`);
    if (spoken) goals.push(`${step}:speech`);
    const pressed = pressedIn(answer);
    if (pressed !== undefined) goals.push(`${step}:beside the call ${pressed}`);
    return goals;
  }

  async function expand(at: number, setsGoals: boolean): Promise<void> {
    const node = nodes[at];
    if (node === undefined || node.ends || node.state.turn >= turnsMax) return;
    const { state, values, edges } = node;
    const count = expanded.get(state.step) ?? 0;
    if (count >= statesPerStepMax) return;
    expanded.set(state.step, count + 1);
    const ways = new Set<string>();
    for (const tried of await answersAt(flow, world, state)) {
      const { answer, role, taken, branch, to } = tried;
      const goals = setsGoals ? goalsOf(tried, state) : [];
      const way = to === undefined || to === "last-resort" ? String(to) : to.step;
      // one way on of each kind stays even where its branch is left out, so that no state is a dead end
      if (goals.length === 0 && ways.has(way)) continue;
      ways.add(way);
      const next = to === undefined || to === "last-resort" || leavesCaller(taken) ? undefined : to;
      const reached = next && nodeOf(next, new Map([...values, ...(branch?.changes ?? [])]));
      edges.push({ answer, role, branch: branch?.id, to: reached, goals });
    }
  }

  /** Where only a fault leads: what becomes of a lost answer, and of effects in doubt. */
  async function enterByFault(at: number): Promise<void> {
    const node = nodes[at];
    if (node === undefined || node.ends || triedWithFaults.has(node.state.step)) return;
    triedWithFaults.add(node.state.step);
    const { state, values, edges } = node;
    const verb = verbAt(flow, state);
    const visited = new Set(nodes.map(({ state: { step } }) => step));
    const enter = (to: ModelState | "last-resort") => {
      if (to !== "last-resort" && !visited.has(to.step)) nodeOf(to, values);
    };
    if (verb !== undefined) enter((await leave(flow, state, { kind: "lost", verb }, world)).to);
    const doubting: ModelWorld = { ...world, runEffect: () => "doubt", takeEffects: () => world.takeEffects() };
    for (const { answer } of edges) {
      const input = inputIn(inputFor(flow, state, answer));
      if (input !== undefined) enter((await leave(flow, state, input, doubting)).to);
    }
  }

  nodeOf(options.from ?? startState(flow, options.language), new Map());
  for (let at = 0; at < nodes.length; at++) await expand(at, true);
  const branches = new Set([...variants.values()].flatMap((ids) => [...ids]));
  for (let at = 0; at < nodes.length; at++) {
    await enterByFault(at);
    if (nodes[at]?.edges.length === 0) await expand(at, false);
  }
  const without = [...leftOut].filter((id) => !branches.has(id));
  return { nodes, branches: branches.size, branchesLeftOut: without.length };
}
