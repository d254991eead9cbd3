import { expect, test } from "vitest";
import { branchOf } from "../../../rehearsal/model/branch.ts";
import type { ModelState, ModelTransition } from "../../../rehearsal/model/flow-model.ts";

const from: ModelState = { step: "confirm", data: { day: "monday" }, visits: 1, language: "en", turn: 2 };

function booked(day: string, reference: string): ModelTransition {
  const effects = [{ name: "book", does: `book ${day}`, result: reference }];
  const to = { step: "booked", data: { day: "monday", reference }, visits: 1, language: "en", turn: 3 } as const;
  return { input: { kind: "digits", digits: "1" }, to, effects, doubted: [], reason: undefined };
}

test("a reference that the outside made does not make another branch, another booking does", () => {
  expect(branchOf(from, booked("monday", "R1"))).toEqual(branchOf(from, booked("monday", "R2")));
  const other = branchOf(from, booked("tuesday", "R1"));
  expect(other.id).not.toBe(branchOf(from, booked("monday", "R1")).id);
  expect(other.shape).toBe(branchOf(from, booked("monday", "R1")).shape);
});

test("another language is another way", () => {
  const inEnglish = booked("monday", "R1");
  if (inEnglish.to === "last-resort") throw new Error("not led on");
  const inJapanese = { ...inEnglish, to: { ...inEnglish.to, language: "ja" as const } };
  expect(branchOf(from, inJapanese).shape).not.toBe(branchOf(from, inEnglish).shape);
});
