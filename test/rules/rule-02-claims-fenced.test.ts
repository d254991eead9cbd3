import { expect, test } from "vitest";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("a late claim by a primary that was suspended runs no effect", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });

  const suspended = legs.gates.primary.hold("claim");
  const zombie = legs.ask(action(asked), { Digits: "1" });
  await suspended;
  const again = await legs.fail(action(asked));
  const last = await legs.ask(action(again), { Digits: "0" });
  expect(last.said.join()).toMatch("told nothing");

  legs.gates.primary.release();
  const late = await zombie;
  expect(executed).toEqual([]);
  expect(late.said.join()).toMatch("told nothing");
});
