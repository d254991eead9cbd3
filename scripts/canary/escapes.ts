import type { Canary } from "./canary.ts";

const resume = "core/resume.ts";

/** A broken core that the search does not complain of, and why it does not. */
export interface Escape extends Canary {
  readonly because: string;
}

/**
 * What the rehearsal cannot see yet. They are not flown with the others; `--only` flies one, and whoever mends the rehearsal moves
 * it to the canaries.
 */
export const escapes: readonly Escape[] = [
  {
    name: "replays-cost-nothing",
    does: "a replayed answer spends no resume",
    because: "only a flow that leaves by a redirect and comes back can replay without end; none of these does",
    flows: ["appointment", "four"],
    replacements: [
      {
        file: resume,
        find: "resumes: Math.max(c.resumes, (sealed?.resumes ?? 0) + 1), plain };",
        replace: "resumes: c.resumes, plain };",
      },
    ],
  },
  {
    name: "paths-not-crossed",
    does: "the status callback goes to the same leg as the action URL",
    because:
      "the oracle asks the table itself whether an outcome is known, so a table that was never told excuses the flow",
    flows: ["outcomes", "front-desk"],
    replacements: [
      {
        file: "core/document.ts",
        find: 'const other = c.away > 0 ? "primary" : "fallback";',
        replace: 'const other = c.away > 0 ? "fallback" : "primary";',
      },
    ],
  },
  {
    name: "late-results-dropped",
    does: "a commit that is fenced out takes its effect's result with it",
    because: "a result that comes behind the winner matters to whoever takes that turn a third time: three faults",
    flows: ["charge"],
    begins: { faults: 2, dialect: "default", script: "3,3,0" },
    replacements: [
      { file: "core/move.ts", find: "if (done.length > 0) await table.note({ effects: new Map(done) });", replace: "" },
    ],
  },
  {
    name: "ahead-not-looked-for",
    does: "the fallback takes no notice of a table that is ahead",
    because:
      "the fence of its commit tells it the same; where that write fails too, the answer is marked as unsure, which excuses it",
    flows: ["appointment"],
    begins: { faults: 2, dialect: "default", script: "1,1", share: { of: 20, index: 9 } },
    replacements: [
      {
        file: resume,
        find: "if (known !== undefined && stored !== undefined && isAhead(stored, known)) return replayOf(stored, plain);",
        replace: "",
      },
    ],
  },
];
