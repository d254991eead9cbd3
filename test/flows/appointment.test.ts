import { describe, expect, test } from "vitest";
import { appointment } from "../../flows/appointment.ts";
import { callFlow, everySingleFault } from "../../rehearsal/kit/index.ts";

describe("a caller of the appointment flow", () => {
  test("books Monday with two keys", async () => {
    const call = await callFlow(appointment);
    call.hears("To come on Monday, press 1");
    await call.press("1");
    call.hears("To book Monday, press 1");
    await call.press("1");
    call.hears(/Monday is yours. Your reference is R-\w+/);
    call.did("book", { day: "monday" });
    call.didNothingElse();
    call.at("booked", { day: "monday" });
    call.ended("hangup");
  });

  test("chooses another day before anything is booked", async () => {
    const call = await callFlow(appointment);
    await call.press("1");
    await call.press("2");
    call.hears("Welcome to the clinic");
    call.didNothingElse();
    await call.press("2");
    await call.press("1");
    call.hears("Tuesday is yours");
    call.did("book", { day: "tuesday" });
    call.didNothingElse();
    call.ended("hangup");
  });

  test("is spoken to in Japanese", async () => {
    const call = await callFlow(appointment, { language: "ja" });
    call.hears("月曜日をご希望の方は1を");
    await call.press("2");
    call.hears("火曜日のご予約でよろしければ1を");
    await call.press("1");
    call.hears(/火曜日のご予約を承りました。受付番号はR-\w+です。/);
    call.did("book", { day: "tuesday" });
    call.ended("hangup");
  });

  test("is told that a wrong key did not come through, and asked again", async () => {
    const call = await callFlow(appointment);
    await call.press("9");
    call.hears("Sorry, that did not come through. Welcome to the clinic");
    await call.press("1");
    call.at("confirm", { day: "monday" });
  });

  test.each(["silence", "wrong key"])("is let go after three times %s at either question", async (how) => {
    for (const first of [[], ["1"]]) {
      const call = await callFlow(appointment);
      for (const key of first) await call.press(key);
      for (let tries = 0; tries < 3; tries += 1) await (how === "silence" ? call.keepSilent() : call.press("7"));
      call.hears("Please call again");
      call.at("goodbye");
      call.didNothingElse();
      call.ended("hangup");
    }
  });

  test("hears that the clinic calls back when the booking stays in doubt", async () => {
    const call = await callFlow(appointment);
    await call.press("2");
    call.breaks("effect", "service-hangs");
    await call.press("1");
    call.hears("We could not settle your booking for Tuesday");
    call.didNothingElse();
    call.at("unsettled");
    call.ended("hangup");
  });

  test("is promised not to be booked twice when asked again after the table went away", async () => {
    const call = await callFlow(appointment);
    await call.press("1");
    call.breaks("request", "answer-lost");
    call.breaks("write", "table-down");
    await call.press("1");
    call.hears(/twice\. To book Monday, press 1/);
    await call.press("1");
    call.hears("Monday is yours");
    call.did("book", { day: "monday" });
    call.ended("hangup");
  });

  test("hears the words of a prompt whose file cannot be had anywhere", async () => {
    const call = await callFlow(appointment, { breaks: { media: "host-down" } });
    call.hears("To come on Monday, press 1");
    call.on("fallback");
    await call.press("1");
    await call.press("1");
    call.did("book", { day: "monday" });
    call.ended("hangup");
  });

  test.each(["1,1", "2,2,1,1", "9,silence,2,7,1"])("survives every single fault, pressing %s", async (answers) => {
    const calls = await everySingleFault(appointment, answers);
    expect(calls).toBeGreaterThan(150);
  });

  test("is booked once whether or not the fallback request repeats the keys", async () => {
    for (const fallbackRepeatsParams of [true, false]) {
      const check = (call: { did(effect: string, args: unknown): void }) => call.did("book", { day: "monday" });
      await everySingleFault(appointment, "1,1", { dialect: { fallbackRepeatsParams, errorUrl: "no-query" }, check });
    }
  });
});
