import { describe, expect, test } from "vitest";
import { goTo, type NextContext, type PromptContext, type StepDefinition } from "../../core/flow.ts";
import type { Input } from "../../core/input.ts";
import { digits, menu, yesNo, yesOrNo } from "../../core/menu.ts";
import { say } from "../../core/verb-builders.ts";
import type { GatherVerb } from "../../core/verbs.ts";

type Step = "ask" | "sales" | "help" | "yes" | "no" | "done" | "spent";
interface Data {
  readonly day: string;
}
type Asking = StepDefinition<Step, Data>;

const heard: PromptContext = { visits: 1, attempt: 0, unsure: false, language: "en" };
const call = { sid: "CA1", from: "", to: "" };
const once = () => Promise.reject(new Error("no effect here"));

/** Where an answer leads, on the n-th visit in a row. */
async function led(step: Asking, input: Input, visits = 1) {
  const context: NextContext<Data> = { ...heard, input, visits, data: { day: "monday" }, once, call, settings: {} };
  return step.next?.(context);
}
function asked(step: Asking, context: Partial<PromptContext> = {}): GatherVerb {
  const [verb] = step.prompt({ day: "monday" }, { ...heard, ...context });
  if (verb?.verb !== "gather") throw new Error("nothing is asked");
  return verb;
}

const keys = (text: string): Input => ({ kind: "digits", digits: text });
const speech = (text: string): Input => ({ kind: "speech", text, confidence: undefined });
const silence: Input = { kind: "nothing" };
const lost: Input = { kind: "lost", verb: "gather" };

const common = {
  ask: ({ day }: Data, { visits }: PromptContext) => [say(visits > 1 ? `Again, for ${day}.` : `For ${day}.`)],
  otherwise: "spent" as const,
};
type DigitsOptions = Parameters<typeof digits<Step, Data>>[1];
/** Digits that lead to `done` with what was typed. */
const typed = (over: Pick<DigitsOptions, "count"> & Partial<DigitsOptions>): Asking =>
  digits<Step, Data>("ask", { ...common, accept: (text) => goTo("done", { day: text }), ...over });

const kinds: readonly [string, (over?: { tries?: number; timeout?: number }) => Asking, Input][] = [
  ["a menu", (over) => menu<Step, Data>("ask", { ...common, ...over, choices: { 1: "sales" } }), keys("9")],
  [
    "a yes/no question",
    (over) => yesNo<Step, Data>("ask", { ...common, ...over, yes: () => goTo("yes"), no: () => goTo("no") }),
    keys("9"),
  ],
  ["digits", (over) => typed({ ...over, count: 4 }), keys("12")],
];

describe.each(kinds)("%s", (_name, make, wrong) => {
  test("asks again for a wrong answer, silence, or an answer of another kind, and says so", async () => {
    for (const input of [wrong, silence, lost, speech("mumble"), { kind: "hangup" } as const]) {
      expect(await led(make(), input, 1)).toEqual(goTo("ask"));
      expect(await led(make(), input, 2)).toEqual(goTo("ask"));
    }
    expect(asked(make(), { visits: 1 }).prompts).toEqual([say("For monday.")]);
    expect(asked(make(), { visits: 2 }).prompts).toEqual([say("Again, for monday.")]);
  });

  test("goes on to what follows after three tries", async () => {
    expect(await led(make(), wrong, 3)).toEqual(goTo("spent"));
    expect(await led(make(), silence, 4)).toEqual(goTo("spent"));
  });

  test.each([1, 2, 5])("goes on after exactly %s tries when the author says so", async (tries) => {
    for (let visits = 1; visits < tries; visits += 1) {
      expect(await led(make({ tries }), wrong, visits)).toEqual(goTo("ask"));
    }
    expect(await led(make({ tries }), wrong, tries)).toEqual(goTo("spent"));
  });

  test("waits as long as the author says", () => {
    expect(asked(make({ timeout: 9 })).attributes.timeout).toBe(9);
    expect(asked(make()).attributes).not.toHaveProperty("timeout");
  });
});

describe("a menu", () => {
  const step = menu<Step, Data>("ask", {
    ...common,
    choices: { 1: "sales", 2: goTo("help", { day: "tuesday" }), "*": "done", 0: "help" },
  });

  test("leads each key its own way, on the last try too", async () => {
    expect(await led(step, keys("1"))).toEqual(goTo("sales"));
    expect(await led(step, keys("2"), 3)).toEqual(goTo("help", { day: "tuesday" }));
    expect(await led(step, keys("*"))).toEqual(goTo("done"));
    expect(await led(step, keys("0"))).toEqual(goTo("help"));
    expect(asked(step).attributes.numDigits).toBe(1);
  });

  test.each(["3", "11", "#", "", "toString", "__proto__", "constructor"])("knows no key '%s'", async (key) => {
    expect(await led(step, keys(key))).toEqual(goTo("ask"));
  });
});

describe("yes or no", () => {
  const step = (speechToo: boolean) =>
    yesNo<Step, Data>("ask", {
      ...common,
      speech: speechToo,
      yes: ({ data }) => goTo("yes", { day: data.day }),
      no: async () => goTo("no"),
    });

  test("is key 1 or key 2", async () => {
    expect(await led(step(false), keys("1"))).toEqual(goTo("yes", { day: "monday" }));
    expect(await led(step(false), keys("2"))).toEqual(goTo("no"));
    expect(asked(step(false)).attributes).toEqual({ numDigits: 1 });
  });

  test("is a spoken yes or no where speech is asked for", async () => {
    expect(await led(step(true), speech("Yes, please."))).toEqual(goTo("yes", { day: "monday" }));
    expect(await led(step(true), speech("いいえ"))).toEqual(goTo("no"));
    expect(asked(step(true)).attributes.input).toBe("dtmf speech");
  });

  test.each([
    ["yes", "yes"],
    [" YES ", "yes"],
    ["yeah", "yes"],
    ["はい、お願いします", "yes"],
    ["ええ", "yes"],
    ["No.", "no"],
    ["nope", "no"],
    ["いや", "no"],
    ["perhaps", undefined],
    ["", undefined],
    ["I said yes", undefined],
  ])("reads '%s' as %s", (text, answer) => {
    expect(yesOrNo(speech(text))).toBe(answer);
  });

  test.each(["now wait", "not yet", "nothing", "noon", "north", "yesterday"])(
    "does not take '%s' for an answer: it only begins like one",
    (text) => {
      expect(yesOrNo(speech(text))).toBeUndefined();
    },
  );
});

describe("digits", () => {
  const valid = (text: string, data: Data) => text !== "0000" && data.day === "monday";
  const four = typed({ count: 4, valid });
  const some = typed({ count: { min: 2, max: 4 } });

  test("are taken when as many as asked for and valid", async () => {
    expect(await led(four, keys("1234"))).toEqual(goTo("done", { day: "1234" }));
    expect(await led(some, keys("12"))).toEqual(goTo("done", { day: "12" }));
    expect(await led(some, keys("1234"))).toEqual(goTo("done", { day: "1234" }));
    expect([asked(four).attributes.numDigits, asked(some).attributes]).toEqual([4, { numDigits: 4, finishOnKey: "#" }]);
  });

  test.each(["123", "12345", "0000", "12*4", "１２３４", "12 4", "12\n4"])(
    "are asked again when they are '%s'",
    async (text) => {
      expect(await led(four, keys(text))).toEqual(goTo("ask"));
    },
  );

  test.each(["1", "12345"])("are asked again when fewer or more than the range: '%s'", async (text) => {
    expect(await led(some, keys(text))).toEqual(goTo("ask"));
  });
});
