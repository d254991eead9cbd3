import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import type { CallerStep } from "../caller-script.ts";
import { coverGoals, type Taken } from "./cover.ts";
import { type EarlierCall, scriptsAfterEarlier } from "./earlier-calls.ts";
import { type Explored, exploreFlow } from "./explore-flow.ts";
import type { ModelWorld } from "./flow-model.ts";
import { scriptsOf } from "./scripts-of.ts";

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
  /** what the same caller did before: without faults, over when this call begins */
  readonly earlier?: EarlierCall;
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
  if (flow.redial !== undefined) {
    scripts.push(...(await scriptsAfterEarlier(flow, world, own.explored, scripts, { ...bounds, variantsMax })));
  }
  for (const language of new Set(languages)) {
    if (language === flow.language) continue;
    const { explored, walks } = await inLanguage(language);
    scripts.push(...scriptsOf(flow, explored, longest(explored, walks), language));
  }
  const { branches, branchesLeftOut } = own.explored;
  return { scripts, branches, branchesLeftOut, missed: own.missed };
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
