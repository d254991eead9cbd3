import { expect, test } from "vitest";
import { limits } from "../../../core/limits.ts";
import { onEveryStore } from "./targets.ts";
import { at, claimAt, commitFrom, itemOf, newCall, timing } from "./writes.ts";

onEveryStore("what was pinned and told many turns ago", (target) => {
  test("is dropped with the turn that nobody comes back to, and not before", async () => {
    const { store } = target();
    const callSid = newCall();
    const kept = limits.pinTurnsKept;
    for (const turn of [0, 1, 2, kept - 1, kept, kept + 1]) {
      await store.claim(callSid, claimAt(at(turn), "book", `t${turn}`), timing());
      await store.note(callSid, { outcome: { turn, answer: `told ${turn}` } }, timing());
    }
    const turnsHeld = async () => {
      const { pins, outcomes } = await itemOf(store, callSid);
      expect([...outcomes.keys()].toSorted((a, b) => a - b)).toEqual([...pins.keys()].toSorted((a, b) => a - b));
      return [...pins.keys()].toSorted((a, b) => a - b);
    };
    await store.commit(callSid, commitFrom(at(kept - 1), { pin: `t${kept - 1}` }), timing());
    expect(await turnsHeld()).toEqual([0, 1, 2, kept - 1, kept, kept + 1]);
    await store.commit(callSid, commitFrom(at(kept), { pin: `t${kept}` }), timing());
    expect(await turnsHeld()).toEqual([1, 2, kept - 1, kept, kept + 1]);
    await store.commit(callSid, commitFrom(at(kept + 1), { pin: `t${kept + 1}` }), timing());
    expect(await turnsHeld()).toEqual([2, kept - 1, kept, kept + 1]);
  });

  test("is still in the hands of whoever read it before", async () => {
    const { store } = target();
    const callSid = newCall();
    await store.claim(callSid, claimAt(at(0), "book", "t0"), timing());
    const before = await itemOf(store, callSid);
    await store.commit(callSid, commitFrom(at(limits.pinTurnsKept)), timing());
    expect([...before.pins.keys()]).toEqual([0]);
    expect([...(await itemOf(store, callSid)).pins.keys()]).toEqual([]);
  });
});
