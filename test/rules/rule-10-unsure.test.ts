import { expect, test } from "vitest";
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
