import { expect, test } from "vitest";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("an effect that cannot be claimed does not run on the primary: it says 5xx", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  legs.gates.primary.refuse("claim");
  const { answer } = await legs.ask(action(asked), { Digits: "1" });
  expect(answer).toMatchObject({ kind: "failed", reason: "effect not claimed" });
  expect(executed).toEqual([]);
});

test.each([
  ["retry", ["1"], "told booked 1"],
  ["give-up", [], "told doubt"],
] as const)("the fallback goes on unclaimed by the author's choice: %s", async (policy, effects, told) => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book, policy));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  legs.gates.fallback.refuse("read", "claim", "commit");
  const resumed = await legs.fail(action(asked), { Digits: "1" });
  expect(resumed.said.join()).toMatch(told);
  expect(executed).toEqual(effects);
});
