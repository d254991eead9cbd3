import { describe, expect, test } from "vitest";
import { phoneTree } from "../../../flows/examples/phone-tree.ts";
import { callFlow, everySingleFault } from "../../../rehearsal/kit/index.ts";

describe("a caller of the phone tree", () => {
  test("reaches an extension", async () => {
    const call = await callFlow(phoneTree);
    call.hears("If you know the extension, press 1");
    await call.press("1");
    await call.press("101");
    call.at("ring", { extension: "101" });
    await call.dialEnds("completed");
    call.hears("Thank you for calling");
    call.didNothingElse();
    call.ended("hangup");
  });

  test("leaves a message for an extension that does not answer", async () => {
    const call = await callFlow(phoneTree);
    await call.press("1");
    await call.press("999");
    call.hears("Sorry, that did not come through. Please enter the extension.");
    await call.press("102");
    await call.dialEnds("no-answer");
    call.hears("Please leave a message after the tone");
    await call.record(8, "key");
    call.did("message", { extension: "102", recordingUrl: /Recordings/ });
    call.didNothingElse();
    call.at("kept");
  });

  test("is told the address in Japanese, and gets it as a text message", async () => {
    const call = await callFlow(phoneTree, { language: "ja" });
    call.hears("所在地のご案内は2を");
    await call.press("2");
    call.hears("所在地は北町四番地");
    await call.press("1");
    call.hears("ショートメッセージをお送りしました");
    call.did("text-address", { to: /^\+/ });
    call.ended("hangup");
  });

  test("who says nothing is let go after three times, and does not go round for ever", async () => {
    const call = await callFlow(phoneTree);
    for (let times = 0; times < 3; times += 1) await call.keepSilent();
    call.at("goodbye");
    call.ended("hangup");
  });

  test.each(["answer-lost", "status-500", "twice", "at-once"] as const)(
    "gets one text message when the request for it meets %s on the primary leg",
    async (fault) => {
      const call = await callFlow(phoneTree);
      await call.press("2");
      call.breaks("request", fault);
      await call.press("1");
      if (fault === "status-500") await call.press("1");
      call.hears("The message is on its way");
      call.did("text-address");
      call.ended("hangup");
    },
  );

  test("gets one text message when the request for it is handled and lost on the fallback leg", async () => {
    const call = await callFlow(phoneTree);
    call.breaks("request", "refused");
    await call.press("2");
    await call.press("2");
    call.on("fallback");
    call.breaks("request", "answer-lost");
    await call.press("1");
    call.hears("The message is on its way");
    call.did("text-address");
    call.didNothingElse();
    call.ended("hangup");
  });

  test("is put through to a mailbox, and nobody is rung again, when the outcome of the call is lost altogether", async () => {
    const call = await callFlow(phoneTree);
    await call.press("0");
    call.breaks("request", "refused");
    call.breaks("status", "lost");
    await call.dialEnds("completed");
    call.hears("Please leave a message after the tone");
    call.at("voicemail");
  });

  test("who has talked is not sent to the mailbox when only the request was lost", async () => {
    const call = await callFlow(phoneTree);
    await call.press("0");
    call.breaks("request", "refused");
    await call.dialEnds("completed");
    call.on("fallback");
    call.at("goodbye");
  });

  test.each(["1,101,dial:no-answer,record:5", "2,1", "9,0,dial:completed"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(phoneTree, answers)).toBeGreaterThan(100);
    },
  );
});
