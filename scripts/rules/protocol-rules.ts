import type { Rule } from "./mutation.ts";

const checkpoint = "core/checkpoint.ts";
const memory = "core/stores/memory.ts";
const once = "core/once.ts";
const resume = "core/resume.ts";
const turn = "core/turn.ts";
const urls = "core/action-url.ts";

/** The fence stands in both writes of the memory table; what is behind `isAhead` tells which. */
const claimFence = "if (row.checkpoint !== undefined && isAhead(row.checkpoint, claim.from)) return refused(row);";
const commitFence = "if (row.checkpoint !== undefined && isAhead(row.checkpoint, commit.from)) return refused(row);";
const replayRow =
  "if (known !== undefined && stored !== undefined && isAhead(stored, known)) return replayOf(stored, plain);";

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
            find: "rung: stepDown(base.rung), from };",
            replace: "attempt: base.attempt + 1, rung: stepDown(base.rung), from };",
          },
        ],
      },
      {
        without: "a failed file moves the call to the fallback leg",
        replacements: [
          {
            file: resume,
            find: "rung: stepDown(base.rung), from };",
            replace: "away: awayAfter(base), rung: stepDown(base.rung), from };",
          },
        ],
      },
      {
        without: "the second delivery of one failure steps down again",
        replacements: [
          {
            file: resume,
            find: 'if (stored?.turn === base.turn && stored.rung > base.rung) return { kind: "replay", winner: stored, plain };',
            replace: "",
          },
        ],
      },
    ],
  },
];

/** The other six. */
export const rules7to12: readonly Rule[] = [
  {
    name: "7 no sealed checkpoint",
    test: "test/rules/rule-07-no-seal.test.ts",
    mutations: [
      {
        without: "the flow starts whatever URL failed",
        replacements: [
          {
            file: resume,
            find: 'if (known === undefined && url?.kind === "voice") {',
            replace: "if (known === undefined) {",
          },
        ],
      },
      {
        without: "input is taken for the table's position",
        replacements: [
          {
            file: turn,
            find: "input: sealed === undefined ? undefined : inputOf(sealed, request),",
            replace: 'input: sealed === undefined ? toInput("gather", request.params) : inputOf(sealed, request),',
          },
          { file: resume, find: "const verb = sealed?.verb;", replace: 'const verb = sealed?.verb ?? "gather";' },
        ],
      },
      {
        without: "the primary carries the sealed checkpoint in the query",
        replacements: [
          {
            file: urls,
            // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
            find: "`${primary}/voice/${flow}/${sealed}${webhookOverrides}`",
            // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
            replace: "`${primary}/voice/${flow}?c=${sealed}${webhookOverrides}`",
          },
          {
            file: urls,
            find: 'known({ kind: voice[2] ? "action" : "voice", leg: "primary", flow: voice[1], sealed: voice[2] });',
            replace:
              'known({ kind: query.get("c") ? "action" : "voice", leg: "primary", flow: voice[1], sealed: query.get("c") ?? undefined });',
          },
        ],
      },
    ],
  },
  {
    name: "8 keys and arguments",
    test: "test/rules/rule-08-keys.test.ts",
    mutations: [
      {
        without: "the service gives the old result for other arguments",
        replacements: [
          {
            file: "scripts/stack/effects.ts",
            find: "if (same) return { status: 200",
            replace: "return { status: 200",
          },
        ],
      },
      {
        without: "a refused key is a failure, not a doubt",
        replacements: [
          { file: once, find: "if (giveUp || error instanceof KeyRefusedError || leg", replace: "if (giveUp || leg" },
        ],
      },
      {
        without: "flows do not tell a refused key from a failure",
        replacements: [
          { file: "flows/service.ts", find: "if (answer.status === 409) throw", replace: "if (false) throw" },
        ],
      },
    ],
  },
  {
    name: "9 unclaimed effects",
    test: "test/rules/rule-09-unclaimed.test.ts",
    mutations: [
      {
        without: "the primary runs an effect that it could not claim",
        replacements: [
          {
            file: once,
            find: 'return leg === "primary" ? leave({ kind: "unclaimed", reason: claim.reason }) : "unavailable";',
            replace: 'return "unavailable";',
          },
        ],
      },
      {
        without: "the fallback does not go on unclaimed",
        replacements: [{ file: once, find: 'return leg === "primary" ? leave({', replace: "return true ? leave({" }],
      },
      {
        without: "the fallback runs an unclaimed effect that gives up in doubt",
        replacements: [{ file: once, find: 'if (claim === "unavailable" && giveUp) return doubt();', replace: "" }],
      },
    ],
  },
  {
    name: "10 unsure",
    test: "test/rules/rule-10-unsure.test.ts",
    mutations: [
      {
        without: "a table that could not be read leaves no mark",
        replacements: [
          {
            file: turn,
            find: "const next = askedAgain(base, { unsure: unreadable, plain });",
            replace: "const next = askedAgain(base, { unsure: false, plain });",
          },
        ],
      },
      {
        without: "a table that could not be written leaves no mark",
        replacements: [
          {
            file: turn,
            find: 'return give(hook, { ...next, unsure: true }, "resumed", commit.kind);',
            replace: 'return give(hook, next, "resumed", commit.kind);',
          },
        ],
      },
      {
        without: "the next time it is asked the mark is gone",
        replacements: [{ file: resume, find: "unsure: unsure || options.unsure,", replace: "unsure: options.unsure," }],
      },
      {
        without: "a step with its own way for a lost answer is not told",
        replacements: [
          {
            file: turn,
            find: "const unsure = base.unsure || unreadable;",
            replace: "const unsure = base.unsure;",
          },
        ],
      },
    ],
  },
  {
    name: "11 late results",
    test: "test/rules/rule-11-late-results.test.ts",
    mutations: [
      {
        without: "a commit that is fenced out takes its result with it",
        replacements: [
          { file: turn, find: "if (done.length > 0) await table.note({ effects: new Map(done) });", replace: "" },
        ],
      },
      {
        without: "a late result needs what is left of the webhook's time",
        replacements: [
          {
            file: "core/table.ts",
            find: "note: (facts) => store.note(callSid, facts, { nowMs: clock.nowMs(), withinMs: budgetMs }),",
            replace: "note: (facts) => timed((timing) => store.note(callSid, facts, timing)),",
          },
        ],
      },
    ],
  },
  {
    name: "12 the fallback is retried",
    test: "test/rules/rule-12-fallback-retried.test.ts",
    mutations: [
      {
        without: "Twilio retries the fallback for connection failures only",
        replacements: [{ file: urls, find: '  rp: "all",\n', replace: "" }],
      },
      {
        without: "Twilio does not retry the fallback",
        replacements: [{ file: urls, find: "rc: limits.fallbackRetries,", replace: "rc: 0," }],
      },
      {
        without: "a repeated fallback request asks again instead of replaying",
        replacements: [{ file: resume, find: replayRow, replace: "" }],
      },
      {
        without: "the table takes a commit from any position",
        replacements: [{ file: memory, find: commitFence, replace: "" }],
      },
      {
        without: "a repeated fallback request moves the call twice",
        replacements: [
          { file: resume, find: replayRow, replace: "" },
          { file: memory, find: commitFence, replace: "" },
        ],
      },
    ],
  },
];

export const protocolRules = [...rules1to6, ...rules7to12];
