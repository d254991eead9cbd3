import * as v from "valibot";
import { expect, test } from "vitest";
import type { Question } from "../../../rehearsal/caller-script.ts";
import { callerInput } from "../../../scripts/console/inputs.ts";
import { openQuestion, takeInput, unanswered } from "../../../scripts/console/questions.ts";

const ask = (verb: Question["verb"], attributes: Record<string, string> = {}) =>
  openQuestion({ verb, index: 0, heard: [] }, { name: verb, attributes, children: [], text: "" });
const press = (digits: string) => ({ kind: "digits", digits }) as const;
const speak = { kind: "speech", text: "Monday" } as const;

test("keys are collected until there are enough, or the one that ends them", () => {
  const four = ask("Gather", { numDigits: "4" });
  expect(takeInput(four, press("1"), "", 0)).toEqual({ kind: "more", keys: "1" });
  expect(takeInput(four, press("4"), "123", 0)).toEqual({ kind: "answer", step: press("1234") });
  expect(takeInput(four, press("#"), "12", 0)).toEqual({ kind: "answer", step: press("12#") });
  const star = ask("Gather", { finishOnKey: "*" });
  expect(takeInput(star, press("#"), "1", 0)).toEqual({ kind: "more", keys: "1#" });
  expect(takeInput(star, press("*"), "1", 0)).toEqual({ kind: "answer", step: press("1*") });
});

test("only what a Gather listens to is taken", () => {
  expect(takeInput(ask("Gather"), speak, "", 0)).toEqual({ kind: "not-taken" });
  expect(takeInput(ask("Gather", { input: "speech" }), press("1"), "", 0)).toEqual({ kind: "not-taken" });
  expect(takeInput(ask("Gather", { input: "dtmf speech" }), speak, "", 0)).toEqual({ kind: "answer", step: speak });
  const dial = { kind: "dial", status: "busy", durationSec: 0 } as const;
  expect(takeInput(ask("Gather"), dial, "", 0)).toEqual({ kind: "not-taken" });
  expect(takeInput(ask("Dial"), press("1"), "", 0)).toEqual({ kind: "not-taken" });
});

test("who is silent is silent, or has pressed what was pressed", () => {
  expect(unanswered("Gather", "", 5_000)).toEqual({ kind: "silence" });
  expect(unanswered("Gather", "12", 5_000)).toEqual(press("12"));
  expect(unanswered("Dial", "", 20_000)).toEqual({ kind: "dial", status: "no-answer", durationSec: 0 });
  expect(unanswered("Record", "", 30_000)).toEqual({ kind: "record", durationSec: 30, endedBy: "silence" });
});

test("a recording lasts until a key, silence or the end of the call", () => {
  const record = ask("Record", { finishOnKey: "#" });
  const lasted = (endedBy: string) => ({ kind: "answer", step: { kind: "record", durationSec: 4, endedBy } });
  expect(takeInput(record, press("1"), "", 4_000)).toEqual({ kind: "not-taken" });
  expect(takeInput(record, press("#"), "", 4_000)).toEqual(lasted("key"));
  expect(takeInput(record, { kind: "silence" }, "", 4_000)).toEqual(lasted("silence"));
  expect(takeInput(record, { kind: "hangup" }, "", 4_000)).toEqual(lasted("hangup"));
});

test("whatever a question offers is understood and taken as it is", () => {
  for (const verb of ["Gather", "Record", "Dial", "Enqueue", "Connect", "Pay", "Refer"] as const) {
    const question = ask(verb);
    expect(question.offers.length).toBeGreaterThan(0);
    for (const { input } of question.offers) {
      expect(v.parse(callerInput, input)).toEqual(input);
      expect(takeInput(question, input, "", 0)).toEqual({ kind: "answer", step: input });
    }
  }
});

test("the times are those of the verb, or Twilio's own", () => {
  expect(ask("Gather", { timeout: "8" }).timeoutMs).toBe(8_000);
  expect(ask("Gather").timeoutMs).toBe(5_000);
  expect(ask("Dial", { timeout: "20" }).timeoutMs).toBe(20_000);
  expect(ask("Record", { maxLength: "60" }).timeoutMs).toBe(60_000);
});

test.each([
  { kind: "digits", digits: "" },
  { kind: "digits", digits: "1".repeat(65) },
  { kind: "digits", digits: "1", more: true },
  { kind: "speech", text: " " },
  { kind: "dial", status: "answered", durationSec: 1 },
  { kind: "eval", code: "1" },
  [],
  null,
])("%j is nothing that a caller does", (input) => {
  expect(v.safeParse(callerInput, input).success).toBe(false);
});
