import { describe, expect, test } from "vitest";
import { survey } from "../../flows/survey.ts";
import { callFlow, everySingleFault } from "../../rehearsal/kit/index.ts";

describe("a caller of the survey", () => {
  test("answers three questions by key and by voice", async () => {
    const call = await callFlow(survey);
    call.hears("how satisfied were you");
    await call.press("4");
    call.hears("Would you recommend us");
    await call.say("yes, of course");
    call.hears("What should we do better?");
    await call.say("longer opening hours");
    call.hears("Thank you for your answers");
    call.did("answer-visit", { answer: "4" });
    call.did("answer-recommend", { answer: "yes" });
    call.did("answer-better", { answer: "longer opening hours" });
    call.didNothingElse();
    call.at("thanks");
    call.ended("hangup");
  });

  test("answers in Japanese", async () => {
    const call = await callFlow(survey, { language: "ja" });
    call.hears("ご来院の満足度を");
    await call.say("ご");
    call.hears("ご友人に勧めたいと思われますか");
    await call.say("いいえ");
    await call.say("待ち時間");
    call.hears("ご回答ありがとうございました");
    call.did("answer-visit", { answer: "5" });
    call.did("answer-recommend", { answer: "no" });
    call.did("answer-better", { answer: "待ち時間" });
  });

  test("is asked again after a wrong key", async () => {
    const call = await callFlow(survey);
    await call.press("9");
    call.hears("Sorry, that did not come through. Three short questions.");
    await call.press("3");
    call.did("answer-visit", { answer: "3" });
  });

  test("who says nothing is asked three times at two questions, once at the last, and thanked", async () => {
    const call = await callFlow(survey);
    for (let question = 0; question < 7; question += 1) await call.keepSilent();
    call.hears("Thank you for your answers");
    call.didNothingElse();
    call.ended("hangup");
  });

  test("skips the last question with 0", async () => {
    const call = await callFlow(survey);
    await call.press("1");
    await call.press("2");
    await call.press("0");
    call.did("answer-visit", { answer: "1" });
    call.did("answer-recommend", { answer: "no" });
    call.didNothingElse();
    call.at("thanks");
  });

  test("goes on to the next question when an answer cannot be stored", async () => {
    const call = await callFlow(survey);
    call.breaks("effect", "service-down");
    await call.press("4");
    call.hears("Would you recommend us");
    call.didNothingElse();
    call.at("recommend");
  });

  test.each(["4,1,say:longer hours", "9,silence,5,2,0", "say:three,say:no,silence"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(survey, answers)).toBeGreaterThan(200);
    },
  );
});
