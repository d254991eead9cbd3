import { breakable, judge, type Outcome, type Outcomes, place } from "./place.ts";
import { faultsOf, type Trouble } from "./troubles.ts";
import type { Rehearsed } from "./worlds.ts";

/** Places each call with every fault at every operation: one fault in a call. */
export async function everySingleFault(flows: readonly Rehearsed[]): Promise<Outcomes<Trouble>> {
  const outcomes = new Map<Trouble, Outcome[]>();
  for (const rehearsed of flows) {
    for (const script of rehearsed.scripts) {
      const usual = await place(rehearsed, script, new Map());
      for (const { at, kind } of breakable(usual)) {
        for (const { fault, trouble } of faultsOf(kind)) {
          const call = await place(rehearsed, script, new Map([[at, fault]]));
          const list = outcomes.get(trouble) ?? [];
          list.push(await judge(rehearsed, usual, call));
          outcomes.set(trouble, list);
        }
      }
    }
  }
  return outcomes;
}
