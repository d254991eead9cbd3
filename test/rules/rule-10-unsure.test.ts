import { expect, test } from "vitest";
import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test.each([["read"], ["commit"]] as const)(
  "asked again while the table could not be %s, the step is told",
  async (operation) => {
    const legs = twoLegs(fourWith(bookings().book));
    const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
    legs.gates.fallback.refuse(operation);
    const again = await legs.fail(action(asked));
    expect(again.said.join()).toMatch("book? unsure again");
  },
);

test("asked again with the table well, nothing is in doubt", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  expect((await legs.fail(action(asked))).said.join()).toMatch("book? again");
});

test("asked again and again, the turn stays in doubt although the table is well by then", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  legs.gates.fallback.refuse("read");
  const again = await legs.fail(action(asked));
  legs.gates.fallback.allow();
  expect((await legs.fail(action(again))).said.join()).toMatch("book? unsure again");
});

test.each([
  ["away", "maybe"],
  ["well", "surely"],
] as const)("a step with its own way for a lost answer is told too: the table is %s", async (table, word) => {
  const legs = twoLegs(
    defineFlow<"ask" | "told", { readonly word: string }>({
      name: "own-way",
      start: "ask",
      steps: {
        ask: {
          prompt: () => [gather({ numDigits: 1 }, say("pay?"))],
          lost: ({ unsure }) => goTo("told", { word: unsure ? "maybe" : "surely" }),
          next: () => goTo("told", { word: "answered" }),
        },
        told: { prompt: ({ word }) => [say(word), hangup()] },
      },
      lastResort: () => [say("last resort"), hangup()],
    }),
  );
  const asked = await legs.ask(legs.voiceUrl);
  if (table === "away") legs.gates.fallback.refuse("read");
  expect((await legs.fail(action(asked))).said).toEqual([word]);
});
