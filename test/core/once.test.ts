import { expect, test } from "vitest";
import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";
import { limits } from "../../core/limits.ts";
import { action, twoLegs } from "../support/legs.ts";

interface Data {
  readonly told: string;
}

const flowWith = (run: (effect: string) => Promise<string>, how: "one by one" | "side by side" | "twice") =>
  defineFlow<"ask" | "end", Data>({
    name: "many",
    start: "ask",
    steps: {
      ask: {
        prompt: () => [gather({ numDigits: 1 }, say("go?"))],
        next: async ({ once }) => {
          const effect = (name: string) => once(name, () => run(name), { inDoubt: "retry" });
          const told =
            how === "one by one"
              ? [await effect("mail"), await effect("text")]
              : await Promise.all([effect("mail"), effect(how === "twice" ? "mail" : "text")]);
          return goTo("end", { told: told.join(" and ") });
        },
      },
      end: { prompt: ({ told }) => [say(told), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
  });

test.each(["one by one", "side by side"] as const)("two effects of one turn, %s, happen once each", async (how) => {
  const executed: string[] = [];
  const legs = twoLegs(
    flowWith(async (effect) => {
      executed.push(effect);
      return `${effect} done`;
    }, how),
  );
  const asked = await legs.ask(legs.voiceUrl);
  const first = await legs.ask(action(asked), { Digits: "1" });
  const again = await legs.ask(action(asked), { Digits: "1" });
  expect(first.said).toEqual(["mail done and text done"]);
  expect(again.said).toEqual(first.said);
  expect(executed.toSorted()).toEqual(["mail", "text"]);
  expect((await legs.item()).effects.size).toBe(2);
});

test("the second effect fails on the primary: the fallback repeats only that one, with the first one's result", async () => {
  const executed: string[] = [];
  let broken = true;
  const legs = twoLegs(
    flowWith(async (effect) => {
      if (effect === "text" && broken) throw new Error("no answer");
      executed.push(effect);
      return `${effect} done`;
    }, "one by one"),
  );
  const asked = await legs.ask(legs.voiceUrl);
  expect((await legs.ask(action(asked), { Digits: "1" })).answer).toMatchObject({ kind: "failed" });
  broken = false;
  expect((await legs.fail(action(asked))).said).toEqual(["mail done and text done"]);
  expect(executed).toEqual(["mail", "text"]);
});

test("the same effect twice in one turn is the author's mistake, and said so", async () => {
  const legs = twoLegs(flowWith(async () => "done", "twice"));
  const asked = await legs.ask(legs.voiceUrl);
  const { answer } = await legs.ask(action(asked), { Digits: "1" });
  expect(answer).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("'mail' is used twice in step 'ask'"),
  });
});

test("a step that does not wait for its effect fails by name, and its late error ends nothing else", async () => {
  const legs = twoLegs(
    defineFlow<"ask" | "end", Data>({
      name: "many",
      start: "ask",
      steps: {
        ask: {
          prompt: () => [gather({ numDigits: 1 }, say("go?"))],
          next: ({ once }) => {
            void once("mail", () => Promise.reject(new Error("late")), { inDoubt: "retry" });
            return goTo("end", { told: "too early" });
          },
        },
        end: { prompt: ({ told }) => [say(told), hangup()] },
      },
      lastResort: () => [say("last resort"), hangup()],
    }),
  );
  const asked = await legs.ask(legs.voiceUrl);
  const { answer } = await legs.ask(action(asked), { Digits: "1" });
  expect(answer).toMatchObject({ kind: "failed", reason: expect.stringContaining("next returned before its effects") });
});

test("effects share one time: the next one is not started when it is used up", async () => {
  const started: string[] = [];
  const legs = twoLegs(
    flowWith(async (effect) => {
      started.push(effect);
      legs.clock.advance(limits.effectBudgetMs);
      return `${effect} done`;
    }, "one by one"),
  );
  const asked = await legs.ask(legs.voiceUrl);
  const { answer } = await legs.ask(action(asked), { Digits: "1" });
  expect(answer).toMatchObject({ kind: "failed", reason: "effects took too long" });
  expect(started).toEqual(["mail"]);
});

test("an effect beside the one that failed is waited for, and its result is kept for the fallback", async () => {
  const executed: string[] = [];
  let broken = true;
  const legs = twoLegs(
    flowWith(async (effect) => {
      if (effect === "mail" && broken) throw new Error("no answer");
      await new Promise((resolve) => setTimeout(resolve, 20));
      executed.push(effect);
      return `${effect} done`;
    }, "side by side"),
  );
  const asked = await legs.ask(legs.voiceUrl);
  const { answer } = await legs.ask(action(asked), { Digits: "1" });
  expect(answer).toMatchObject({ kind: "failed", reason: expect.stringContaining("effect 'mail'") });
  expect(executed).toEqual(["text"]);
  broken = false;
  expect((await legs.fail(action(asked))).said).toEqual(["mail done and text done"]);
  expect(executed).toEqual(["text", "mail"]);
});
