import { expect, test } from "vitest";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("a zombie that commits after the caller was asked again does not bring back the older answer", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);

  // the primary is suspended just before it commits the answer 1 ...
  const suspended = legs.gates.primary.hold("commit");
  const zombie = legs.ask(action(first), { Digits: "1" });
  await suspended;

  // ... the fallback asks again, and the table takes nothing from it ...
  legs.gates.fallback.refuse("commit");
  const again = await legs.fail(action(first));
  expect(again.said).toContain("color?");
  legs.gates.fallback.allow();

  // ... the zombie wakes up and commits the older answer, of an earlier epoch
  legs.gates.primary.release();
  await zombie;
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 2, resumes: 0 });

  const next = await legs.ask(action(again), { Digits: "2" });
  expect(next.said.join()).toMatch("color 2, book?");
  expect((await legs.item()).checkpoint).toMatchObject({ turn: 2, resumes: 1 });
});
