import fc from "fast-check";
import { expect, test } from "vitest";
import { defineFlow, type Flow, gather, goTo, hangup, menu, say } from "../../../core/index.ts";
import { deriveScripts } from "../../../rehearsal/model/derive-scripts.ts";
import { exploreFlow } from "../../../rehearsal/model/explore-flow.ts";
import { outside } from "./outside.ts";

const { world } = outside();
const stepsMax = 6;
const keys = ["1", "2", "3", "*"] as const;

/** For each step the steps that its keys lead to, and where it leads when the tries are spent; the last ends the call. */
type Graph = readonly { readonly choices: readonly number[]; readonly otherwise: number; readonly tries: number }[];

const graph: fc.Arbitrary<Graph> = fc.array(
  fc.record({
    choices: fc.array(fc.nat(stepsMax), { maxLength: keys.length }),
    otherwise: fc.nat(stepsMax),
    tries: fc.integer({ min: 1, max: 2 }),
  }),
  { minLength: 1, maxLength: stepsMax },
);

const nameOf = (graph: Graph, step: number) => (step < graph.length ? `s${step}` : "end");

function flowOf(graph: Graph): Flow {
  const steps = graph.map(({ choices, otherwise, tries }, at) => {
    const ways = choices.map((to, k) => [keys[k], nameOf(graph, to)]);
    const options = {
      ask: () => [say("?")],
      choices: Object.fromEntries(ways),
      otherwise: nameOf(graph, otherwise),
      tries,
    };
    return [`s${at}`, menu<string, Record<never, never>>(`s${at}`, options)] as const;
  });
  return defineFlow<string, Record<never, never>>({
    name: "random",
    start: "s0",
    steps: { ...Object.fromEntries(steps), end: { prompt: () => [hangup()] } },
    lastResort: () => [hangup()],
  });
}

function reachable(graph: Graph): Set<string> {
  const found = new Set(["s0"]);
  const next = [0];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    const { choices = [], otherwise = graph.length } = graph[at] ?? {};
    for (const to of at < graph.length ? [...choices, otherwise] : []) {
      if (!found.has(nameOf(graph, to))) next.push(to);
      found.add(nameOf(graph, to));
    }
  }
  return found;
}

test("in any flow of menus each step that can be reached is asked in silence, with a hang-up and with each key", async () => {
  await fc.assert(
    fc.asyncProperty(graph, async (graph) => {
      // a step may be as far away as all tries of all steps before it
      const { scripts, missed } = await deriveScripts(flowOf(graph), world(), { turnsMax: 2 * stepsMax + 4 });
      expect(missed).toBe(0);
      const answers = scripts.flatMap((script) => script.answers);
      const given = (step: string) =>
        new Set(
          answers
            .filter((one) => one.step === step)
            .map(({ answer }) => (answer.kind === "digits" ? answer.digits : answer.kind)),
        );
      for (const step of reachable(graph)) {
        if (step === "end") continue;
        expect(given(step)).toContain("silence");
        expect(given(step)).toContain("hangup");
        const { choices = [], otherwise = 0, tries = 1 } = graph[Number(step.slice(1))] ?? {};
        const names = choices.map((to) => nameOf(graph, to));
        for (const to of new Set(names)) {
          // a key that leads where a wrong one leads too is not told apart from it
          if (to === step || (tries === 1 && to === nameOf(graph, otherwise))) continue;
          const same = keys.filter((_, k) => names[k] === to);
          expect(
            same.some((key) => given(step).has(key)),
            `${step} to ${to}`,
          ).toBe(true);
        }
      }
    }),
    { numRuns: 100, seed: 7 },
  );
}, 20_000);

test("a flow that counts without end is bounded", async () => {
  const flow = defineFlow<"ask" | "end", { readonly count: number }>({
    name: "counts",
    start: "ask",
    data: { count: 0 },
    steps: {
      ask: {
        prompt: () => [gather({ input: "dtmf speech" }, say("?"))],
        next: ({ input, data: { count } }) =>
          input.kind === "digits" && input.digits.length > 30 ? goTo("end") : goTo("ask", { count: count + 1 }),
      },
      end: { prompt: () => [hangup()] },
    },
    lastResort: () => [hangup()],
  });
  const { scripts, branchesLeftOut } = await deriveScripts(flow, world());
  expect(scripts.length).toBeLessThanOrEqual(15);
  expect(branchesLeftOut).toBeGreaterThan(0);
  const left = async (statesPerStepMax: number, turnsMax: number) => {
    const { nodes } = await exploreFlow(flow, world(), { language: "en", statesPerStepMax, turnsMax });
    return nodes.filter(({ edges }) => edges.length > 0).length;
  };
  expect([await left(3, 12), await left(24, 4)]).toEqual([3, 3]);
});
