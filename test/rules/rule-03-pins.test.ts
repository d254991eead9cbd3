import { expect, test } from "vitest";
import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("a turn that holds a claim is taken with the claim's answer instead of asking the caller again", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });

  // the effect is done for answer 2, then the primary is gone before its commit
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: "2" });
  await suspended;

  const resumed = await legs.fail(action(asked));
  expect(resumed.said.join()).toMatch("told booked 2");
  expect(executed).toEqual(["2"]);
});

test("an answer that comes after a claim by another delivery does not replace the claim's answer", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: "2" });
  await suspended;

  // Twilio repeats other parameters to the fallback than those that the claim was made with
  const other = await legs.fail(action(asked), { Digits: "0" });
  expect(other.said.join()).toMatch("told booked 2");
  expect(executed).toEqual(["2"]);
});

test("with a table that takes no write, a turn that holds a claim is still not asked again", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: "2" });
  await suspended;

  legs.gates.fallback.refuse("commit");
  const resumed = await legs.fail(action(asked));
  expect(resumed.said.join()).toMatch("told booked 2");
  expect(executed).toEqual(["2"]);
});

test("a leg that could not read of the claim learns of it when it writes, and takes the claim's answer", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: "2" });
  await suspended;

  legs.gates.fallback.refuse("read");
  const other = await legs.fail(action(asked), { Digits: "0" });
  expect(other.said.join()).toMatch("told booked 2");
  expect(executed).toEqual(["2"]);
});

test("an answer with another effect does not run it in a turn that a claim has pinned", async () => {
  const executed: string[] = [];
  const legs = twoLegs(
    defineFlow<"choose" | "told", { readonly done: string }>({
      name: "two-effects",
      start: "choose",
      steps: {
        choose: {
          prompt: () => [gather({ numDigits: 1 }, say("1 books, 2 cancels"))],
          next: async ({ input, once }) => {
            if (input.kind !== "digits") return goTo("choose");
            const { digits } = input;
            const run = async () => (executed.includes(digits) ? 0 : executed.push(digits));
            await once(`effect-${digits}`, run, { inDoubt: "retry" });
            return goTo("told", { done: digits });
          },
        },
        told: { prompt: ({ done }) => [say(`did ${done}`), hangup()] },
      },
      lastResort: () => [say("last resort"), hangup()],
    }),
  );
  const asked = await legs.ask(legs.voiceUrl);
  const suspended = legs.gates.primary.hold("commit");
  void legs.ask(action(asked), { Digits: "2" });
  await suspended;

  legs.gates.fallback.refuse("read");
  const other = await legs.fail(action(asked), { Digits: "1" });
  expect(other.said).toEqual(["did 2"]);
  expect(executed).toEqual(["2"]);
});
