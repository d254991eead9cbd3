import { describe, expect, test } from "vitest";
import { orderPayment } from "../../../flows/examples/order-payment.ts";
import type { Dialect } from "../../../rehearsal/dialect.ts";
import { faultOptions } from "../../../rehearsal/fault-kinds.ts";
import { callFlow, everySingleFault, type FlowCall } from "../../../rehearsal/kit/index.ts";

/** Twilio's status callbacks are lost too. */
const untold = { statusCallbackTiming: "never" } as const;
const pays = (call: FlowCall, result = "success") => call.give({ kind: "pay", result });

/** Up to the payment, for three boxes. */
async function callToPay(dialect: Partial<Dialect> = {}): Promise<FlowCall> {
  const call = await callFlow(orderPayment, { dialect });
  call.hears("How many boxes of tea");
  await call.press("3");
  call.hears("3 boxes are 36 dollars");
  await call.press("1");
  call.did("reserve", { boxes: 3 });
  call.at("pay");
  return call;
}

describe("a caller who orders tea", () => {
  test("pays by card, and it is shipped", async () => {
    const call = await callToPay();
    await pays(call);
    call.hears("your tea is coming");
    call.did("ship", { order: /^R-/ });
    call.didNothingElse();
    call.ended("hangup");
  });

  test("changes the number in Japanese before anything is reserved", async () => {
    const call = await callFlow(orderPayment, { language: "ja" });
    call.hears("ご注文の箱数を");
    await call.press("2");
    call.hears("2箱で24ドルです");
    await call.press("2");
    await call.press("5");
    await call.press("1");
    await pays(call);
    call.hears("まもなく発送いたします");
    call.did("reserve", { boxes: 5 });
    call.did("ship");
    call.didNothingElse();
  });

  test("whose card is refused for certain may try once more", async () => {
    const call = await callToPay();
    await pays(call, "too-many-failed-attempts");
    call.hears("Your card was not charged");
    await call.press("1");
    call.at("pay");
    await pays(call);
    call.did("ship");
    call.ended("hangup");
  });

  test("hears that it is in doubt when the payment's connector fails, and is not asked for a card again", async () => {
    const call = await callToPay();
    await pays(call, "payment-connector-error");
    call.hears("If you entered a card, do not pay again");
    call.did("look-into", { order: /^R-/ });
    call.didNothingElse();
    call.ended("hangup");
  });

  test.each(["refused", "hang", "status-500", "gateway-502"] as const)(
    "is never charged a second time when the payment's answer meets %s and no status callback tells it: told honestly, looked into",
    async (fault) => {
      const call = await callToPay(untold);
      call.breaks("request", fault);
      await pays(call);
      call.on("fallback");
      call.hears("If you entered a card, do not pay again");
      call.neverHeard("your tea is coming");
      call.did("look-into", { order: /^R-/ });
      call.didNothingElse();
      call.ended("hangup");
    },
  );

  test.each(["refused", "hang", "status-500", "gateway-502"] as const)(
    "hears that it is paid although the payment's answer meets %s: the status callback told the other leg",
    async (fault) => {
      const call = await callToPay();
      call.breaks("request", fault);
      await pays(call);
      call.on("fallback");
      call.hears("your tea is coming");
      call.did("ship");
      call.didNothingElse();
    },
  );

  test.each(["answer-lost", "twice", "at-once", "answer-late"] as const)(
    "is charged once and shipped to once when the payment's answer meets %s",
    async (fault) => {
      const call = await callToPay();
      call.breaks("request", fault);
      await pays(call);
      call.hears("your tea is coming");
      call.did("ship");
      call.didNothingElse();
      call.ended("hangup");
    },
  );

  test.each(["refused", "answer-lost"] as const)(
    "on the fallback leg is not charged again when the payment's answer meets %s there",
    async (fault) => {
      const call = await callFlow(orderPayment, { dialect: untold });
      await call.press("3");
      call.breaks("request", "answer-lost");
      await call.press("1");
      call.at("pay");
      call.on("fallback");
      call.breaks("request", fault);
      await pays(call);
      call.hears(fault === "refused" ? "do not pay again" : "your tea is coming");
      call.did("reserve");
      call.did(fault === "refused" ? "look-into" : "ship");
      call.didNothingElse();
      call.ended("hangup");
    },
  );

  const handled = (faults: readonly string[]) => faults.filter((one) => one !== "-" && !one.startsWith("hung-up"));
  const breaks = [
    ...handled(faultOptions.request).map((fault) => ["request", fault] as const),
    ...handled(faultOptions.write).map((fault) => ["write", fault] as const),
  ];

  test.each(breaks)(
    "is paid and shipped to, or told of the doubt and looked into, never both: %s %s",
    async (kind, fault) => {
      const call = await callToPay();
      call.breaks(kind, fault as never);
      await pays(call);
      // a second payment would be asked for here, and the call not be over
      call.ended("hangup");
      const shipped = call.step === "paid";
      call.at(shipped ? "paid" : "doubtful");
      call.did(shipped ? "ship" : "look-into");
      call.did("reserve");
      call.didNothingElse();
    },
  );

  test.each(["3,1,pay:success", "silence,2,1,pay:caller-interrupted-with-star,2"])(
    "survives every single fault that leaves the payment's answer: %s",
    async (answers) => {
      const kinds = ["call", "read", "effect", "status", "media"] as const;
      expect(await everySingleFault(orderPayment, answers, { kinds })).toBeGreaterThan(15);
    },
  );

  test("survives every single fault before anything is paid", async () => {
    expect(await everySingleFault(orderPayment, "silence,3,2,5,2,silence,silence,silence")).toBeGreaterThan(200);
  });
});
