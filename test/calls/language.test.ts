import { afterAll, beforeAll, expect, test } from "vitest";
import { createUrls } from "../../core/action-url.ts";
import { failMediaAt, loseRequestAt } from "../../rehearsal/faults.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { answering, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

test.each([
  ["nothing is lost", undefined],
  ["the first webhook is lost", loseRequestAt(0)],
  ["a later webhook is lost", loseRequestAt(2)],
  ["a prompt's file is lost", failMediaAt(0)],
])("a caller of a Japanese number hears Japanese to the end when %s", async (_, intercept) => {
  const urls = createUrls({ primary: stack.primary.baseUrl, fallback: stack.fallback.baseUrl });
  const { authToken, accountSid } = stack;
  const call = await placeCall({
    voiceUrl: urls.voice("appointment", "ja"),
    fallbackUrl: urls.fallback("appointment", "ja"),
    authToken,
    accountSid,
    script: answering([
      [/appointment-day/, "2"],
      [/ご予約でよろしければ/, "1"],
    ]),
    ...(intercept && { intercept }),
  });
  expect(call.heard[0]).toMatch(/^play:\/(media|prompts)\/ja\/appointment-day\.mp3$/);
  expect(call.heard.at(-1)).toMatch(/^火曜日のご予約を承りました。受付番号はR-\w+です。/);
  expect(call.documents.every(({ twiml }) => !twiml.includes("en-US"))).toBe(true);
});
