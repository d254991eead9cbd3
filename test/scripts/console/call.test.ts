import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsoleEvent } from "../../../console/protocol.ts";
import { listen, type Served, servedConsole } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await servedConsole();
});
afterAll(() => served.stop());

/** Books Monday. */
async function book(id: string): Promise<void> {
  const { events, press } = served;
  await events.question(id, 0);
  expect(await press(id, "1")).toMatchObject({ status: 200, body: { ok: true } });
  await events.question(id, 1);
  expect(await press(id, "1")).toMatchObject({ status: 200 });
}

const words = (events: readonly ConsoleEvent[]) =>
  events.flatMap((event) => (event.kind === "heard" ? [event.text] : []));

test("a call is heard, asked, answered and booked, and all of it is told in order", async () => {
  const id = await served.begin("appointment");
  await book(id);
  expect(await served.events.ended(id)).toMatchObject({ how: "hangup" });
  const told = served.events.ofCall(id);
  expect(words(told)).toEqual([
    "Welcome to the clinic. To come on Monday, press 1. On Tuesday, press 2.",
    "To book Monday, press 1. To choose another day, press 2.",
    expect.stringMatching(/^Monday is yours\. Your reference is R-/),
  ]);
  // turns come from a leg's own log, status callbacks behind the end
  const aside = (event: ConsoleEvent) =>
    ["turn", "silence"].includes(event.kind) || ("requestKind" in event && event.requestKind === "status");
  const line = told.flatMap((event) => (aside(event) ? [] : [event.kind]));
  expect(line.slice(0, 8)).toEqual([
    "call.began",
    "request",
    "reply",
    "request",
    "reply",
    "heard",
    "question",
    "answered",
  ]);
  expect(line.at(-1)).toBe("call.ended");
  expect(told.filter((event) => event.kind === "effect")).toEqual([
    expect.objectContaining({ effect: "book", state: "asked" }),
    expect.objectContaining({ effect: "book", state: "done" }),
  ]);
  const times = told.flatMap((event) => (event.kind === "silence" || event.kind === "turn" ? [] : [event.atMs]));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("a request shows its leg, and its reply the document, with the seals opened beside it and nowhere in it", async () => {
  const id = await served.begin("appointment", "ja");
  await book(id);
  await served.events.ended(id);
  const replies = served.events.ofCall(id).flatMap((event) => (event.kind === "reply" ? [event] : []));
  expect(replies[0]).toMatchObject({
    requestKind: "voice",
    leg: "primary",
    status: 200,
    verbs: ["Gather", "Redirect"],
  });
  expect(replies[0]?.checkpoint).toMatchObject({ flow: "appointment", step: "chooseDay", turn: 1, language: "ja" });
  expect(replies.find(({ checkpoint }) => checkpoint?.turn === 2)?.checkpoint?.data).toMatchObject({ day: "monday" });
  expect(replies[0]?.twiml).toContain("/…");
  expect(JSON.stringify(served.events.ofCall(id))).not.toMatch(/k1\.[\w-]{20}/);
  expect(replies[0]?.overrides).toMatch(/^ct=\d+&rt=\d+/);
});

test("each turn is told by its leg with what the table holds", async () => {
  const id = await served.begin("appointment");
  await book(id);
  await served.events.ended(id);
  const turn = await served.events.until((event): event is Extract<ConsoleEvent, { kind: "turn" }> => {
    return event.kind === "turn" && event.callId === id && event.step === "booked";
  });
  expect(turn).toMatchObject({ leg: "primary", outcome: "answered", saved: true, turn: 3 });
  expect(turn.checkpoint).toMatchObject({ step: "booked", data: { day: "monday" } });
});

test("a prompt is a real file, and only files of the catalogue are served", async () => {
  const id = await served.begin("appointment");
  await served.events.question(id);
  const heard = served.events.ofCall(id).find((event) => event.kind === "heard");
  expect(heard).toMatchObject({ mediaFile: "en/appointment-day.mp3", sound: "media", language: "en" });
  expect(heard?.kind === "heard" && heard.lengthMs).toBeGreaterThan(3_000);
  const file = await fetch(`${served.origin}/prompts/en/appointment-day.mp3`);
  expect(file.headers.get("content-type")).toBe("audio/mpeg");
  expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  for (const path of ["/prompts/../package.json", "/prompts/en/..%2f..%2f..%2fpackage.json", "/package.json"]) {
    expect((await fetch(served.origin + path)).status).toBe(404);
  }
  await served.input(id, { kind: "hangup" });
  expect(await served.events.ended(id)).toMatchObject({ how: "caller-hangup" });
});

test("a caller who says nothing is asked again, by itself, after the time of the verb", async () => {
  const id = await served.begin("appointment");
  await served.events.question(id, 1);
  const told = served.events.ofCall(id);
  expect(told.find((event) => event.kind === "answered")).toMatchObject({ input: { kind: "silence" } });
  expect(words(told)).toContain("Sorry, that did not come through.");
  const [question, answered] = [
    told.find((event) => event.kind === "question"),
    told.find((event) => event.kind === "answered"),
  ];
  // five seconds of the call, however fast it is lived; the server's timers are not exact at fifty times the speed
  expect((answered?.atMs ?? 0) - (question?.atMs ?? 0)).toBeGreaterThan(4_900);
  // and once: the line does not wait for what has been waited for
  const next = told.find((event) => event.kind === "request" && event.atMs >= (answered?.atMs ?? 0));
  expect((next?.atMs ?? Number.POSITIVE_INFINITY) - (answered?.atMs ?? 0)).toBeLessThan(4_500);
  await served.input(id, { kind: "hangup" });
  await served.events.ended(id);
});

test("a call can be held, go on by one request, and go on", async () => {
  const id = await served.begin("appointment");
  const asked = await served.events.question(id);
  expect(asked.question).toMatchObject({ verb: "Gather", takes: { keys: true, speech: false }, numDigits: 1 });
  expect(await served.post(`/api/calls/${id}/pause`)).toMatchObject({ status: 200 });
  expect((await served.state()).calls.find((call) => call.id === id)).toMatchObject({ state: "paused" });
  await served.press(id, "1");
  await served.events.until((event): event is Extract<ConsoleEvent, { kind: "answered" }> => {
    return event.kind === "answered" && event.callId === id;
  });
  const replies = () =>
    served.events.ofCall(id).filter((event) => event.kind === "reply" && event.requestKind === "action");
  expect(replies()).toHaveLength(0);
  await served.post(`/api/calls/${id}/step`);
  await expect.poll(() => replies().length).toBe(1);
  await served.post(`/api/calls/${id}/resume`);
  await served.events.question(id, 1);
  await served.press(id, "1");
  await served.events.ended(id);
});

test("a call replayed from a turn gives the answers before it again, and warns of the effects among them", async () => {
  const first = await served.begin("appointment");
  await book(first);
  await served.events.ended(first);
  const from = async (turn: number) => String((await served.post(`/api/calls/${first}/replay`, { turn })).body.id);
  const second = await from(2);
  const asked = await served.events.question(second, 1);
  expect(asked.question.index).toBe(1);
  expect(served.events.ofCall(second).filter((event) => event.kind === "question")).toHaveLength(1);
  expect(served.events.ofCall(second)[0]).toMatchObject({
    kind: "call.began",
    call: { replayOf: { callId: first, turn: 2 } },
  });
  expect(served.events.ofCall(second)[0]).not.toHaveProperty("effectsAgain");
  await served.press(second, "1");
  await served.events.ended(second);
  const third = await from(3);
  await served.events.ended(third);
  expect(served.events.ofCall(third)[0]).toMatchObject({ effectsAgain: ["book"] });
});

test("what the line does not listen to is refused with what to do, and an ended call with another", async () => {
  const id = await served.begin("appointment");
  await served.events.question(id);
  expect(await served.input(id, { kind: "speech", text: "Monday" })).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("does not listen") },
  });
  await served.input(id, { kind: "hangup" });
  await served.events.ended(id);
  expect(await served.press(id, "1")).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("over") },
  });
  expect(await served.press("none", "1")).toMatchObject({ status: 404 });
  expect(await served.post("/api/calls", { flow: "nowhere", language: "en" })).toMatchObject({ status: 404 });
  expect(await served.post("/api/calls", { flow: "appointment", language: "xx" })).toMatchObject({ status: 400 });
});

test("whoever comes again gets what came meanwhile, and is told when that is kept no longer", async () => {
  const last = served.events.all.at(-1)?.id ?? 0;
  const id = await served.begin("appointment");
  await served.events.question(id);
  const later = await listen(served.origin, last);
  await later.question(id);
  expect(later.all[0]).toMatchObject({ id: last + 1, event: { kind: "call.began", callId: id } });
  expect(later.named).toEqual([]);
  later.close();
  const foreign = await listen(served.origin, 1_000_000);
  await foreign.question(id);
  expect(foreign.named).toEqual(["gap"]);
  foreign.close();
  expect((await served.state()).lastEventId).toBeGreaterThan(last);
  await served.input(id, { kind: "hangup" });
  await served.events.ended(id);
});
