import { defineFlow, type Flow, goTo, hangup, say } from "../../core/index.ts";
import { limits } from "../../core/limits.ts";
import { flows as shipped } from "../../flows/index.ts";
import { careless } from "./careless.ts";

/** As many as one call may have: the answer to the voice webhook, and those to 199 action URLs. */
export const manyTurns = limits.turnsMax;

interface Data {
  readonly count: number;
}

/** Counts for the caller, one number a turn, and asks nothing: the longest call that there can be. */
const counting = defineFlow<"count" | "end", Data>({
  name: "counting",
  start: "count",
  data: { count: 1 },
  steps: {
    count: {
      prompt: ({ count }) => [say(String(count))],
      next: ({ data: { count } }) => (count < manyTurns - 1 ? goTo("count", { count: count + 1 }) : goTo("end")),
    },
    end: { prompt: () => [say("That was all."), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});

/** The shipped flows, and those of the tests: built into both legs in place of `flows/index.ts`. */
export const flows: readonly Flow[] = [...shipped, counting, careless];
