import { afterAll, beforeAll, expect, test } from "vitest";
import { effectsOf, lastWords, place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

test.each([
  ["appointment", 3, ["book"], /Monday is yours/],
  ["front-desk", 4, ["voicemail"], /front-desk-thanks/],
  ["survey", 4, ["answer-visit", "answer-recommend", "answer-better"], /survey-thanks/],
  ["four", 4, ["book"], /color 2, told R-\w+, bye/],
  ["four-give-up", 4, ["charge"], /color 2, told R-\w+, bye/],
  ["outcomes", 3, [], /dial no-answer, recorded http.*, bye/],
  ["long-data", 4, [], /4000 and 2, bye/],
] as const)("a faultless call of %s ends as it should, in %i requests", async (flow, requests, effects, words) => {
  const call = await place(stack, flow);
  expect(lastWords(call)).toMatch(words);
  expect(call).toMatchObject({ ended: "hangup", requestCount: requests, alerts: [] });
  expect(effectsOf(stack, call)).toEqual(effects);
});
