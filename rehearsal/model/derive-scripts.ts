import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import type { CallerStep } from "../caller-script.ts";
import { answerAt } from "./caller-answer.ts";
import { coverGoals, type Taken, type WayToEnd, waysToEnd } from "./cover.ts";
import { type Edge, type Explored, exploreFlow, type Node } from "./explore-flow.ts";
import type { ModelWorld } from "./flow-model.ts";
import { formatScript } from "./format-script.ts";

export interface ScriptedAnswer {
  readonly step: string;
  readonly answer: CallerStep;
  /** what a caller with a change of mind does when asked again: leads elsewhere if anything does */
  readonly other: CallerStep;
}

export interface Script {
  /** the answers in the syntax of `parseScript`, one for each question */
  readonly id: string;
  readonly language: Language;
  /** `answers[k]` is given at the document of turn k+1; silence where that asks nothing */
  readonly answers: readonly ScriptedAnswer[];
  /** an answer that makes progress, for every step: also those that only a lost answer leads to */
  readonly otherwise: ReadonlyMap<string, CallerStep>;
}

export interface DeriveOptions {
  /** for each of these that is not the flow's own, one script: a long one without idle answers */
  readonly languages?: readonly Language[];
  /** default 60 */
  readonly scriptsMax?: number;
  /** documents of one call; default 12 */
  readonly turnsMax?: number;
  /** of branches that differ in values alone; default 5 */
  readonly variantsMax?: number;
}

export interface Derived {
  readonly scripts: readonly Script[];
  /** that scripts take */
  readonly branches: number;
  /** not among them: enough others differ from these in values alone */
  readonly branchesLeftOut: number;
  /** branches, silences, wrong answers and hang-ups that did not fit into the bounds */
  readonly missed: number;
}

/**
 * Scripts from the flow itself: together they take every branch of every step, and at every step silence, a wrong answer
 * and a hang-up, and reach every ending that no fault is needed for.
 */
export async function deriveScripts(flow: Flow, world: ModelWorld, options: DeriveOptions = {}): Promise<Derived> {
  const { languages = [], scriptsMax = 60, turnsMax = 12, variantsMax = 5 } = options;
  const bounds = { scriptsMax, turnsMax };
  const inLanguage = async (language: Language) => {
    const explored = await exploreFlow(flow, world, { language, turnsMax, variantsMax });
    const { walks, missed } = coverGoals(explored, bounds);
    return { explored, missed, walks: walks.toSorted(plainFirst), language };
  };
  const own = await inLanguage(flow.language);
  const scripts = scriptsOf(flow, own.explored, own.walks, own.language);
  for (const language of new Set(languages)) {
    if (language === flow.language) continue;
    const { explored, walks } = await inLanguage(language);
    scripts.push(...scriptsOf(flow, explored, longest(explored, walks), language));
  }
  const { branches, branchesLeftOut } = own.explored;
  return { scripts, branches, branchesLeftOut, missed: own.missed };
}

function scriptsOf(
  flow: Flow,
  { nodes }: Explored,
  walks: readonly (readonly Taken[])[],
  language: Language,
): Script[] {
  const ways = waysToEnd(nodes);
  const otherwise = otherwiseOf(flow, nodes, ways);
  // a flow that asks nobody anything is a call all the same
  if (walks.length === 0) return [{ id: "silence", language, answers: [], otherwise }];
  return walks.map((walk) => {
    const answers = walk.flatMap(({ at, edge }): ScriptedAnswer[] => {
      const node = nodes[at];
      if (node === undefined) return [];
      return [{ step: node.state.step, answer: edge.answer, other: otherAnswer(node, edge, ways) }];
    });
    const asked = walk.flatMap(({ at, edge: { answer } }) => {
      const state = nodes[at]?.state;
      const { questions } = state === undefined ? { questions: 0 } : answerAt(flow, state, answer);
      return Array.from({ length: questions }, () => answer);
    });
    return { id: formatScript(asked), language, answers, otherwise };
  });
}

/** Another branch, and one that makes progress if there is one; the same answer where all lead to the same place. */
function otherAnswer({ edges }: Node, taken: Edge, ways: readonly (WayToEnd | undefined)[]): CallerStep {
  const rank = (edge: Edge) => (edge.role === "answer" ? 0 : 1_000_000) + restOf(edge, ways);
  const [best] = edges
    .filter((edge) => edge.role !== "hangup" && (edge.branch !== taken.branch || taken.role === "hangup"))
    .toSorted((a, b) => rank(a) - rank(b));
  return best?.answer ?? taken.answer;
}

function restOf({ to }: Edge, ways: readonly (WayToEnd | undefined)[]): number {
  return to === undefined ? 0 : (ways[to]?.cost ?? 100_000);
}

/** For each step the answer that is nearest to an end where that step is first met. */
function otherwiseOf(
  flow: Flow,
  nodes: readonly Node[],
  ways: readonly (WayToEnd | undefined)[],
): ReadonlyMap<string, CallerStep> {
  const silent: CallerStep = { kind: "silence" };
  const answers = new Map<string, CallerStep>([...flow.steps.keys()].map((step) => [step, silent]));
  const seen = new Set<string>();
  for (const [at, { state, ends }] of nodes.entries()) {
    const answer = ways[at]?.edge?.answer;
    if (seen.has(state.step) || (answer === undefined && !ends)) continue;
    seen.add(state.step);
    answers.set(state.step, answer ?? silent);
  }
  return answers;
}

/** Scripts with nothing idle in them come first, short ones before long ones. */
function plainFirst(one: readonly Taken[], other: readonly Taken[]): number {
  return idle(one) - idle(other) || one.length - other.length;
}

function idle(walk: readonly Taken[]): number {
  return walk.filter(({ edge }) => edge.role !== "answer").length;
}

/** The walk that meets most steps, of these the one with the fewest idle answers. */
function longest({ nodes }: Explored, walks: readonly (readonly Taken[])[]): (readonly Taken[])[] {
  const steps = (walk: readonly Taken[]) =>
    new Set(walk.flatMap(({ at, edge: { to } }) => [at, to ?? at].map((k) => nodes[k]?.state.step))).size;
  return walks.toSorted((one, other) => steps(other) - steps(one) || idle(one) - idle(other)).slice(0, 1);
}
