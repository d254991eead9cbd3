import { expect, test } from "vitest";
import { createPosition } from "../../../scripts/console/position.ts";

test("what is told late does not take a call back: its last step stays its last", () => {
  const position = createPosition();
  position.reach(1, "choose");
  // the leg's line of the last turn, then its answer, whose document has no checkpoint: the one before is told again
  position.reach(2, "booked");
  position.reach(1, "choose");
  expect([position.turn, position.step]).toEqual([2, "booked"]);
});

test("what is not known leaves what is, and a turn that is given again may name its step anew", () => {
  const position = createPosition();
  position.reach(undefined, undefined);
  expect([position.turn, position.step]).toEqual([undefined, undefined]);
  position.reach(3, "ask");
  position.reach(undefined, undefined);
  position.reach(3, "thanks");
  expect([position.turn, position.step]).toEqual([3, "thanks"]);
});
