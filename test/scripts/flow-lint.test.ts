import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { defineFlow, type FlowDefinition, goTo } from "../../core/flow.ts";
import { menu } from "../../core/menu.ts";
import { dial, gather, hangup, number, playMedia, record, say, whisper } from "../../core/verb-builders.ts";
import type { Media, Text, Verb } from "../../core/verbs.ts";
import type { Finding, RuleName } from "../../scripts/flow/finding.ts";
import { findingLine, ruleNames } from "../../scripts/flow/finding.ts";
import { lintFlow } from "../../scripts/flow/lint.ts";
import { flows as known } from "../../scripts/rehearse/known-flows.ts";

type Data = Readonly<Record<string, unknown>>;
type Definition = FlowDefinition<string, Data>;
type Steps = Definition["steps"];

const bye = { prompt: () => [say({ en: "Goodbye.", ja: "失礼いたします。" }), hangup()] };
const sorry = say({ en: "We are sorry.", ja: "申し訳ございません。" });
const question = say({ en: "Press 1.", ja: "1を押してください。" });
const ask = gather({ numDigits: 1 }, question);

const flowOf = (steps: Steps, more: Partial<Definition> = {}) =>
  defineFlow<string, Data>({ name: "desk", start: "ask", lastResort: () => [sorry, hangup()], ...more, steps });

const lint = (steps: Steps, more: Partial<Definition> = {}) => lintFlow(flowOf(steps, more));
const told = (findings: readonly Finding[]) => findings.map(findingLine);

afterEach(() => {
  counter = 0;
});
let counter = 0;

/** A step that asks for one key and leads on, whatever comes. */
const onTo = (step: string) => ({ prompt: () => [ask], next: () => goTo(step) });
const media = (text: Partial<Record<"en" | "ja", string>>): Media =>
  Object.fromEntries(Object.entries(text).map(([one, words]) => [one, { file: `${one}/a.mp3`, text: words }])) as never;

/** A flow cannot be defined with a document that is wrong before any call: this one is only met in a call. */
const later = (bad: Verb, good: Verb): Steps => ({
  ask: { prompt: () => [ask], next: () => goTo("bye", { led: true }) },
  bye: { prompt: ({ led }) => [led ? bad : good, hangup()] },
});
const whispering = (text: Text) => number("+15005550006", { whisper: whisper([say(text)]) });

interface Case {
  readonly rule: RuleName;
  readonly level: Finding["level"];
  readonly says: string;
  readonly bad: Steps;
  readonly good: Steps;
}

const cases: readonly Case[] = [
  {
    rule: "unreachable",
    level: "error",
    says: "desk/island: unreachable: no answer leads here",
    bad: { ask: onTo("bye"), island: onTo("bye"), bye },
    good: { ask: { ...onTo("bye"), inDoubt: "island" }, island: onTo("bye"), bye },
  },
  {
    rule: "unreachable",
    level: "warning",
    says: "desk/inside: unreachable: no answer leads here that was found (step 'ask' takes more than one key)",
    bad: {
      ask: {
        prompt: () => [gather({ numDigits: 6 }, question)],
        next: ({ input }) => goTo(input.kind === "digits" && input.digits === "471108" ? "inside" : "bye"),
      },
      inside: bye,
      bye,
    },
    good: {
      ask: {
        prompt: () => [gather({ numDigits: 6 }, question)],
        next: ({ input }) => goTo(input.kind === "digits" && input.digits.length === 6 ? "inside" : "bye"),
      },
      inside: bye,
      bye,
    },
  },
  {
    rule: "no-way-out",
    level: "error",
    says: "desk/trap: no-way-out: no answer leads away from it",
    bad: {
      ask: { prompt: () => [ask], next: ({ input }) => goTo(input.kind === "digits" ? "trap" : "bye") },
      trap: onTo("trap"),
      bye,
    },
    good: {
      ask: { prompt: () => [ask], next: ({ input }) => goTo(input.kind === "digits" ? "trap" : "bye") },
      trap: menu("trap", { ask: () => [question], choices: {}, otherwise: "bye" }),
      bye,
    },
  },
  {
    rule: "endless",
    level: "error",
    says: "desk/ask: endless: a caller who is silent is asked again for ever",
    bad: { ask: { prompt: () => [ask], next: ({ input }) => goTo(input.kind === "digits" ? "bye" : "ask") }, bye },
    good: {
      ask: {
        prompt: () => [ask],
        next: ({ input, visits }) => goTo(input.kind === "digits" || visits > 2 ? "bye" : "ask"),
      },
      bye,
    },
  },
  {
    rule: "endless",
    level: "error",
    says: "desk/ask: endless: a caller who is silent goes round ask, really for ever",
    bad: {
      ask: {
        prompt: () => [ask],
        next: ({ input, visits }) => goTo(input.kind === "digits" || visits > 2 ? "bye" : "really"),
      },
      really: { prompt: () => [ask], next: ({ input }) => goTo(input.kind === "digits" ? "bye" : "ask") },
      bye,
    },
    good: {
      ask: { prompt: () => [ask], next: ({ input }) => goTo(input.kind === "digits" ? "bye" : "really") },
      really: {
        prompt: () => [ask],
        next: ({ input, data: { rounds = 0 } }) =>
          input.kind === "digits" || Number(rounds) > 3 ? goTo("bye") : goTo("ask", { rounds: Number(rounds) + 1 }),
      },
      bye,
    },
  },
  {
    rule: "endless",
    level: "error",
    says: "desk/ask: endless: a caller who presses wrong keys goes round ask, wrong for ever",
    bad: {
      ask: {
        prompt: () => [ask],
        next: ({ input }) => goTo(input.kind !== "digits" || input.digits === "1" ? "bye" : "wrong"),
      },
      wrong: { prompt: () => [sorry], next: () => goTo("ask") },
      bye,
    },
    good: {
      ask: {
        prompt: () => [ask],
        next: ({ input, data: { wrong } }) =>
          goTo(input.kind !== "digits" || input.digits === "1" || wrong === true ? "bye" : "wrong"),
      },
      wrong: { prompt: () => [sorry], next: () => goTo("ask", { wrong: true }) },
      bye,
    },
  },
  {
    rule: "endless",
    level: "error",
    says: "desk/ask: endless: a caller who is silent is asked again for ever",
    bad: {
      ask: {
        prompt: () => [dial("+15005550006")],
        next: ({ input }) => goTo(input.kind === "dial" && input.status === "completed" ? "bye" : "ask"),
      },
      bye,
    },
    good: {
      ask: {
        prompt: () => [dial("+15005550006")],
        next: ({ input, visits }) =>
          goTo((input.kind === "dial" && input.status === "completed") || visits > 1 ? "bye" : "ask"),
      },
      bye,
    },
  },
  {
    rule: "broken",
    level: "error",
    says: "desk/ask: broken: next throws: TypeError",
    bad: {
      ask: {
        prompt: () => [ask],
        next: ({ input }) => goTo((input as { digits: string }).digits.slice(1) === "" ? "bye" : "bye"),
      },
      bye,
    },
    good: { ask: onTo("bye"), bye },
  },
  {
    rule: "broken",
    level: "error",
    says: "desk/ask: broken: FlowError: flow 'desk' has no step 'by'",
    bad: {
      ask: { prompt: () => [ask], next: ({ input }) => goTo(input.kind === "digits" ? "by" : "bye") },
      bye,
    },
    good: { ask: onTo("bye"), bye },
  },
  {
    rule: "broken",
    level: "error",
    says: "desk/ask: broken: effect 'book' fails where nothing is wrong",
    bad: {
      ask: {
        prompt: () => [ask],
        inDoubt: "bye",
        next: async ({ once }) => {
          await once("book", () => fetch("https://bookings.example/book"), { inDoubt: "retry" });
          return goTo("bye");
        },
      },
      bye,
    },
    good: {
      ask: {
        prompt: () => [ask],
        inDoubt: "bye",
        next: async ({ once, settings }) => {
          await once("book", () => fetch(`${settings.BOOKINGS_URL}/book`).then(({ status }) => status), {
            inDoubt: "retry",
          });
          return goTo("bye");
        },
      },
      bye,
    },
  },
  {
    rule: "never-left",
    level: "warning",
    says: "desk/bye: never-left: it has a `next`, and its document always ends the call before",
    bad: { ask: onTo("bye"), bye: { ...bye, next: () => goTo("ask") } },
    good: { ask: onTo("bye"), bye },
  },
  {
    rule: "never-heard",
    level: "error",
    says: "desk/ask verb 1: never-heard: nobody hears it: the document ends with the dial before it",
    bad: { ask: { prompt: () => [dial("+15005550006"), sorry], next: () => goTo("bye") }, bye },
    good: {
      ask: { prompt: () => [question, dial("+15005550006")], next: () => goTo("bye") },
      // without a next nothing takes the dial's outcome, and the call goes on behind it
      bye: { prompt: () => [dial("+15005550006"), sorry, hangup()] },
    },
  },
  {
    rule: "prompt-effect",
    level: "error",
    says: "desk/ask: prompt-effect: it uses Date.now",
    bad: { ask: { ...onTo("bye"), prompt: () => (Date.now() > 0 ? [ask] : []) }, bye },
    good: { ask: { ...onTo("bye"), prompt: () => (new Date(0).getTime() === 0 ? [ask] : []) }, bye },
  },
  {
    rule: "prompt-effect",
    level: "error",
    says: "desk/ask: prompt-effect: it says something else when it is heard again",
    bad: { ask: { ...onTo("bye"), prompt: () => [gather({ timeout: 1 + (counter++ % 5) }, question)] }, bye },
    good: { ask: { ...onTo("bye"), prompt: (_, { visits }) => [gather({ timeout: visits }, question)] }, bye },
  },
  {
    rule: "prompt-effect",
    level: "error",
    says: "desk/ask: prompt-effect: it changes data.heard",
    bad: {
      ask: {
        ...onTo("bye"),
        prompt: (data) => {
          (data as { heard: boolean }).heard = true;
          return [ask];
        },
      },
      bye,
    },
    good: { ask: { prompt: () => [ask], next: () => goTo("bye", { heard: true }) }, bye },
  },
  {
    rule: "missing-text",
    level: "error",
    says: "desk/bye verb 0: missing-text: the Japanese text is empty",
    bad: { ask: onTo("bye"), bye: { prompt: () => [say({ en: "Goodbye.", ja: " " }), hangup()] } },
    good: { ask: onTo("bye"), bye },
  },
  {
    rule: "missing-text",
    level: "error",
    says: "desk/bye verb 0: missing-text: en/a.mp3 has no Japanese text alternative",
    bad: later(playMedia(media({ en: "Goodbye.", ja: "" })), hangup()),
    good: { ask: onTo("bye"), bye: { prompt: () => [playMedia(media({ en: "Goodbye.", ja: "では。" })), hangup()] } },
  },
  {
    rule: "one-language",
    level: "warning",
    says: "desk/ask verb 1: one-language: “Press 1.” is said in both languages",
    bad: { ask: { ...onTo("bye"), prompt: () => [gather({ numDigits: 1 }, say("Press 1."))] }, bye },
    good: {
      ask: {
        ...onTo("bye"),
        prompt: (_, { language }) => [
          gather({ numDigits: 1 }, say(language === "ja" ? "1を。" : "Press 1."), say("1")),
        ],
      },
      bye,
    },
  },
  {
    rule: "wrong-language",
    level: "warning",
    says: "desk/ask verb 1: wrong-language: the English text has Japanese in it: “Press いち.”",
    bad: {
      ask: { ...onTo("bye"), prompt: () => [gather({}, say({ en: "Press いち.", ja: "1を押してください。" }))] },
      bye,
    },
    good: { ask: onTo("bye"), bye },
  },
  {
    rule: "wrong-language",
    level: "warning",
    says: "desk/ask verb 0: wrong-language: the Japanese text has no Japanese in it: “A call for you.”",
    bad: {
      ask: {
        ...onTo("bye"),
        prompt: () => [dial(whispering({ en: "A call for you.", ja: "A call for you." }))],
      },
      bye,
    },
    good: {
      ask: { ...onTo("bye"), prompt: () => [dial(whispering({ en: "A call for you.", ja: "お電話です。" }))] },
      bye,
    },
  },
  {
    rule: "refused",
    level: "error",
    says: "desk/bye: refused: record: maxLength is not a whole number",
    bad: {
      ...later(sorry, sorry),
      bye: { prompt: ({ led }) => [record({ maxLength: led ? 0 : 10 })], next: () => goTo("end") },
      end: bye,
    },
    good: {
      ...later(sorry, sorry),
      bye: { prompt: () => [record({ maxLength: 10 })], next: () => goTo("end") },
      end: bye,
    },
  },
];

describe.each(cases)("$rule: $says", ({ rule, level, says, bad, good }) => {
  test("is found in the bad flow, and nothing else is wrong with it", async () => {
    const findings = await lint(bad);
    expect(told(findings).filter((line) => line.includes(says))).toHaveLength(1);
    expect(new Set(findings.map((one) => `${one.level} ${one.rule}`))).toEqual(new Set([`${level} ${rule}`]));
  });

  test("is not found in the good one, nor anything else", async () => {
    expect(told(await lint(good))).toEqual([]);
  });
});

test("every rule has a flow that breaks it", () => {
  expect([...ruleNames].toSorted()).toEqual([...new Set(cases.map(({ rule }) => rule))].toSorted());
});

test.each(known.map((flow) => [flow.name, flow] as const))("%s is free of errors", async (_, flow) => {
  expect(told((await lintFlow(flow)).filter(({ level }) => level === "error"))).toEqual([]);
});

describe("a prompt that touches the world", () => {
  const uses: readonly [string, () => unknown][] = [
    ["Math.random", () => Math.random()],
    ["new Date", () => new Date()],
    ["fetch", () => fetch("https://example.com")],
    ["setTimeout", () => setTimeout(() => {}, 1).unref()],
    ["process.env.HOME", () => process.env.HOME],
    ["console.log", () => console.log("heard")],
    ["fs.readFileSync", () => readFileSync(import.meta.filename, "utf8")],
    ["crypto.randomUUID", () => randomUUID()],
    ["performance.now", () => performance.now()],
  ];

  test.each(uses)("is told that it uses %s, which is as it was afterwards", async (name, use) => {
    const before = [Math.random, Date, fetch, setTimeout, process.env, console.log, readFileSync, randomUUID];
    const touching = { ...onTo("bye"), prompt: () => [use(), ask].slice(1) as Verb[] };
    const steps: Steps = { ask: touching, bye };
    // defined where nobody watches: a prompt is heard once then, and what it asks for is not there
    const found = await lintFlow({
      ...flowOf({ ask: onTo("bye"), bye }),
      steps: new Map(Object.entries(steps)) as never,
    });
    expect(told(found)).toEqual([expect.stringContaining(`prompt-effect: it uses ${name};`)]);
    expect([Math.random, Date, fetch, setTimeout, process.env, console.log, readFileSync, randomUUID]).toEqual(before);
  });
});

test("a flow that speaks one language only is not asked for another", async () => {
  const english = { prompt: () => [say("Goodbye."), hangup()] };
  const more = { lastResort: () => [say("Sorry."), hangup()] };
  const found = await lint(
    { ask: { ...onTo("bye"), prompt: () => [gather({ numDigits: 1 }, say("Press 1."))] }, bye: english },
    more,
  );
  expect(told(found)).toEqual([]);
});

test("the last resort is looked at too", async () => {
  const more = { lastResort: () => [say("Sorry."), hangup()] };
  expect(told(await lint({ ask: onTo("bye"), bye }, more))).toEqual([
    expect.stringContaining("desk/(last resort) verb 0: one-language: “Sorry.”"),
  ]);
});

test("a step that only renamed or a redial leads to is not unreachable", async () => {
  const steps: Steps = { ask: onTo("bye"), old: onTo("bye"), back: onTo("bye"), bye };
  expect(told(await lint(steps))).toHaveLength(2);
  expect(told(await lint(steps, { renamed: { was: "old" }, redial: { withinSec: 60, offer: "back" } }))).toEqual([]);
});

test("a way that depends on a setting may be missed: a warning names the setting", async () => {
  const steps: Steps = {
    ask: { prompt: () => [ask], next: ({ settings }) => goTo(settings.OPEN === "yes" ? "open" : "bye") },
    open: bye,
    bye,
  };
  expect(told(await lint(steps))).toEqual([expect.stringMatching(/^warning desk\/open: .*setting FLOW_OPEN is read/)]);
  expect(told(await lintFlow(flowOf(steps), { OPEN: "yes" }))).toEqual([expect.stringContaining("desk/bye")]);
});
