import { expect, test } from "vitest";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("the fallback URL asks Twilio to retry it, whatever failed", () => {
  const legs = twoLegs(fourWith(bookings().book));
  expect(legs.primary.urls.fallback("four")).toMatch(/#.*\brc=1&rp=all$/);
});

test("the same fallback request twice moves the call once", async () => {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  await legs.fail(action(asked));
  const repeated = await legs.fail(action(asked));
  expect(repeated.said.join()).toMatch("color 1, book?");
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 2, attempt: 1 });

  await legs.fail(action(repeated), { Digits: "1" });
  const told = await legs.fail(action(repeated), { Digits: "1" });
  expect(told.said.join()).toMatch("told booked 1");
  expect(executed).toEqual(["1"]);
});
