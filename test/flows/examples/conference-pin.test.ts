import { describe, expect, test } from "vitest";
import { conferencePin } from "../../../flows/examples/conference-pin.ts";
import { callFlow, everySingleFault } from "../../../rehearsal/kit/index.ts";

describe("a caller of the conference", () => {
  test("is let in with the PIN", async () => {
    const call = await callFlow(conferencePin);
    call.hears("Please enter your six-digit PIN");
    await call.press("123456");
    call.hears("You are now entering the conference");
    call.did("admit", { room: "monday-meeting" });
    call.at("enter", { room: "monday-meeting" });
    await call.dialEnds("completed", 600);
    call.hears("You have left the conference");
    call.didNothingElse();
    call.ended("hangup");
  });

  test("is refused in Japanese after three wrong PINs", async () => {
    const call = await callFlow(conferencePin, { language: "ja" });
    call.hears("六桁の暗証番号を入力してください");
    await call.press("111111");
    call.hears("暗証番号が正しくありません");
    await call.press("222222");
    await call.press("333333");
    call.hears("暗証番号を確認できませんでした");
    call.didNothingElse();
    call.ended("hangup");
  });

  test.each(["refused", "answer-lost", "twice"] as const)(
    "has three tries and no more when the second meets %s",
    async (fault) => {
      const call = await callFlow(conferencePin);
      await call.press("111111");
      call.breaks("request", fault);
      await call.press("222222");
      if (fault === "refused") {
        call.hears("Please enter your six-digit PIN");
        await call.press("222222");
      }
      call.hears("That PIN is not right");
      await call.press("333333");
      call.at("refused");
      call.didNothingElse();
      call.ended("hangup");
    },
  );

  test.each(["answer-lost", "twice", "at-once"] as const)(
    "with the right PIN never hears that it is wrong, and is admitted once, when the request meets %s",
    async (fault) => {
      const call = await callFlow(conferencePin);
      call.breaks("request", fault);
      await call.press("123456");
      call.hears("You are now entering the conference");
      call.neverHeard("That PIN is not right");
      call.did("admit");
    },
  );

  test("is admitted once when the PIN is lost on the primary leg and its answer on the fallback leg", async () => {
    const call = await callFlow(conferencePin);
    call.breaks("request", "hang");
    await call.press("123456");
    call.hears("Please enter your six-digit PIN");
    call.on("fallback");
    call.breaks("request", "answer-lost");
    await call.press("123456");
    call.hears("You are now entering the conference");
    call.neverHeard("That PIN is not right");
    call.did("admit");
  });

  test("who has left is not put back in when the request that tells of it is lost on both paths", async () => {
    const call = await callFlow(conferencePin);
    await call.press("123456");
    call.breaks("request", "refused");
    call.breaks("status", "lost");
    await call.dialEnds("completed", 60);
    call.hears("You have left the conference");
    call.ended("hangup");
  });

  test.each(["123456,dial:completed", "9,271828,dial:completed"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(conferencePin, answers)).toBeGreaterThan(100);
    },
  );
});
