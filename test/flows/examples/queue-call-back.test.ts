import { describe, expect, test } from "vitest";
import { queueCallBack } from "../../../flows/examples/queue-call-back.ts";
import { callFlow, everySingleFault, type FlowCall } from "../../../rehearsal/kit/index.ts";

const leaves = (call: FlowCall) => call.give({ kind: "queue", result: "bridged", waitSec: 60, pressed: "2" });
const stays = (call: FlowCall, result: "bridged" | "error" | "queue-full" = "bridged") =>
  call.give({ kind: "queue", result, waitSec: 60, pressed: "" });

describe("a caller of the queue", () => {
  test("who waits is put through, and nothing is booked", async () => {
    const call = await callFlow(queueCallBack);
    call.hears("All our people are talking");
    await stays(call);
    expect(call.heard.join(" ")).toContain("To be called back instead, press 2");
    call.at("goodbye");
    call.didNothingElse();
    call.ended("hangup");
  });

  test("leaves the queue with a key, and is called back at the number of the call", async () => {
    const call = await callFlow(queueCallBack);
    await leaves(call);
    call.hears("To be called back at 1 5 0 0 5 5 5");
    await call.press("1");
    call.hears("We will call you back");
    call.did("call-back", { number: "+15005550001" });
    call.didNothingElse();
    call.ended("hangup");
  });

  test("is called back at another number, in Japanese", async () => {
    const call = await callFlow(queueCallBack, { language: "ja" });
    await leaves(call);
    call.hears("でよろしければ1を");
    await call.press("2");
    call.hears("国番号から始まる電話番号を入力し");
    await call.press("815055500999#");
    call.hears("折り返しお電話いたします");
    call.did("call-back", { number: "+815055500999" });
    call.didNothingElse();
  });

  test.each(["error", "queue-full"] as const)("is offered a call-back when the queue says %s", async (result) => {
    const call = await callFlow(queueCallBack);
    await stays(call, result);
    call.at("offer");
    await call.keepSilent();
    await call.keepSilent();
    await call.keepSilent();
    call.didNothingElse();
    call.ended("hangup");
  });

  test.each(["refused", "hang", "status-500"] as const)(
    "is not put into the queue again when leaving it meets %s: a call-back is offered instead",
    async (fault) => {
      const call = await callFlow(queueCallBack);
      call.breaks("request", fault, { skip: 2 });
      await leaves(call);
      call.on("fallback");
      call.hears("To be called back at");
      await call.press("1");
      call.did("call-back");
      call.ended("hangup");
    },
  );

  test.each(["answer-lost", "twice", "at-once", "late-beside"] as const)(
    "is booked once when the request for it meets %s",
    async (fault) => {
      const call = await callFlow(queueCallBack);
      await leaves(call);
      call.breaks("request", fault);
      await call.press("1");
      call.hears("We will call you back");
      call.did("call-back");
      call.didNothingElse();
      call.ended("hangup");
    },
  );

  test("is booked once when the key is lost on the primary leg and the booking's answer on the fallback leg", async () => {
    const call = await callFlow(queueCallBack);
    await leaves(call);
    call.breaks("request", "refused");
    await call.press("1");
    call.on("fallback");
    call.breaks("request", "answer-lost");
    await call.press("1");
    call.hears("We will call you back");
    call.did("call-back");
    call.ended("hangup");
  });

  test("is booked once when neither the service's answer nor ours comes back", async () => {
    const call = await callFlow(queueCallBack);
    await leaves(call);
    call.breaks("effect", "unheard");
    call.breaks("request", "answer-lost");
    await call.press("1");
    call.hears("We will call you back");
    call.did("call-back");
    call.ended("hangup");
  });

  test("hears that the booking is in doubt when the service cannot be reached at all", async () => {
    const call = await callFlow(queueCallBack);
    await leaves(call);
    call.breaks("effect", "service-down");
    await call.press("1");
    call.hears("We could not make sure that you will be called back");
    call.didNothingElse();
    call.ended("hangup");
  });

  test.each(["queue:bridged:60:2,1", "queue:error:20:-,2,815055500999#"])(
    "survives every single fault: %s",
    async (answers) => {
      expect(await everySingleFault(queueCallBack, answers)).toBeGreaterThan(150);
    },
  );
});
