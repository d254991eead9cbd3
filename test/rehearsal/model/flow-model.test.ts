import { describe, expect, test } from "vitest";
import { defineFlow, dial, gather, goTo, hangup, say } from "../../../core/index.ts";
import type { Input } from "../../../core/input.ts";
import { appointment } from "../../../flows/appointment.ts";
import { survey } from "../../../flows/survey.ts";
import { leave, type ModelState, startState, verbAt } from "../../../rehearsal/model/flow-model.ts";
import { four, fourGiveUp } from "../../flows/four.ts";
import { longData } from "../../flows/long-data.ts";
import { outside } from "./outside.ts";

const { world, refuse } = outside();
const pressed = (digits: string): Input => ({ kind: "digits", digits });
const confirming: ModelState = { step: "confirm", data: { day: "monday" }, visits: 1, language: "en", turn: 2 };

test("a call starts at the first document of its flow, in the flow's language", () => {
  expect(startState(appointment)).toEqual({ step: "chooseDay", data: {}, visits: 1, language: "en", turn: 1 });
  expect(startState(longData, "ja")).toMatchObject({ data: { note: "", count: 0 }, language: "ja" });
});

test("a key leads to the next step and its data, in the next turn", async () => {
  const led = await leave(appointment, startState(appointment), pressed("2"), world());
  expect(led).toMatchObject({ effects: [], doubted: [], reason: undefined });
  expect(led.to).toEqual({ step: "confirm", data: { day: "tuesday" }, visits: 1, language: "en", turn: 2 });
});

test("asked the same again the caller has visited the step once more, and the third time is the last", async () => {
  const first = await leave(appointment, startState(appointment), { kind: "nothing" }, world());
  expect(first.to).toMatchObject({ step: "chooseDay", visits: 2, turn: 2 });
  const second = await leave(appointment, first.to as ModelState, { kind: "nothing" }, world());
  const third = await leave(appointment, second.to as ModelState, { kind: "nothing" }, world());
  expect(third.to).toMatchObject({ step: "goodbye", visits: 1, turn: 4 });
});

test("an effect is what the outside saw, and the caller is told what it answered", async () => {
  const led = await leave(appointment, confirming, pressed("1"), world());
  expect(led.effects.map(({ name }) => name)).toEqual(["book"]);
  expect(led.effects[0]?.does).toContain('"arguments":{"day":"monday"}');
  expect(led.to).toMatchObject({ step: "booked", data: { day: "monday", reference: led.effects[0]?.result } });
});

test("two branches of one turn each have their own effect: the outside forgets in between", async () => {
  const monday = await leave(appointment, confirming, pressed("1"), world());
  const tuesday = await leave(appointment, { ...confirming, data: { day: "tuesday" } }, pressed("1"), world());
  expect(monday.effects[0]?.does).toContain("monday");
  expect(tuesday.effects[0]?.does).toContain("tuesday");
  expect(tuesday.to).toMatchObject({ step: "booked" });
});

describe("an effect in doubt", () => {
  test("that may be tried again leads to the step for that, and the outside saw nothing", async () => {
    const led = await leave(appointment, confirming, pressed("1"), world("book"));
    expect(led).toMatchObject({
      to: { step: "unsettled", data: { day: "monday" } },
      effects: [],
      doubted: [expect.any(String)],
    });
  });

  test("that may never be tried again is told to the flow", async () => {
    const at = { step: "book", data: { color: "1" }, visits: 1, language: "en", turn: 2 } as const;
    const led = await leave(fourGiveUp, at, pressed("1"), world("book"));
    expect(led).toMatchObject({
      to: { step: "last", data: { told: "doubt" } },
      effects: [],
      doubted: [expect.any(String)],
    });
  });

  test("whose service fails for good is in doubt too", async () => {
    refuse();
    const led = await leave(appointment, confirming, pressed("1"), world());
    expect(led).toMatchObject({ to: { step: "unsettled" }, doubted: [expect.any(String)] });
  });

  test("leaves the call to the last resort where no step is for it, whatever the flow's code makes of it", async () => {
    const flow = defineFlow<"ask" | "end", Record<never, never>>({
      name: "swallows",
      start: "ask",
      steps: {
        ask: {
          prompt: () => [gather({ numDigits: 1 }, say("go?"))],
          next: async ({ once }) => {
            await once("mail", async () => "sent", { inDoubt: "retry" }).catch(() => "swallowed");
            return goTo("end");
          },
        },
        end: { prompt: () => [hangup()] },
      },
      lastResort: () => [hangup()],
    });
    const led = await leave(flow, startState(flow), pressed("1"), world("mail"));
    expect(led).toMatchObject({ to: "last-resort", doubted: [expect.any(String)] });
    expect((await leave(flow, startState(flow), pressed("1"), world())).to).toMatchObject({ step: "end" });
  });
});

test("effects that are started side by side are known by name", async () => {
  const post = (what: string) => async (idempotencyKey: string) => {
    const init = { method: "POST", body: JSON.stringify({ idempotencyKey, what }) };
    return (await fetch("http://bookings.invalid/post", init)).status;
  };
  const flow = defineFlow<"ask" | "end", Record<never, never>>({
    name: "both",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("go?"))],
        next: async ({ once }) => {
          await Promise.all([
            once("mail", post("a mail"), { inDoubt: "retry" }),
            once("text", post("a text"), { inDoubt: "retry" }),
          ]);
          return goTo("end");
        },
      },
      end: { prompt: () => [hangup()] },
    },
    lastResort: () => [hangup()],
  });
  const { effects } = await leave(flow, startState(flow), pressed("1"), world());
  expect(effects.map(({ name, does }) => [name, does])).toEqual([
    ["mail", '/post {"what":"a mail"}'],
    ["text", '/post {"what":"a text"}'],
  ]);
});

test("what the flow's own code throws is the last resort, as is a step that it does not have", async () => {
  const flow = defineFlow<"ask" | "end", { readonly name: string }>({
    name: "throws",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("go?"))],
        next: ({ input }) => {
          if (input.kind === "nothing") throw new Error("secret");
          return input.kind === "digits" ? goTo("end") : goTo("gone" as "end");
        },
      },
      // no name: this document cannot be given
      end: { prompt: ({ name }) => [say(name.toUpperCase())] },
    },
    lastResort: () => [hangup()],
  });
  const led = async (input: Input) => leave(flow, startState(flow), input, world());
  expect(await led({ kind: "nothing" })).toMatchObject({
    to: "last-resort",
    reason: expect.not.stringContaining("secret"),
  });
  expect(await led({ kind: "hangup" })).toMatchObject({ to: "last-resort", reason: expect.stringContaining("'gone'") });
  expect(await led(pressed("1"))).toMatchObject({ to: "last-resort", reason: expect.stringContaining("TypeError") });
});

test("a lost answer goes the way that the step has for it", async () => {
  const flow = defineFlow<"call" | "lost" | "end", Record<never, never>>({
    name: "loses",
    start: "call",
    steps: {
      call: {
        prompt: () => [dial("+815012345678")],
        next: () => goTo("end"),
        lost: () => goTo("lost"),
      },
      lost: { prompt: () => [hangup()] },
      end: { prompt: () => [hangup()] },
    },
    lastResort: () => [hangup()],
  });
  const lost = await leave(flow, startState(flow), { kind: "lost", verb: "dial" }, world());
  expect(lost.to).toMatchObject({ step: "lost" });
  const told = await leave(flow, startState(flow), { kind: "dial", status: "busy", durationSec: 0 }, world());
  expect(told.to).toMatchObject({ step: "end" });
});

test("a document waits for its verb, goes on by itself, or ends the call", () => {
  const flow = defineFlow<"goesOn" | "ends" | "hangsUp", Record<never, never>>({
    name: "waits",
    start: "goesOn",
    steps: {
      goesOn: { prompt: () => [say("hello")], next: () => goTo("hangsUp") },
      hangsUp: { prompt: () => [hangup(), gather({}, say("never"))], next: () => goTo("ends") },
      ends: { prompt: () => [say("bye")] },
    },
    lastResort: () => [hangup()],
  });
  const at = (step: string) => verbAt(flow, { ...startState(flow), step });
  expect([at("goesOn"), at("hangsUp"), at("ends")]).toEqual(["next", undefined, undefined]);
  expect(verbAt(survey, startState(survey))).toBe("gather");
  expect(verbAt(four, { ...startState(four), step: "end" })).toBeUndefined();
});

test("what the outside saw before is not this turn's", async () => {
  const init = { method: "POST", body: JSON.stringify({ idempotencyKey: "k", what: "an earlier call" }) };
  await fetch("http://bookings.invalid/post", init);
  const { effects } = await leave(appointment, confirming, pressed("1"), world());
  expect(effects.map(({ does }) => does)).toEqual([expect.stringContaining("/book")]);
});

test("a caller who chooses a language is spoken to in it from there on", async () => {
  const flow = defineFlow<"ask" | "end", Record<never, never>>({
    name: "speaks",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("for Japanese, press 2"))],
        next: ({ input }) =>
          input.kind === "digits" && input.digits === "2" ? goTo("end", {}, { language: "ja" }) : goTo("end"),
      },
      end: { prompt: () => [hangup()] },
    },
    lastResort: () => [hangup()],
  });
  const led = async (key: string) => (await leave(flow, startState(flow), pressed(key), world())).to;
  expect(await led("2")).toMatchObject({ language: "ja" });
  expect(await led("1")).toMatchObject({ language: "en" });
});
