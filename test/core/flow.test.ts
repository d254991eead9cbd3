import { describe, expect, test } from "vitest";
import { FlowError } from "../../core/errors.ts";
import { defineFlow, type FlowDefinition, findStep, goTo } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import { dial, gather, hangup, playMedia, redirect, say } from "../../core/verb-builders.ts";
import { flows } from "../../flows/index.ts";

type Definition = FlowDefinition<string, object>;
const good: Definition = {
  name: "desk",
  start: "choose",
  steps: {
    choose: { prompt: () => [gather({ numDigits: 1 }, say("Press 1."))], next: () => goTo("end") },
    end: { prompt: () => [hangup()] },
  },
  lastResort: () => [say("Sorry."), dial("+15005550006"), hangup()],
};
const step = { prompt: () => [hangup()] };

describe("a flow", () => {
  test("as its author writes it is taken, with its defaults", () => {
    const flow = defineFlow(good);
    expect(flow).toMatchObject({ name: "desk", start: "choose", language: "en", data: {} });
    expect([...flow.steps.keys()]).toEqual(["choose", "end"]);
    expect(flow.lastResort("en")).toHaveLength(3);
  });

  test("may start with data and in another language", () => {
    const flow = defineFlow<string, { tries: number }>({ ...good, data: { tries: 0 }, language: "ja" } as never);
    expect(flow).toMatchObject({ data: { tries: 0 }, language: "ja" });
  });

  const media = { en: { file: "en/a.mp3", text: "a" }, ja: { file: "ja/a.mp3", text: "a" } };
  const wrong: [string, Partial<Definition>, string][] = [
    ["a name in capitals", { name: "Desk" }, "flow Desk: "],
    ["an empty name", { name: "" }, "flow : "],
    ["a name that is no part of a URL", { name: "front/desk" }, "flow front/desk: "],
    ["a name that is too long", { name: "d".repeat(limits.flowNameCharactersMax + 1) }, "flow ddd"],
    ["a start that does not exist", { start: "begin" }, "flow desk: start step 'begin'"],
    ["a start that every object has", { start: "toString" }, "flow desk: start step 'toString'"],
    ["a step name with a space", { steps: { ...good.steps, "my step": step } }, "flow desk: step 'my step'"],
    [
      "a step name that is too long",
      { steps: { ...good.steps, ["s".repeat(limits.stepNameCharactersMax + 1)]: step } },
      "flow desk: step 'sss",
    ],
    [
      "an inDoubt step that does not exist",
      { steps: { ...good.steps, pay: { ...step, inDoubt: "unsettled" } } },
      "flow desk: step 'pay': inDoubt 'unsettled'",
    ],
    ["a rename to nowhere", { renamed: { pick: "gone" } }, "flow desk: renamed 'pick': step 'gone'"],
    ["a rename of a step that still exists", { renamed: { end: "choose" } }, "flow desk: renamed 'end'"],
    ["no last resort", { lastResort: () => [] }, "flow desk: lastResort: has no verbs"],
    ["a last resort that asks", { lastResort: () => [gather({})] }, "flow desk: lastResort: 'gather'"],
    ["a last resort that fetches media", { lastResort: () => [playMedia(media)] }, "flow desk: lastResort: 'play'"],
    ["a last resort that goes on", { lastResort: () => [redirect("https://a.example/")] }, "lastResort: 'redirect'"],
    [
      "a last resort that asks in one language only",
      { lastResort: (language) => (language === "ja" ? [gather({})] : [hangup()]) },
      "flow desk: lastResort: 'gather'",
    ],
  ];

  test.each(wrong)("with %s is refused by flow and step", (_what, over, message) => {
    const define = () => defineFlow({ ...good, ...over });
    expect(define).toThrow(FlowError);
    expect(define).toThrow(message);
  });

  test("that was deployed anew finds a renamed step under its present name, and a removed one not at all", () => {
    const flow = defineFlow({ ...good, renamed: { pick: "choose" } });
    expect(findStep(flow, "choose")).toMatchObject({ name: "choose" });
    expect(findStep(flow, "pick")).toMatchObject({ name: "choose" });
    expect(findStep(flow, "gone")).toBeUndefined();
    expect(findStep(flow, "toString")).toBeUndefined();
  });
});

test("every flow that is shipped has a name of its own and a last resort in both languages", () => {
  expect(new Set(flows.map(({ name }) => name)).size).toBe(flows.length);
  for (const flow of flows) {
    for (const language of ["en", "ja"] as const) expect(flow.lastResort(language).length).toBeGreaterThan(0);
  }
});

test("goTo carries data and language, or none", () => {
  expect(goTo("end")).toEqual({ step: "end", data: {}, language: undefined });
  expect(goTo("end", { day: "monday" }, { language: "ja" })).toEqual({
    step: "end",
    data: { day: "monday" },
    language: "ja",
  });
});
