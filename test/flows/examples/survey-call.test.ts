import { describe, expect, test } from "vitest";
import { surveyCall } from "../../../flows/examples/survey-call.ts";
import { callFlow, everySingleFault, type FlowCall } from "../../../rehearsal/kit/index.ts";

describe("a caller of the three questions", () => {
  test("answers with a number, a yes and a recording", async () => {
    const call = await callFlow(surveyCall);
    call.hears("How old are you?");
    await call.press("42#");
    call.hears("Would you fly with us again?");
    await call.say("yes please");
    call.hears("tell us why, after the tone");
    await call.record(12, "key");
    call.hears("Thank you for your answers");
    call.did("answer-age", { age: 42 });
    call.did("answer-again", { again: true });
    call.did("answer-why", { recordingUrl: /Recordings/ });
    call.didNothingElse();
    call.ended("hangup");
  });

  test("answers in Japanese", async () => {
    const call = await callFlow(surveyCall, { language: "ja" });
    call.hears("ご年齢を入力し");
    await call.press("30#");
    call.hears("次回も当社をご利用になりますか");
    await call.say("いいえ");
    call.hears("その理由をお聞かせください");
    await call.record(5);
    call.did("answer-again", { again: false });
  });

  test("is asked again for an age that cannot be", async () => {
    const call = await callFlow(surveyCall);
    await call.press("200#");
    call.hears("Sorry, that did not come through. Three short questions");
    await call.press("20#");
    call.did("answer-age", { age: 20 });
  });

  test("who says nothing at all is thanked, and no answer is stored", async () => {
    const call = await callFlow(surveyCall);
    for (let times = 0; times < 7; times += 1) await call.keepSilent();
    call.hears("Thank you for your answers");
    call.didNothingElse();
    call.ended("hangup");
  });

  const finish = async (call: FlowCall) => {
    call.hears("Would you fly with us again?");
    call.did("answer-age", { age: 1 + 10 });
    call.didNothingElse();
    await call.press("2");
    call.did("answer-again", { again: false });
    await call.record(4);
    call.did("answer-why");
    call.didNothingElse();
    call.ended("hangup");
  };

  test.each(["twice", "at-once", "answer-lost", "late-beside"] as const)(
    "answers one question with one answer when its request meets %s",
    async (fault) => {
      const call = await callFlow(surveyCall);
      call.breaks("request", fault);
      await call.press("11#");
      await finish(call);
    },
  );

  test("answers one question with one answer when its request is lost on either leg", async () => {
    const call = await callFlow(surveyCall);
    call.breaks("request", "refused");
    await call.press("11#");
    call.hears("How old are you?");
    call.on("fallback");
    call.breaks("request", "answer-lost");
    await call.press("11#");
    await finish(call);
  });

  test("loses no recording whose request is lost: the status callback has told of it", async () => {
    const call = await callFlow(surveyCall);
    await call.press("11#");
    await call.press("1");
    call.breaks("request", "status-500");
    await call.record(9);
    call.hears("Thank you for your answers");
    call.did("answer-why");
    call.ended("hangup");
  });

  test.each(["42#,1,record:5", "silence,7#,say:no,record:5:key"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(surveyCall, answers)).toBeGreaterThan(150);
    },
  );
});
