import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type BreakerName, breakerNames, callsKept } from "../../../console/protocol.ts";
import { type Served, servedConsole } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await servedConsole();
});
afterEach(async () => {
  for (const name of breakerNames) await served.breaker(name, false);
});
afterAll(() => served.stop());

const executed = (callSid: string) => served.stack.effects.executed().filter((one) => one.callSid === callSid).length;

/** Breaks when the day is chosen, then goes on as a caller does, who answers what is asked until the call is over. */
async function brokenCall(name: BreakerName) {
  const { events, begin, press, breaker } = served;
  const id = await begin("appointment");
  await events.question(id, 0);
  expect(await breaker(name, true)).toMatchObject({ status: 200, body: { [name]: true } });
  for (let nth = 0; nth < 6; nth += 1) {
    const next = await Promise.race([events.question(id, nth), events.ended(id)]);
    if (next.kind === "call.ended") break;
    await press(id, "1");
  }
  const { how } = await events.ended(id);
  const told = events.ofCall(id);
  const heard = told.flatMap((event) => (event.kind === "heard" ? [event.text] : []));
  const failovers = told.filter((event) => event.kind === "failover").length;
  const call = (await served.state()).calls.find((one) => one.id === id);
  return { id, how, heard, failovers, told, executed: executed(call?.callSid ?? ""), call };
}

/** A primary that hangs costs its read timeout at each failover. */
const callMs = { timeout: 40_000 };

const booked = expect.stringMatching(/^Monday is yours\. Your reference is R-/);

test.each([
  ["kill-primary", 2],
  ["suspend-primary", 2],
  ["lose-next-answer", 1],
  ["cut-fallback", 0],
  ["stop-table", 0],
  ["slow", 0],
  ["duplicate-next", 0],
] as const)("with %s in the middle of a call the caller books the day, once", callMs, async (name, failovers) => {
  const call = await brokenCall(name);
  expect(call.heard.at(-1)).toEqual(booked);
  expect(call).toMatchObject({ how: "hangup", executed: 1 });
  // a table that cannot be reached makes the booking one for the fallback
  if (name === "stop-table") expect(call.failovers).toBeGreaterThan(0);
  else expect(call.failovers).toBe(failovers);
  const { breakers } = await served.state();
  const goesOff = name === "lose-next-answer" || name === "duplicate-next";
  expect(breakers[name]).toBe(!goesOff);
});

test("with fail-next-media the prompt comes from the other host", async () => {
  const { events, begin, press, breaker } = served;
  await breaker("fail-next-media", true);
  const id = await begin("appointment");
  await events.question(id);
  const told = events.ofCall(id);
  const media = told.flatMap((event) => (event.kind === "reply" && event.requestKind === "media" ? [event] : []));
  expect(media.map(({ leg, status }) => [leg, status])).toEqual([
    ["primary", 404],
    ["fallback", 200],
  ]);
  expect(told.filter((event) => event.kind === "heard")).toHaveLength(1);
  expect((await served.state()).breakers["fail-next-media"]).toBe(false);
  await press(id, "1");
  await events.question(id, 1);
  await press(id, "1");
  expect(await events.ended(id)).toMatchObject({ how: "hangup" });
});

test("a duplicate shows twice in what the leg did and once in what the caller hears", async () => {
  const { told, heard, executed: times } = await brokenCall("duplicate-next");
  expect(new Set(heard).size).toBe(heard.length);
  expect(times).toBe(1);
  await expect
    .poll(() => served.events.all.filter(({ event }) => event.kind === "turn" && event.outcome === "replayed").length)
    .toBeGreaterThan(0);
  expect(told.length).toBeGreaterThan(0);
});

test("a turn that the table did not take is told as such", async () => {
  const { id } = await brokenCall("stop-table");
  const turns = () => served.events.ofCall(id).flatMap((event) => (event.kind === "turn" ? [event] : []));
  await expect.poll(() => turns().some(({ saved }) => saved === false)).toBe(true);
});

test("a silence is told, as long as it was", async () => {
  const { told } = await brokenCall("slow");
  const [silence] = told.flatMap((event) => (event.kind === "silence" ? [event] : []));
  expect((silence?.toMs ?? 0) - (silence?.fromMs ?? 0)).toBeGreaterThan(900);
});

test("everything that is pressed twice, or in the worst order, is mended again", async () => {
  const { breaker } = served;
  await breaker("suspend-primary", true);
  await breaker("kill-primary", true);
  await breaker("kill-primary", true);
  await breaker("suspend-primary", true);
  await breaker("kill-primary", false);
  const { breakers } = await served.state();
  expect(Object.values(breakers)).toEqual(Object.values(breakers).map(() => false));
  const id = await served.begin("appointment");
  await served.events.question(id);
  expect(served.events.ofCall(id).some((event) => event.kind === "failover")).toBe(false);
  await served.input(id, { kind: "hangup" });
  await served.events.ended(id);
});

test(`of ${callsKept + 1} calls the oldest is dropped, and only so many are on at once`, async () => {
  const before = (await served.state()).calls.length;
  const ids: string[] = [];
  for (let nth = before; nth <= callsKept; nth += 1) {
    const id = await served.begin("appointment");
    ids.push(id);
    await served.input(id, { kind: "hangup" });
    await served.events.ended(id);
  }
  const { calls } = await served.state();
  expect(calls).toHaveLength(callsKept);
  expect(calls.at(-1)?.id).toBe(ids.at(-1));
  const dropped = served.events.ofKind("call.dropped");
  expect(dropped).toHaveLength(1);
  expect(calls.map(({ id }) => id)).not.toContain(dropped[0]?.callId);
});
