import { oneOf, randomOf } from "../../../rehearsal/explore/random.ts";
import type { FaultName } from "../../../rehearsal/fault-kinds.ts";
import { breakable, judge, type Outcome, type Outcomes, place } from "./place.ts";
import { faultsOf } from "./troubles.ts";
import type { Rehearsed } from "./worlds.ts";

/** What happens to a webhook, and then to the fallback request that follows. */
export const twice = {
  "502, and for the fallback request 502": ["gateway-502", "gateway-502"],
  "hang, the fallback request is refused": ["hang", "refused"],
  "hang, the fallback request hangs": ["hang", "hang"],
  "answer lost, the fallback's answer lost": ["answer-lost", "answer-lost"],
} as const satisfies Readonly<Record<string, readonly [FaultName<"request">, FaultName<"fallback">]>>;

export type Twice = keyof typeof twice;

const cases = Object.entries(twice) as [Twice, (typeof twice)[Twice]][];

/** Breaks every webhook in turn, and the first attempt of its fallback request, where Twilio makes one. */
export async function everyFallbackToo(flows: readonly Rehearsed[]): Promise<Outcomes<Twice>> {
  const outcomes = new Map<Twice, Outcome[]>(cases.map(([what]) => [what, []]));
  for (const rehearsed of flows) {
    for (const script of rehearsed.scripts) {
      const usual = await place(rehearsed, script, new Map());
      for (const [what, [first, second]] of cases) {
        for (const { at } of breakable(usual, 0, ["request"])) {
          const chosen = new Map<number, string>([[at, first]]);
          const once = await place(rehearsed, script, chosen);
          const [next] = breakable(once, at + 1, ["fallback"]);
          if (next !== undefined) chosen.set(next.at, second);
          const call = next === undefined ? once : await place(rehearsed, script, chosen);
          outcomes.get(what)?.push(await judge(rehearsed, usual, call));
        }
      }
    }
  }
  return outcomes;
}

/** Two faults of any kinds, at two operations of a call that are drawn from the seed. */
export async function randomPairs(
  flows: readonly Rehearsed[],
  seed: number,
  count: number,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let index = 0; index < count; index += 1) {
    const random = randomOf(seed, index);
    const rehearsed = oneOf(random, flows);
    const script = oneOf(random, rehearsed.scripts);
    const usual = await place(rehearsed, script, new Map());
    const chosen = new Map<number, string>();
    let call = usual;
    let from = 0;
    for (let faults = 0; faults < 2; faults += 1) {
      const points = breakable(call, from);
      if (points.length === 0) break;
      const { at, kind } = oneOf(random, points);
      chosen.set(at, oneOf(random, faultsOf(kind)).fault);
      call = await place(rehearsed, script, chosen);
      from = at + 1;
    }
    outcomes.push(await judge(rehearsed, usual, call));
  }
  return outcomes;
}
