import { afterAll, beforeAll, expect, test } from "vitest";
import { createUrls } from "../../core/action-url.ts";
import { all, failMediaAt, loseAnswerAt, loseRequestAt } from "../../rehearsal/faults.ts";
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

test.each([
  [
    "front-desk",
    [
      [/front-desk-menu/, "2"],
      [/front-desk-voicemail/, "record:3"],
    ],
    "front-desk-thanks",
  ],
  [
    "survey",
    [
      [/survey-visit/, "say:四"],
      [/survey-recommend/, "say:はい"],
      [/survey-better/, "say:椅子"],
    ],
    "survey-thanks",
  ],
] as const)(
  "a Japanese caller of %s is understood and hears Japanese, with a lost answer and lost files",
  async (flow, answers, last) => {
    const urls = createUrls({ primary: stack.primary.baseUrl, fallback: stack.fallback.baseUrl });
    const { authToken, accountSid } = stack;
    const call = await placeCall({
      voiceUrl: urls.voice(flow, "ja"),
      fallbackUrl: urls.fallback(flow, "ja"),
      authToken,
      accountSid,
      script: answering(answers),
      intercept: loseAnswerAt(1),
    });
    expect(call.ended).toBe("hangup");
    expect(call.heard.every((line) => /^play:\/(media|prompts)\/ja\//.test(line))).toBe(true);
    expect(call.heard.at(-1)).toContain(last);
    const grade = stack.effects.executed().filter(({ callSid }) => callSid === call.callSid);
    expect(grade).toHaveLength(flow === "survey" ? 3 : 1);

    const spoken = await placeCall({
      voiceUrl: urls.voice(flow, "ja"),
      fallbackUrl: urls.fallback(flow, "ja"),
      authToken,
      accountSid,
      script: [{ kind: "hangup" }],
      intercept: all(failMediaAt(0), failMediaAt(1)),
    });
    // both media hosts failed: the text alternative, in a voice that speaks the language
    expect(spoken.heard[0]).toMatch(/[\u3040-\u30ff]/);
    expect(spoken.documents.at(-1)?.twiml).toContain('language="ja-JP" voice="Polly.Mizuki"');
  },
);
