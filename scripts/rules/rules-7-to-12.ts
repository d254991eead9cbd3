import type { Rule } from "./mutation.ts";

const memory = "core/stores/memory.ts";
const once = "core/once.ts";
const resume = "core/resume.ts";
const turn = "core/turn.ts";
const urls = "core/action-url.ts";

const commitFence = "if (row.checkpoint !== undefined && isAhead(row.checkpoint, commit.from)) return refused(row);";
const replayRow =
  "if (known !== undefined && stored !== undefined && isAhead(stored, known)) return replayOf(stored, plain);";

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
            find: "if (known === undefined && begins) {",
            replace: "if (known === undefined) {",
          },
        ],
      },
      {
        without: "without a seal the verb is not looked up: what was dialled is dialled again",
        replacements: [
          {
            file: resume,
            find: "sealed === undefined ? failure.asks(base) :",
            replace: "sealed === undefined ? undefined :",
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
            find: 'known({ kind, leg: "primary", flow: voice[1], ...marked(voice[2]) })',
            replace:
              'known({ kind: query.get("c") ? "action" : kind, leg: "primary", flow: voice[1], ...marked(query.get("c")) })',
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
            find: 'return give(webhook, { ...next, unsure: true }, "resumed", commit.kind);',
            replace: 'return give(webhook, next, "resumed", commit.kind);',
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
          {
            file: "core/move.ts",
            find: "if (done.length > 0) await table.note({ effects: new Map(done) });",
            replace: "",
          },
        ],
      },
      {
        without: "a late result needs what is left of the webhook's time",
        replacements: [
          {
            file: "core/table.ts",
            find: "note: (facts) => store.note(key, facts, { nowMs: clock.nowMs(), withinMs: budgetMs }),",
            replace: "note: (facts) => timed((timing) => store.note(key, facts, timing)),",
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
        replacements: [
          {
            file: urls,
            find: '  rc: limits.fallbackRetries,\n  rp: "all",\n',
            replace: "  rc: limits.fallbackRetries,\n",
          },
        ],
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
