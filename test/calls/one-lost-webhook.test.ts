import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestsMax } from "../../core/limits.ts";
import { resumeDialects } from "../../rehearsal/dialect.ts";
import { all, loseAnswerAt, loseRequestAt } from "../../rehearsal/faults.ts";
import { effectsOf, lastWords, place, type TestStack, testStack, usual } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

/** The reference and the host of a prompt differ from call to call; all else that is said at the end must be the same. */
const withoutReference = (words: string) =>
  words
    .replace("/prompts/", "/media/")
    .replace(/R-\w+/, "R-")
    .replace(/(recorded) \S+,/, "$1 URL,");

/** The other open questions, answered the other way. */
const otherwise = {
  name: "ErrorUrl has its fragment, error codes are precise, an empty recording goes on",
  dialect: { errorUrlFragment: true, preciseErrorCodes: true, emptyRecording: "next-verb" } as const,
};

describe.each([...resumeDialects, otherwise])("when $name", ({ dialect }) => {
  test.each(Object.keys(usual) as (keyof typeof usual)[])(
    "a call of %s survives the loss of any one webhook, before or after it took effect, and ends as without it",
    async (flow) => {
      const faultless = await place(stack, flow, { dialect });
      const every = Array.from({ length: faultless.requestCount }, (_, at) => at);
      const lost = every.flatMap((at) => [
        { what: `request ${at} lost`, intercept: loseRequestAt(at) },
        { what: `answer ${at} lost`, intercept: loseAnswerAt(at) },
      ]);
      const calls = await Promise.all(
        lost.map(async ({ what, intercept }) => ({ what, call: await place(stack, flow, { dialect, intercept }) })),
      );
      for (const { what, call } of calls) {
        expect.soft(call.ended, what).toBe("hangup");
        expect.soft(withoutReference(lastWords(call)), what).toBe(withoutReference(lastWords(faultless)));
        expect.soft(effectsOf(stack, call), what).toEqual(effectsOf(stack, faultless));
        expect.soft(call.alerts, what).toHaveLength(1);
        expect.soft(call.attemptCount, what).toBeLessThanOrEqual(requestsMax(faultless.requestCount));
      }
    },
  );
});

test.each([
  ["repeated", true],
  ["not repeated", false],
] as const)(
  "a call survives the loss of any two webhooks, the second one often on the fallback leg; parameters %s",
  async (_, fallbackRepeatsParams) => {
    const events = [0, 1, 2, 3, 4, 5];
    const lose = [loseRequestAt, loseAnswerAt];
    const pairs = events.flatMap((first) =>
      events
        .filter((second) => second > first)
        .flatMap((second) => lose.flatMap((one) => lose.map((other) => ({ first, second, one, other })))),
    );
    const dialect = { fallbackRepeatsParams };
    const calls = await Promise.all(
      pairs.map(async ({ first, second, one, other }) => {
        const intercept = all(one(first), other(second));
        const what = `${one.name}(${first}), ${other.name}(${second})`;
        return { what, call: await place(stack, "four", { dialect, intercept }) };
      }),
    );
    for (const { what, call } of calls) {
      expect.soft(call.ended, what).toBe("hangup");
      expect.soft(lastWords(call), what).toMatch(/^color 2, told R-\w+, bye$/);
      expect.soft(effectsOf(stack, call), what).toEqual(["book"]);
      expect.soft(call.attemptCount, what).toBeLessThanOrEqual(requestsMax(4));
    }
    // the second loss was met on the fallback leg too
    const lostThere = calls.filter(({ call }) =>
      call.requests.some(
        ({ url, kind, outcome }) =>
          url.startsWith(stack.fallback.baseUrl) && kind !== "fallback" && outcome.kind === "failed",
      ),
    );
    expect(lostThere.length).toBeGreaterThan(10);
  },
);
