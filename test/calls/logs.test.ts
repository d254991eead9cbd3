import { afterAll, beforeAll, expect, test } from "vitest";
import { loseAnswerAt, loseRequestAt } from "../../rehearsal/faults.ts";
import { place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

const lines = () =>
  [...stack.primary.output().split("\n"), ...stack.fallback.output().split("\n")].filter((line) =>
    line.startsWith("{"),
  );

test("each webhook writes one line, and no line tells who called, what was pressed or said, or a key", async () => {
  const answers = [
    [/survey-visit/, "4"],
    [/survey-recommend/, "say:yes my name is Marker Person"],
    [/survey-better/, "say:secret words 918273"],
  ] as const;
  const calls = [
    await place(stack, "survey", { answers }),
    await place(stack, "survey", { answers, intercept: loseAnswerAt(2) }),
    await place(stack, "survey", { answers, intercept: loseRequestAt(2), dialect: { fallbackRepeatsParams: true } }),
  ];
  for (const [index, { callSid, requests }] of calls.entries()) {
    const answered = requests.filter(({ kind, outcome }) => kind !== "media" && outcome.kind === "answer").length;
    // the answer that was lost on its way back, in the second call, has its line too
    const expected = answered + (index === 1 ? 1 : 0);
    await expect.poll(() => lines().filter((line) => line.includes(callSid)).length).toBe(expected);
  }
  const all = `${stack.primary.output()}\n${stack.fallback.output()}`;
  const [first] = calls;
  const numbers = ["From", "To", "Caller", "Called"].map((name) => first?.requests[0]?.params[name] ?? "");
  const seals = first?.documents.flatMap(({ twiml }) => twiml.match(/k1\.[A-Za-z0-9_-]{20,}/g) ?? []) ?? [];
  expect(seals.length).toBeGreaterThan(3);
  for (const secret of ["Marker", "918273", stack.authToken, stack.sealKeys, ...numbers, ...seals]) {
    expect(secret.length).toBeGreaterThan(3);
    expect(all).not.toContain(secret);
  }
});
