import { expect, test } from "vitest";
import { startOf } from "../../core/checkpoint.ts";
import { adopted, planResume } from "../../core/resume.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, twoLegs } from "../support/legs.ts";

test("at the same position the caller hears what the sealed checkpoint says, not what the table says", async () => {
  const legs = twoLegs(fourWith(bookings().book));
  const first = await legs.ask(legs.voiceUrl);
  const suspended = legs.gates.primary.hold("commit");
  const zombie = legs.ask(action(first), { Digits: "1" });
  await suspended;

  // the fallback takes the repeated answer 2, unsaved; then the zombie commits turn 2 with answer 1
  legs.gates.fallback.refuse("commit");
  const unsaved = await legs.fail(action(first), { Digits: "2" });
  expect(unsaved.said.join()).toMatch("color 2, book?");
  legs.gates.fallback.allow();
  legs.gates.primary.release();
  await zombie;

  const again = await legs.fail(action(unsaved));
  expect(again.said.join()).toMatch("color 2, book?");
});

test("adoption takes the larger number of resumes, so that no budget is won back", () => {
  const winner = { ...startOf("four", "en"), turn: 3, resumes: 1 };
  expect(adopted(winner, { ...winner, turn: 2, resumes: 3 }).resumes).toBe(3);
  expect(adopted(winner, { ...winner, turn: 2, resumes: 0 }).resumes).toBe(1);
});

test("a turn taken at the sealed checkpoint counts the resumes that the table knows of", () => {
  const checkpoint = { ...startOf("four", "en"), step: "color", turn: 3, resumes: 1 };
  const plan = planResume({
    errorCode: "11200",
    ringing: false,
    url: { kind: "action", leg: "primary" },
    sealed: { checkpoint, positionOnly: false, verb: "gather", index: 0 },
    input: { kind: "digits", digits: "1" },
    told: "gather",
    pinnedTurns: undefined,
    stored: { ...checkpoint, turn: 2, resumes: 3 },
    asks: () => "gather",
    leaves: () => false,
    pinned: () => undefined,
    outcome: () => undefined,
  });
  expect(plan).toMatchObject({ kind: "take", base: { turn: 3, resumes: 3 } });
});
