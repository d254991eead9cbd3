import { expect, test } from "vitest";
import { limits } from "../../../core/limits.ts";
import { onEveryStore } from "./targets.ts";
import { at, commitFrom, effect, itemOf, newCall, put, startMs, timing } from "./writes.ts";

onEveryStore("facts and times", (target) => {
  test("outcome, effect result and end are noted before anything was committed, and do not block the start", async () => {
    const { store } = target();
    const callSid = newCall();
    const done = effect("done", "t1", "sealed-R");
    await store.note(callSid, { outcome: { turn: 3, answer: "sealed-outcome" } }, timing());
    await store.note(callSid, { effects: new Map([["2:book", done]]) }, timing());
    await store.note(callSid, { endedAtMs: startMs + 9 }, timing());
    const noted = await itemOf(store, callSid);
    expect(noted).toMatchObject({ checkpoint: undefined, startedAtMs: undefined, endedAtMs: startMs + 9, verbs: [] });
    expect(noted.outcomes).toEqual(new Map([[3, "sealed-outcome"]]));
    expect(noted.effects).toEqual(new Map([["2:book", done]]));

    const commit = commitFrom(at(0));
    expect(await store.commit(callSid, commit, timing(startMs + 20))).toEqual({ kind: "written" });
    const item = await itemOf(store, callSid);
    expect(item).toMatchObject({ checkpoint: commit.checkpoint, startedAtMs: startMs + 20, endedAtMs: startMs + 9 });
    expect(item.outcomes).toEqual(noted.outcomes);
    expect(item.effects).toEqual(noted.effects);
  });

  test("a late result is stored whoever is ahead, and moves nobody", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(7, 1, 2));
    const before = await itemOf(store, callSid);
    const doubt = new Map([["2:book", effect("in-doubt", "t2")]]);
    const done = new Map([["2:book", effect("done", "t1", "sealed-R")]]);
    await store.note(callSid, { effects: doubt }, timing());
    expect(await store.note(callSid, { effects: done }, timing())).toEqual({ kind: "written" });
    expect(await itemOf(store, callSid)).toEqual({ ...before, effects: done });
  });

  test("a status callback that comes twice tells the same as one", async () => {
    const { store } = target();
    const callSid = newCall();
    for (const answer of ["sealed-one", "sealed-one"]) {
      await store.note(callSid, { outcome: { turn: 3, answer } }, timing());
    }
    await store.note(callSid, { outcome: { turn: 12, answer: "sealed-other" } }, timing());
    const told = new Map([
      [3, "sealed-one"],
      [12, "sealed-other"],
    ]);
    expect((await itemOf(store, callSid)).outcomes).toEqual(told);
  });

  test("the start of a call is kept, its latest write moves, and its item ends by itself", async () => {
    const { store, raw } = target();
    const callSid = newCall();
    await store.commit(callSid, commitFrom(at(0)), timing(startMs));
    await store.commit(callSid, commitFrom(at(1)), timing(startMs + 1_000));
    expect(await itemOf(store, callSid)).toMatchObject({ startedAtMs: startMs, updatedAtMs: startMs + 1_000 });
    await store.note(callSid, { endedAtMs: startMs + 2_500 }, timing(startMs + 2_500));
    expect(await itemOf(store, callSid)).toMatchObject({ startedAtMs: startMs, updatedAtMs: startMs + 2_500 });
    if (raw === undefined) return;
    const { ttlAtSec, schemaVersion } = await raw(callSid);
    expect(ttlAtSec).toEqual({ N: String((startMs + 2_000) / 1_000 + limits.itemLifeSec) });
    expect(schemaVersion).toEqual({ N: "1" });
  });

  test("a note without a fact is taken like any other", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(1));
    expect(await store.note(callSid, {}, timing())).toEqual({ kind: "written" });
  });
});
