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

test("a repeated fallback request needs no write: it hears what the first one was answered", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const first = await legs.fail(action(asked));
  legs.gates.fallback.refuse("commit");
  const repeated = await legs.fail(action(asked));
  expect(repeated.said).toEqual(first.said);
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 2, attempt: 1, resumes: 1 });
});

test("a fallback request that was held up does not take the call back from where its repetition led", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const suspended = legs.gates.fallback.hold("commit");
  const late = legs.fail(action(asked));
  await suspended;
  const repeated = await legs.fail(action(asked));
  const told = await legs.ask(action(repeated), { Digits: "0" });
  expect(told.said.join()).toMatch("told nothing");

  legs.gates.fallback.release();
  expect((await late).said.join()).toMatch("told nothing");
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 3 });
});
