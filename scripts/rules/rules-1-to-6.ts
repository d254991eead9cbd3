import type { Rule } from "./mutation.ts";

const checkpoint = "core/checkpoint.ts";
const memory = "core/stores/memory.ts";
const once = "core/once.ts";
const resume = "core/resume.ts";
const turn = "core/turn.ts";

const claimFence = "if (row.checkpoint !== undefined && isAhead(row.checkpoint, claim.from)) return refused(row);";

/** The first six rules of the protocol, and how the source could lose each. */
export const rules1to6: readonly Rule[] = [
  {
    name: "1 epoch",
    test: "test/rules/rule-01-epoch.test.ts",
    mutations: [
      {
        without: "who is ahead is decided by turn and attempt alone",
        replacements: [
          {
            file: checkpoint,
            find: "return (a.turn > b.turn || (a.turn === b.turn && a.attempt > b.attempt)) && a.resumes >= b.resumes;",
            replace: "return a.turn > b.turn || (a.turn === b.turn && a.attempt > b.attempt);",
          },
        ],
      },
    ],
  },
  {
    name: "2 claims are fenced",
    test: "test/rules/rule-02-claims-fenced.test.ts",
    mutations: [
      {
        without: "the table takes a claim at any position",
        replacements: [{ file: memory, find: claimFence, replace: "" }],
      },
      {
        without: "a claim that was fenced out runs the effect",
        replacements: [
          {
            file: once,
            find: 'if (item.checkpoint !== undefined && isAhead(item.checkpoint, base)) return leave({ kind: "fenced", item });',
            replace: "",
          },
        ],
      },
    ],
  },
  {
    name: "3 claims pin the answer",
    test: "test/rules/rule-03-pins.test.ts",
    mutations: [
      {
        without: "a claim stores no pin",
        replacements: [
          {
            file: memory,
            find: "const pins = new Map([...row.pins, [claim.from.turn, pin ?? claim.pin]]);",
            replace: "const pins = row.pins;",
          },
        ],
      },
      {
        without: "a resume takes no notice of pins",
        replacements: [{ file: resume, find: "if (failure.pinnedTurns?.has(base.turn)) {", replace: "if (false) {" }],
      },
      {
        without: "a commit goes past another answer's pin",
        replacements: [
          {
            file: memory,
            find: 'if (commit.pin !== "any" && pin !== undefined && pin.token !== commit.pin.token) return refused(row);',
            replace: "",
          },
        ],
      },
      {
        without: "a claim goes past another answer's pin",
        replacements: [
          {
            file: memory,
            find: "if (pin !== undefined && pin.token !== claim.pin.token) return refused(row);",
            replace: "",
          },
        ],
      },
      {
        without: "a pinned turn keeps the answer that came later",
        replacements: [
          {
            file: turn,
            find: "return { ...work, input, pinned: true, known: item };",
            replace: "return { ...work, pinned: true, known: item };",
          },
        ],
      },
    ],
  },
  {
    name: "4 tie and adoption",
    test: "test/rules/rule-04-tie-and-adoption.test.ts",
    mutations: [
      {
        without: "at a tie the table wins",
        replacements: [
          {
            file: resume,
            find: "const found = known ?? stored;",
            replace: "const found = stored?.turn === known?.turn ? stored : known;",
          },
        ],
      },
      {
        without: "adoption keeps the winner's resumes",
        replacements: [
          {
            file: resume,
            find: "return { ...winner, resumes: Math.max(winner.resumes, sealed?.resumes ?? 0) };",
            replace: "return winner;",
          },
        ],
      },
      {
        without: "a turn that is taken keeps the sealed resumes",
        replacements: [
          {
            file: resume,
            find: "resumes: Math.max(found.resumes, stored?.resumes ?? 0) };",
            replace: "resumes: found.resumes };",
          },
        ],
      },
    ],
  },
  {
    name: "5 replays spend",
    test: "test/rules/rule-05-replays-spend.test.ts",
    mutations: [
      {
        without: "a call that left the flow and came back is given its document for nothing",
        replacements: [
          {
            file: resume,
            find: "return stored.turn === 1 && stored.attempt === 0 && (flow === undefined || flow === stored.flow) && !leaves;",
            replace: "return stored.turn === 1 || flow === stored.flow || !leaves;",
          },
        ],
      },
      {
        without: "a replayed answer spends nothing",
        replacements: [
          {
            file: resume,
            find: "resumes: Math.max(c.resumes, (sealed?.resumes ?? 0) + 1), plain };",
            replace: "resumes: c.resumes, plain };",
          },
        ],
      },
      {
        without: "a replay asks for no budget",
        replacements: [
          {
            file: resume,
            find: "return resumesSpent(again) > limits.resumesMax ? undefined : again;",
            replace: "return again;",
          },
        ],
      },
    ],
  },
  {
    name: "6 media",
    test: "test/rules/rule-06-media.test.ts",
    mutations: [
      {
        without: "the rung is forgotten with the next step",
        replacements: [
          {
            file: "core/work.ts",
            find: "resumes: base.resumes + (resumed ? 1 : 0), from: 0, plain };",
            replace: "resumes: base.resumes + (resumed ? 1 : 0), from: 0, rung: 0, plain };",
          },
        ],
      },
      {
        without: "a failed file spends a resume",
        replacements: [{ file: resume, find: "return c.resumes - c.rung;", replace: "return c.resumes;" }],
      },
      {
        without: "a failed file spends an attempt",
        replacements: [
          {
            file: resume,
            find: "resumes: base.resumes + rung - base.rung, rung, from };",
            replace: "attempt: base.attempt + 1, resumes: base.resumes + rung - base.rung, rung, from };",
          },
        ],
      },
      {
        without: "a failed file moves the call to the fallback leg",
        replacements: [
          {
            file: resume,
            find: "resumes: base.resumes + rung - base.rung, rung, from };",
            replace: "away: awayAfter(base), resumes: base.resumes + rung - base.rung, rung, from };",
          },
        ],
      },
      {
        without: "a step of two rungs wins a resume back",
        replacements: [
          {
            file: resume,
            find: "resumes: base.resumes + rung - base.rung, rung, from };",
            replace: "resumes: base.resumes + 1, rung, from };",
          },
        ],
      },
      {
        without: "a call away from its primary asks the primary's media host",
        replacements: [
          {
            file: "core/checkpoint.ts",
            find: 'return leg === "fallback" && c.rung === 0 ? 1 : c.rung;',
            replace: "return c.rung;",
          },
        ],
      },
      {
        without: "the second delivery of one failure steps down again",
        replacements: [
          {
            file: resume,
            find: "if (stored?.turn === base.turn && stored.rung > base.rung)",
            replace: "if (false)",
          },
        ],
      },
      {
        without: "the second delivery of one failure moves the call to the fallback leg",
        replacements: [
          {
            file: resume,
            find: "winner: stored, plain, spends: false };",
            replace: "winner: stored, plain, spends: true };",
          },
        ],
      },
    ],
  },
];
