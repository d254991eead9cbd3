import { expect, test } from "vitest";
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
