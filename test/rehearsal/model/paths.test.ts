import { expect, test } from "vitest";
import type { Input } from "../../../core/input.ts";
import { appointment } from "../../../flows/appointment.ts";
import { frontDesk } from "../../../flows/front-desk.ts";
import { inputFor } from "../../../rehearsal/model/caller-answer.ts";
import { type PathOptions, paths } from "../../../rehearsal/model/paths.ts";
import { outside } from "./outside.ts";

const { world } = outside();
const keys = (...digits: string[]) => digits.map((key): Input => ({ kind: "digits", digits: key }));
const bookings: PathOptions = {
  world: world(),
  inputs: ({ step }) => (step === "chooseDay" ? keys("1", "2") : keys("1")),
};

test("each day that can be booked is a path of its own, with its own effect", async () => {
  const found = await paths(appointment, bookings);
  expect(found.map(({ states }) => states.map(({ step }) => step).join(" "))).toEqual([
    "chooseDay confirm booked",
    "chooseDay confirm booked",
  ]);
  expect(found.map(({ effects }) => effects.length)).toEqual([1, 1]);
  expect(found[0]?.effects[0]?.does).toContain("monday");
  expect(found[1]?.effects[0]?.does).toContain("tuesday");
  expect(found[1]).toMatchObject({ turns: 3, ending: { step: "booked", data: { day: "tuesday" }, language: "en" } });
});

test("a caller who hangs up ends the path there, one who hangs up on a recording after it is stored", async () => {
  const found = await paths(frontDesk, {
    world: world(),
    inputs: (state) => {
      if (state.step === "choose") return [...keys("2"), "caller-hangup"];
      return [inputFor(frontDesk, state, { kind: "record", durationSec: 5, endedBy: "hangup" })];
    },
  });
  expect(found).toMatchObject([
    { ending: "caller-hangup", turns: 3, effects: [{ name: "voicemail" }] },
    { ending: "caller-hangup", turns: 1, effects: [] },
  ]);
});

test("a flow that can go round for ever is walked up to the bound", async () => {
  const round: PathOptions = {
    world: world(),
    inputs: ({ step }) => (step === "chooseDay" ? keys("1") : keys("2")),
    turnsMax: 5,
  };
  expect(await paths(appointment, round)).toMatchObject([{ ending: "unfinished", turns: 5 }]);
  expect(await paths(appointment, { ...bookings, pathsMax: 1 })).toHaveLength(1);
});

test("an effect that stays in doubt and has no step for it ends in the last resort", async () => {
  const steps = new Map([...appointment.steps].map(([name, { inDoubt: _, ...step }]) => [name, step]));
  const [path] = await paths({ ...appointment, steps }, { ...bookings, world: world("book") });
  expect(path).toMatchObject({ ending: "last-resort", turns: 3, effects: [] });
});
