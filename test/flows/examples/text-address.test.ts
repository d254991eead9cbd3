import { describe, expect, test } from "vitest";
import { textAddress } from "../../../flows/examples/text-address.ts";
import { callFlow, everySingleFault } from "../../../rehearsal/kit/index.ts";

const people = { to: "+15005550001", from: "+15005550002" };

describe("a caller who wants the address", () => {
  test("as a text message is told that it is on its way, and one message is in the outbox", async () => {
    const call = await callFlow(textAddress);
    await call.press("1");
    call.hears("The message is on its way");
    call.did("sms", { ...people, body: "Our address: 5 Harbour Street" });
    call.didNothingElse();
    call.ended("hangup");
  });

  test("is called back, in the language of the call", async () => {
    const call = await callFlow(textAddress, { language: "ja" });
    await call.press("2");
    call.did("call", { ...people, flow: "text-address", language: "ja", data: { calledBack: true } });
    call.didNothingElse();
  });

  test.each(["answer-lost", "twice", "at-once", "late-beside", "slow"] as const)(
    "gets one message when the request for it meets %s",
    async (fault) => {
      const call = await callFlow(textAddress);
      call.breaks("request", fault);
      await call.press("1");
      call.hears(/The message is on its way/);
      call.did("sms");
      call.didNothingElse();
    },
  );

  test.each([0, 1, 2])("gets one message when the answer to write %i of its turn is lost", async (skip) => {
    const call = await callFlow(textAddress);
    call.breaks("write", "unheard", { skip });
    await call.press("1");
    call.hears("The message is on its way");
    call.did("sms");
    call.didNothingElse();
  });

  test("hears that nothing is sure when the table goes away before the outbox has the message", async () => {
    const call = await callFlow(textAddress);
    call.breaks("write", "table-down", { skip: 1 });
    await call.press("1");
    call.on("fallback");
    await call.press("1");
    call.hears("We could not make sure of that");
    call.didNothingElse();
  });

  test("survives every single fault", async () => {
    expect(await everySingleFault(textAddress, "1")).toBeGreaterThan(120);
    expect(await everySingleFault(textAddress, "2")).toBeGreaterThan(120);
  });
});
