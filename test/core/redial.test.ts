import { describe, expect, test } from "vitest";
import { defineFlow, goTo } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import { yesNo } from "../../core/menu.ts";
import { redialKey } from "../../core/redial.ts";
import { dial, gather, hangup, say } from "../../core/verb-builders.ts";
import { action, callSid, twoLegs } from "../support/legs.ts";

type Step = "welcomeBack" | "name" | "size" | "call" | "end";
interface Data {
  readonly name?: string;
  readonly size?: string;
}
const withinSec = 600;
const second = `CA${"2".repeat(32)}`;
const third = `CA${"3".repeat(32)}`;

const order = defineFlow<Step, Data>({
  name: "order",
  start: "name",
  steps: {
    welcomeBack: yesNo<Step, Data>("welcomeBack", {
      ask: () => [say("We were cut off. To go on where we were, press 1.")],
      yes: ({ before }) => before ?? goTo("name"),
      no: () => goTo("name"),
      otherwise: "name",
    }),
    name: {
      prompt: () => [gather({ numDigits: 1 }, say("which name?"))],
      next: ({ input }) => goTo("size", { name: input.kind === "digits" ? input.digits : "none" }),
    },
    size: {
      prompt: ({ name }) => [gather({ numDigits: 1 }, say(`name ${name}, which size?`))],
      next: ({ input }) => goTo("call", { size: input.kind === "digits" ? input.digits : "none" }),
    },
    call: { prompt: () => [dial("+815099999999")], next: () => goTo("end") },
    end: { prompt: ({ name, size }) => [say(`name ${name}, size ${size}, bye`), hangup()] },
  },
  lastResort: () => [say("sorry"), hangup()],
  redial: { withinSec, offer: "welcomeBack" },
});

const inbound = { Direction: "inbound" };

/** A call that was cut off at the second question, and then some time. */
async function cutOff(afterMs = 60_000, params: Record<string, string> = inbound) {
  const legs = twoLegs(order);
  await legs.ask(action(await legs.ask(legs.voiceUrl, params)), { Digits: "7", ...params });
  await legs.ends("primary", params);
  legs.clock.advance(afterMs);
  return legs;
}

describe("a caller who was cut off and calls again", () => {
  test("is offered to go on, and goes on where the call was, with what was said", async () => {
    const legs = await cutOff();
    const again = { ...inbound, CallSid: second };
    const offered = await legs.ask(legs.voiceUrl, again);
    expect(offered.said).toEqual(["We were cut off. To go on where we were, press 1."]);
    const goesOn = await legs.ask(action(offered), { ...again, Digits: "1" });
    expect(goesOn.said).toEqual(["name 7, which size?"]);
    const called = await legs.ask(action(goesOn), { ...again, Digits: "4" });
    const ended = await legs.ask(action(called), { ...again, DialCallStatus: "completed" });
    expect(ended.said).toEqual(["name 7, size 4, bye"]);
  });

  test("may begin anew, and nothing is left of the earlier call", async () => {
    const legs = await cutOff();
    const again = { ...inbound, CallSid: second };
    const anew = await legs.ask(action(await legs.ask(legs.voiceUrl, again)), { ...again, Digits: "2" });
    expect(anew.said).toEqual(["which name?"]);
    expect(JSON.stringify(anew.answer)).not.toContain("stayline:before");
  });

  test("is offered it by the fallback too, when the first request of the second call is lost", async () => {
    const legs = await cutOff();
    const again = { ...inbound, CallSid: second };
    const offered = await legs.fail(legs.voiceUrl, again);
    expect(offered.said[0]).toMatch(/cut off/);
    expect((await legs.ask(action(offered), { ...again, Digits: "1" })).said).toEqual(["name 7, which size?"]);
  });

  test("is offered the same again when the first answer was lost, and when the request comes twice", async () => {
    const legs = await cutOff();
    const again = { ...inbound, CallSid: second };
    const offered = await legs.ask(legs.voiceUrl, again);
    expect((await legs.ask(legs.voiceUrl, again)).said).toEqual(offered.said);
    expect((await legs.fail(legs.voiceUrl, again)).said).toEqual(offered.said);
  });

  test("who is cut off at the offer is offered the same again", async () => {
    const legs = await cutOff();
    const again = { ...inbound, CallSid: second };
    await legs.ask(legs.voiceUrl, again);
    await legs.ends("primary", again);
    legs.clock.advance(60_000);
    const offered = await legs.ask(legs.voiceUrl, { ...inbound, CallSid: third });
    const goesOn = await legs.ask(action(offered), { ...inbound, CallSid: third, Digits: "1" });
    expect(goesOn.said).toEqual(["name 7, which size?"]);
  });

  test("is one caller: the next call from that number begins at the beginning", async () => {
    const legs = await cutOff();
    await legs.ask(legs.voiceUrl, { ...inbound, CallSid: second });
    expect((await legs.ask(legs.voiceUrl, { ...inbound, CallSid: third })).said).toEqual(["which name?"]);
  });

  test.each([
    ["too late", withinSec * 1000 + 1],
    ["sooner than a turn of the first call can still be taken", limits.leaseMs - 1],
  ])("begins at the beginning when it is %s", async (_, afterMs) => {
    const legs = await cutOff(afterMs);
    expect((await legs.ask(legs.voiceUrl, { ...inbound, CallSid: second })).said).toEqual(["which name?"]);
  });

  test("begins at the beginning while the first call is still on", async () => {
    const legs = twoLegs(order);
    await legs.ask(action(await legs.ask(legs.voiceUrl, inbound)), { Digits: "7", ...inbound });
    legs.clock.advance(60_000);
    expect((await legs.ask(legs.voiceUrl, { ...inbound, CallSid: second })).said).toEqual(["which name?"]);
  });

  test("is not offered to dial again: a call that was cut off while it dialled begins at the beginning", async () => {
    const legs = twoLegs(order);
    const size = await legs.ask(action(await legs.ask(legs.voiceUrl, inbound)), { Digits: "7", ...inbound });
    await legs.ask(action(size), { Digits: "4", ...inbound });
    await legs.ends("primary", inbound);
    legs.clock.advance(60_000);
    expect((await legs.ask(legs.voiceUrl, { ...inbound, CallSid: second })).said).toEqual(["which name?"]);
  });

  test("is offered nothing of a call that came to its end after one that was cut off", async () => {
    const legs = await cutOff();
    const again = { ...inbound, CallSid: second };
    let heard = await legs.ask(action(await legs.ask(legs.voiceUrl, again)), { ...again, Digits: "1" });
    heard = await legs.ask(action(heard), { ...again, Digits: "4" });
    await legs.ask(action(heard), { ...again, DialCallStatus: "completed" });
    await legs.ends("primary", again);
    legs.clock.advance(60_000);
    expect((await legs.ask(legs.voiceUrl, { ...inbound, CallSid: third })).said).toEqual(["which name?"]);
  });

  test.each([
    ["whose number is withheld", "+266696687"],
    ["whose number is unknown", "+8656696"],
    ["who has no number", "anonymous"],
    ["who calls from a client", "client:alice"],
  ])("is nobody %s: all of those would be one caller", async (_, From) => {
    const legs = await cutOff(60_000, { ...inbound, From });
    expect((await legs.ask(legs.voiceUrl, { ...inbound, From, CallSid: second })).said).toEqual(["which name?"]);
  });

  test("is not somebody whom we call", async () => {
    const outgoing = { Direction: "outbound-api" };
    const legs = await cutOff(60_000, outgoing);
    expect((await legs.ask(legs.voiceUrl, { ...outgoing, CallSid: second })).said).toEqual(["which name?"]);
  });

  test("begins at the beginning when the table cannot be read", async () => {
    const legs = await cutOff();
    legs.gates.fallback.refuse("read");
    const heard = await legs.fail(legs.voiceUrl, { ...inbound, CallSid: second });
    expect(heard.said).toEqual(["which name?"]);
  });
});

test("the table holds no number of a caller, and nothing of what was said, in plain text", async () => {
  const legs = await cutOff();
  const request = {
    ...{ callSid, parentCallSid: undefined, from: "+815011112222", to: "", callStatus: "completed" },
    ...{ errorCode: undefined, errorUrl: undefined, params: new Map([["Direction", "inbound"]]) },
  };
  const key = redialKey(legs.primary, order, request);
  expect(key).toMatch(/^redial#[A-Za-z0-9_-]{43}$/);
  const { outcomes, ...rest } = await legs.item(key);
  expect(outcomes.get(0)).toMatch(/^k1\.[A-Za-z0-9_-]{30,}$/);
  expect(JSON.stringify(rest)).not.toMatch(/50111|name|size/);
});
