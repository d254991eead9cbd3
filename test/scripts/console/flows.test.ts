import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, servedConsole } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await servedConsole();
});
afterAll(() => served.stop());

test("the front desk is busy, a message is left, and what Twilio is told is what was chosen", async () => {
  const { events, press, input } = served;
  const id = await served.begin("front-desk");
  await events.question(id, 0);
  await press(id, "1");
  const dial = await events.question(id, 1);
  expect(dial.question).toMatchObject({ verb: "Dial", takes: { keys: false, speech: false } });
  const busy = dial.question.offers.find(({ label }) => label === "Busy");
  expect(await input(id, busy?.input ?? { kind: "silence" })).toMatchObject({ status: 200 });
  const record = await events.question(id, 2);
  expect(record.question).toMatchObject({ verb: "Record", takes: { keys: true }, finishOnKey: "#" });
  await press(id, "#");
  expect(await events.ended(id)).toMatchObject({ how: "hangup" });
  const told = events.ofCall(id);
  const params = told.flatMap((event) => (event.kind === "request" && event.leg === "primary" ? [event.params] : []));
  expect(params).toContainEqual(expect.objectContaining({ DialCallStatus: "busy" }));
  expect(params).toContainEqual(
    expect.objectContaining({ RecordingDuration: expect.stringMatching(/^\d+$/), Digits: "#" }),
  );
  expect(told.filter((event) => event.kind === "effect")).toContainEqual(
    expect.objectContaining({ effect: "voicemail", state: "done" }),
  );
});

test("a call in Japanese is heard in Japanese, and a key pressed into a prompt ends it", async () => {
  const slow = await servedConsole({ speed: 1 });
  try {
    const id = await slow.begin("survey", "ja");
    const heard = await slow.events.until((event): event is Extract<typeof event, { kind: "heard" }> => {
      return event.kind === "heard" && event.callId === id;
    });
    expect(heard).toMatchObject({ language: "ja", mediaFile: expect.stringMatching(/^ja\//) });
    await slow.press(id, "5");
    const answered = await slow.events.until((event): event is Extract<typeof event, { kind: "answered" }> => {
      return event.kind === "answered" && event.callId === id;
    });
    expect(answered.input).toEqual({ kind: "digits", digits: "5" });
    expect(answered.atMs - heard.atMs).toBeLessThan(heard.lengthMs);
    await slow.input(id, { kind: "hangup" });
    expect(await slow.events.ended(id)).toMatchObject({ how: "caller-hangup" });
  } finally {
    await slow.stop();
  }
});

test("whoever hangs up is gone at once, in the middle of a prompt", async () => {
  const slow = await servedConsole({ speed: 1 });
  try {
    const id = await slow.begin("appointment");
    await slow.events.until((event): event is Extract<typeof event, { kind: "heard" }> => event.kind === "heard");
    await slow.input(id, { kind: "hangup" });
    const { how, atMs } = await slow.events.ended(id);
    expect(how).toBe("caller-hangup");
    expect(atMs).toBeLessThan(4_000);
    expect(await slow.press(id, "1")).toMatchObject({ status: 409 });
  } finally {
    await slow.stop();
  }
});
