import { describe, expect, test } from "vitest";
import type { StoredEffect } from "../../core/checkpoint-store.ts";
import { limits } from "../../core/limits.ts";
import { openPin } from "../../core/once.ts";
import { bookings, fourWith } from "../support/four-turns.ts";
import { action, callSid, type Legs, twoLegs } from "../support/legs.ts";

const effectKey = "2:book";
const timing = { nowMs: 0, withinMs: 1_000 };

/** A call whose second question has a `give-up` effect, and which somebody claimed for answer 2 some time ago. */
async function claimedCall(agoMs: number) {
  const { book, executed } = bookings();
  const legs = twoLegs(fourWith(book, "give-up"));
  const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
  const { checkpoint } = await legs.item();
  if (checkpoint === undefined) throw new Error("no checkpoint");
  const { store, sealer } = legs.primary;
  const pinned = sealer.seal("pin", `${callSid}|2`, JSON.stringify({ kind: "digits", digits: "2" }));
  const effect: StoredEffect = { token: "theirs", state: "claimed", atMs: legs.clock.nowMs() - agoMs };
  const pin = { token: "their-pin", answer: pinned };
  await store.claim(callSid, { from: checkpoint, effectKey, effect, pin, effects: new Map() }, timing);
  return { legs, executed, effect, url: action(asked) };
}

/** Notes how long somebody sleeps; nothing passes but what `meanwhile` does. */
function sleepsOf(legs: Legs, meanwhile: () => Promise<unknown> = async () => {}): number[] {
  const slept: number[] = [];
  legs.clock.sleep = async (ms) => {
    slept.push(ms);
    await meanwhile();
  };
  return slept;
}

const becomes = (legs: Legs, effect: StoredEffect) =>
  legs.primary.store.note(callSid, { effects: new Map([[effectKey, effect]]) }, timing);

describe("an effect that is never called twice, and that another leg claimed a moment ago", () => {
  test("is waited for, and the caller is told what came of it", async () => {
    const { legs, executed, effect, url } = await claimedCall(100);
    const result = legs.primary.sealer.seal("effect", `${callSid}|${effectKey}`, JSON.stringify("booked 2"));
    const slept = sleepsOf(legs, () => becomes(legs, { ...effect, state: "done", result }));
    expect((await legs.fail(url)).said.join()).toMatch("told booked 2");
    expect(slept).toEqual([limits.leaseWaitMs]);
    expect(executed).toEqual([]);
  });

  test("is in doubt when it does not come in time", async () => {
    const { legs, executed, url } = await claimedCall(100);
    const slept = sleepsOf(legs);
    expect((await legs.fail(url)).said.join()).toMatch("told doubt");
    expect(slept).toEqual([limits.leaseWaitMs]);
    expect(executed).toEqual([]);
  });

  test("is in doubt when the table is gone after the wait", async () => {
    const { legs, executed, url } = await claimedCall(100);
    sleepsOf(legs, async () => legs.gates.fallback.refuse("read"));
    expect((await legs.fail(url)).said.join()).toMatch("told doubt");
    expect(executed).toEqual([]);
  });

  test("is waited for no longer than its lease lasts", async () => {
    const { legs, url } = await claimedCall(limits.leaseMs - 70);
    const slept = sleepsOf(legs);
    expect((await legs.fail(url)).said.join()).toMatch("told doubt");
    expect(slept).toEqual([70]);
  });

  test.each([0, 1_000])("is not waited for when its lease ended %i ms ago", async (sinceMs) => {
    const { legs, executed, url } = await claimedCall(limits.leaseMs + sinceMs);
    const slept = sleepsOf(legs);
    expect((await legs.fail(url)).said.join()).toMatch("told doubt");
    expect(slept).toEqual([]);
    expect(executed).toEqual([]);
  });

  test("is not waited for when it is in doubt already", async () => {
    const { legs, effect, url } = await claimedCall(100);
    await becomes(legs, { ...effect, state: "in-doubt" });
    const slept = sleepsOf(legs);
    expect((await legs.fail(url)).said.join()).toMatch("told doubt");
    expect(slept).toEqual([]);
  });
});

describe("a result that the table holds", () => {
  test("is told although the table takes no claim now", async () => {
    const { legs, executed, effect, url } = await claimedCall(100);
    const result = legs.primary.sealer.seal("effect", `${callSid}|${effectKey}`, JSON.stringify("booked 2"));
    await becomes(legs, { ...effect, state: "done", result });
    legs.gates.fallback.refuse("claim");
    expect((await legs.fail(url)).said.join()).toMatch("told booked 2");
    expect(executed).toEqual([]);
  });

  test("and that nobody can open is not taken for another: the last resort says why", async () => {
    const { legs, executed, effect, url } = await claimedCall(100);
    await becomes(legs, { ...effect, state: "done", result: "k9.of-another-key" });
    const { said, answer } = await legs.fail(url);
    expect(said).toEqual(["last resort"]);
    expect(answer.reason).toContain("effect '2:book': its stored result cannot be opened");
    expect(executed).toEqual([]);
  });
});

describe("a claim", () => {
  test("that another leg makes between our look at the table and our own claim is not claimed away", async () => {
    const { legs, executed, effect, url } = await claimedCall(100);
    // the fallback read of the pin before the effect was claimed: both legs take the turn with the same answer
    const read = legs.gates.fallback.store.read.bind(legs.gates.fallback.store);
    let reads = 0;
    legs.gates.fallback.store.read = async (...asked) => {
      const found = await read(...asked);
      reads += 1;
      return reads > 1 || found.kind !== "found" ? found : { ...found, item: { ...found.item, effects: new Map() } };
    };
    const slept = sleepsOf(legs);
    expect((await legs.fail(url)).said.join()).toMatch("told doubt");
    expect(slept).toEqual([limits.leaseWaitMs]);
    expect(executed).toEqual([]);
    expect(effect.state).toBe("claimed");
  });

  test("of our own that was taken although its answer was lost runs the effect, once", async () => {
    const { book, executed } = bookings();
    const legs = twoLegs(fourWith(book, "give-up"));
    const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
    const { claim } = legs.gates.primary.store;
    // the client's second attempt finds what its first one did
    legs.gates.primary.store.claim = async (...claimed) => {
      await claim(...claimed);
      return claim(...claimed);
    };
    expect((await legs.ask(action(asked), { Digits: "2" })).said.join()).toMatch("told booked 2");
    expect(executed).toEqual(["2"]);
  });

  test("is a fact in the table while its effect runs: whose, since when", async () => {
    let seen: StoredEffect | undefined;
    const legs = twoLegs(
      fourWith(async () => {
        seen = (await legs.item()).effects.get(effectKey);
        return "done";
      }),
    );
    const asked = await legs.ask(action(await legs.ask(legs.voiceUrl)), { Digits: "1" });
    await legs.ask(action(asked), { Digits: "2" });
    expect(seen).toEqual({ token: expect.stringMatching(/^t\d+$/), state: "claimed", atMs: legs.clock.nowMs() });
  });

  test("pins the answer of one turn of one call, and opens for no other", async () => {
    const { legs } = await claimedCall(100);
    const pin = (await legs.item()).pins.get(2);
    if (pin === undefined) throw new Error("no pin");
    const { sealer } = legs.primary;
    expect(openPin(sealer, callSid, 2, pin)).toEqual({ kind: "digits", digits: "2" });
    expect(openPin(sealer, callSid, 3, pin)).toBeUndefined();
    expect(openPin(sealer, `CA${"f".repeat(32)}`, 2, pin)).toBeUndefined();
  });
});
