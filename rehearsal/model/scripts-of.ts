import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import type { CallerStep } from "../caller-script.ts";
import { answerAt } from "./caller-answer.ts";
import { type Taken, type WayToEnd, waysToEnd } from "./cover.ts";
import type { Script, ScriptedAnswer } from "./derive-scripts.ts";
import type { Edge, Explored, Node } from "./explore-flow.ts";
import { formatScript } from "./format-script.ts";

/** The scripts of callers who walk like this. */
export function scriptsOf(
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
