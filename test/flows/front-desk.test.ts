import { describe, expect, test } from "vitest";
import { frontDesk } from "../../flows/front-desk.ts";
import { callFlow, everySingleFault } from "../../rehearsal/kit/index.ts";

describe("a caller of the front desk", () => {
  test("talks to the desk and is thanked", async () => {
    const call = await callFlow(frontDesk);
    call.hears("For the front desk, press 1");
    await call.press("1");
    call.hears("We are connecting you");
    await call.dialEnds("completed", 42);
    call.hears("Thank you for calling. Goodbye.");
    call.at("goodbye");
    call.didNothingElse();
    call.ended("hangup");
  });

  test.each(["busy", "no-answer", "failed"] as const)("leaves a message when the desk is %s", async (status) => {
    const call = await callFlow(frontDesk);
    await call.press("1");
    await call.dialEnds(status);
    call.hears("Please leave a message after the tone");
    await call.record(5, "key");
    call.hears("We have your message");
    call.did("voicemail");
    call.didNothingElse();
    call.at("thanks");
    call.ended("hangup");
  });

  test("leaves a message at once", async () => {
    const call = await callFlow(frontDesk);
    await call.press("2");
    await call.record(30);
    call.did("voicemail", { recordingUrl: /\/Recordings\/RE/ });
    call.at("thanks");
  });

  test("is heard although the message ends by hanging up", async () => {
    const call = await callFlow(frontDesk);
    await call.press("2");
    await call.record(8, "hangup");
    call.did("voicemail");
    call.ended("caller-hangup");
  });

  test("is spoken to in Japanese", async () => {
    const call = await callFlow(frontDesk, { language: "ja" });
    call.hears("受付をご希望の方は1を");
    await call.press("1");
    call.hears("ただいまおつなぎいたします");
    await call.dialEnds("no-answer");
    call.hears("ただいま、電話に出ることができません");
    await call.record(5);
    call.hears("ご伝言を承りました");
    call.did("voicemail");
  });

  test("gets to voicemail after a wrong key and two silences", async () => {
    const call = await callFlow(frontDesk);
    await call.press("5");
    call.hears("Sorry, that did not come through. Thank you for calling.");
    await call.keepSilent();
    await call.keepSilent();
    call.hears("Please leave a message");
    call.at("voicemail");
  });

  test("is not put through again when the answer after the talk is lost", async () => {
    const call = await callFlow(frontDesk);
    await call.press("1");
    call.breaks("request", "refused");
    await call.dialEnds("completed", 42);
    call.at("goodbye");
    call.on("fallback");
    call.ended("hangup");
  });

  test.each(["1,dial:completed", "1,dial:busy,record:5:key", "2,record:5", "7,silence,silence,record:5"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(frontDesk, answers)).toBeGreaterThan(150);
    },
  );
});
