import { expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("a commit that comes too late still stores its effect's result", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book, "give-up"));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const suspended = legs.gates.primary.hold("commit");
  const zombie = legs.ask(action(asked), { Digits: "1" });
  await suspended;

  legs.clock.advance(limits.leaseMs);
  const resumed = await legs.fail(action(asked));
  expect(resumed.said.join()).toMatch("told doubt");
  expect((await legs.item()).effects.get("2:book")).toMatchObject({ state: "in-doubt" });

  legs.gates.primary.release();
  expect((await zombie).said.join()).toMatch("told doubt");
  expect((await legs.item()).effects.get("2:book")).toMatchObject({ state: "done" });
  expect(executed).toEqual(["1"]);
});
