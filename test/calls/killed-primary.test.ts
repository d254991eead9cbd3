import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { before } from "../../rehearsal/faults.ts";
import { effectsOf, lastWords, place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterEach(() => stack.primary.restart());
afterAll(() => stack?.stop());

const flows = [
  ["appointment", 3, ["book"], /Monday is yours/],
  ["front-desk", 4, ["voicemail"], /front-desk-thanks|We have your message/],
  ["survey", 4, ["answer-visit", "answer-recommend", "answer-better"], /survey-thanks|Thank you for your answers/],
] as const;
const cases = flows.flatMap(([flow, requests, ...rest]) =>
  Array.from({ length: requests }, (_, at) => [flow, at, ...rest] as const),
);

test.each(cases)(
  "a call of %s goes on to its end when the primary is killed at request %i and stays dead",
  async (flow, at, effects, words) => {
    const kill = before(at, async () => {
      stack.primary.kill();
      await stack.primary.exited;
    });
    const call = await place(stack, flow, { intercept: kill });
    expect(call.ended).toBe("hangup");
    expect(lastWords(call)).toMatch(words);
    expect(effectsOf(stack, call)).toEqual(effects);
  },
);

test("a call never notices that the fallback leg is dead while the primary is well", async () => {
  stack.fallback.kill();
  await stack.fallback.exited;
  const call = await place(stack, "appointment");
  expect(lastWords(call)).toMatch(/Monday is yours/);
  await stack.fallback.restart();
});
