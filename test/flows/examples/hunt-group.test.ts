import { describe, expect, test } from "vitest";
import { huntGroup } from "../../../flows/examples/hunt-group.ts";
import { callFlow, everySingleFault, type FlowCall } from "../../../rehearsal/kit/index.ts";

const takes = (call: FlowCall) => call.give({ kind: "dial", status: "completed", durationSec: 30, pressed: "1" });
const declines = (call: FlowCall) => call.give({ kind: "dial", status: "completed", durationSec: 5, pressed: "2" });

/** The whisper is asked for first, and then again with the key. */
const behindWhisper = { skip: 2 };

describe("a caller of the hunt group", () => {
  test("reaches the second number when the first is busy", async () => {
    const call = await callFlow(huntGroup);
    call.hears("One moment, we are calling our team");
    await call.dialEnds("busy");
    call.hears("We are trying somebody else");
    call.at("ring", { at: 1 });
    await takes(call);
    call.hears("If you have been helped, you may hang up");
    await call.keepSilent();
    call.at("goodbye", { at: 1 });
    call.ended("hangup");
  });

  test("hears in Japanese that nobody can be reached when all three do not answer", async () => {
    const call = await callFlow(huntGroup, { language: "ja" });
    call.hears("担当の者をお呼びいたします");
    for (const status of ["busy", "no-answer", "failed"] as const) await call.dialEnds(status);
    call.hears("ただいま全員が電話に出ることができません");
    call.at("nobody", { at: 2 });
    call.ended("hangup");
  });

  test.each(["completed", "no-answer"] as const)(
    "is led on by a person who declines in the whisper, whom Twilio calls %s",
    async (declinedDialStatus) => {
      const call = await callFlow(huntGroup, { dialect: { declinedDialStatus } });
      await declines(call);
      if (declinedDialStatus === "completed") await call.press("1");
      call.at("ring", { at: 1 });
    },
  );

  test("who has talked is put through to nobody else, unless a key asks for it", async () => {
    const call = await callFlow(huntGroup);
    await takes(call);
    call.at("after", { at: 0 });
    await call.press("1");
    call.at("ring", { at: 1 });
    await takes(call);
    await call.press("9");
    call.at("goodbye");
    call.ended("hangup");
  });

  test.each(["refused", "answer-lost", "hang", "twice", "at-once"] as const)(
    "who has talked is put through to nobody else when the request that tells of it meets %s",
    async (fault) => {
      const call = await callFlow(huntGroup);
      await call.dialEnds("busy");
      call.breaks("request", fault, behindWhisper);
      await takes(call);
      call.hears("If you have been helped, you may hang up");
      call.at("after", { at: 1 });
    },
  );

  test.each(["refused", "hang", "status-404"] as const)(
    "is connected without the whisper, or led on, when the whisper meets %s; the call is not lost",
    async (fault) => {
      const call = await callFlow(huntGroup);
      call.breaks("request", fault);
      await takes(call);
      expect(["ring", "after"]).toContain(call.step);
      if (call.step === "after") await call.keepSilent();
      else await takes(call);
    },
  );

  test("who has talked is put through to nobody else when both paths of the outcome are lost, on either leg", async () => {
    const call = await callFlow(huntGroup);
    call.breaks("request", "refused");
    await call.dialEnds("busy");
    call.at("ring", { at: 1 });
    call.on("fallback");
    call.breaks("request", "refused", behindWhisper);
    call.breaks("status", "lost");
    await takes(call);
    expect(call.data).toEqual({ at: 1 });
    call.hears("If you have been helped, you may hang up");
    await call.keepSilent();
    call.ended("hangup");
  });

  test.each(["dial:busy,dial:completed:30:1,silence", "dial:completed:9:1,1,dial:no-answer,dial:failed"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(huntGroup, answers)).toBeGreaterThan(100);
    },
  );
});
