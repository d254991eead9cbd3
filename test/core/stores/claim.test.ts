import { expect, test } from "vitest";
import { onEveryStore, targets } from "./targets.ts";
import { at, claimAt, commitFrom, effect, itemOf, newCall, put, timing, winnerOf } from "./writes.ts";

onEveryStore("claim", (target, name) => {
  test("an effect is claimed and the caller's answer pinned, also before anything was committed", async () => {
    const { store } = target();
    const callSid = newCall();
    expect(await store.claim(callSid, claimAt(at(0), "book", "t1"), timing())).toEqual({ kind: "written" });
    const item = await itemOf(store, callSid);
    expect(item.checkpoint).toBeUndefined();
    expect(item.effects).toEqual(new Map([["0:book", effect("claimed", "t1")]]));
    expect(item.pins).toEqual(new Map([[0, { token: "t1", answer: "sealed-answer-of-t1" }]]));
    // the claim does not stand in the way of the turn's own commit
    const commit = commitFrom(at(0), { pin: "t1", effects: { "0:book": effect("done", "t1", "sealed-R") } });
    expect(await store.commit(callSid, commit, timing())).toEqual({ kind: "written" });
    const done = await itemOf(store, callSid);
    expect(done.checkpoint).toEqual(commit.checkpoint);
    expect(done.effects.get("0:book")).toEqual(effect("done", "t1", "sealed-R"));
  });

  test("a letter is claimed with the time at which it is due, where the outbox's index finds it; another effect is not found", async () => {
    const { store, raw } = target();
    const [letter, other] = [newCall(), newCall()];
    const dueAtMs = 1_700_000_000_000;
    await store.claim(letter, { ...claimAt(at(0), "letter", "t1"), dueAtMs }, timing());
    await store.claim(other, claimAt(at(0), "book", "t1"), timing());
    // only a table has an index
    if (raw === undefined) return;
    expect(await raw(letter)).toMatchObject({ outbox: { S: "open" }, dueAtMs: { N: String(dueAtMs) } });
    expect(Object.keys(await raw(other))).not.toEqual(expect.arrayContaining(["outbox"]));
    expect(await raw(other)).not.toHaveProperty("dueAtMs");
  });

  test.each([
    ["a turn ahead", at(3), at(2)],
    ["an attempt ahead by a resume", at(2, 1, 1), at(2)],
  ])("nothing is claimed for a turn that was taken by somebody else: %s", async (_, held, from) => {
    const { store, requests } = target();
    const callSid = newCall();
    await put(store, callSid, held);
    const before = await itemOf(store, callSid);
    const asked = requests();
    expect(winnerOf(await store.claim(callSid, claimAt(from, "book", "late"), timing()))).toEqual(before);
    expect(requests() - asked).toBe(targets[name].refusalRequests);
    expect(await itemOf(store, callSid)).toEqual(before);
  });

  test.each([
    ["exactly there", at(2), at(2)],
    ["behind", at(1), at(2)],
    ["further, but of an earlier epoch", at(5), at(2, 1, 1)],
  ])("an effect is claimed when the table is %s", async (_, held, from) => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, held);
    expect(await store.claim(callSid, claimAt(from, "book", "t1"), timing())).toEqual({ kind: "written" });
    expect((await itemOf(store, callSid)).checkpoint).toMatchObject(held);
  });

  test("an effect that somebody claimed is not claimed again, also with the same pin", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(2));
    await store.claim(callSid, claimAt(at(2), "book", "t1"), timing());
    const before = await itemOf(store, callSid);
    const again = await store.claim(callSid, claimAt(at(2), "book", "t2", "t1"), timing());
    expect(winnerOf(again).effects.get("2:book")).toEqual(effect("claimed", "t1"));
    expect(await itemOf(store, callSid)).toEqual(before);
  });

  test("another effect is not claimed with another answer than the pinned one", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(2));
    await store.claim(callSid, claimAt(at(2), "book", "t1"), timing());
    const other = await store.claim(callSid, claimAt(at(2), "mail", "t2"), timing());
    expect(winnerOf(other).pins.get(2)).toEqual({ token: "t1", answer: "sealed-answer-of-t1" });
    expect((await itemOf(store, callSid)).effects.has("2:mail")).toBe(false);
  });

  test("a second effect of the same answer is claimed and brings the result of the first", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(2));
    await store.claim(callSid, claimAt(at(2), "book", "t1"), timing());
    const first = new Map([["2:book", effect("done", "t1", "sealed-R")]]);
    const second = await store.claim(callSid, claimAt(at(2), "mail", "t2", "t1", first), timing());
    expect(second).toEqual({ kind: "written" });
    const item = await itemOf(store, callSid);
    expect(item.effects).toEqual(new Map([...first, ["2:mail", effect("claimed", "t2")]]));
    expect(item.pins).toEqual(new Map([[2, { token: "t1", answer: "sealed-answer-of-t1" }]]));
  });

  test("a pinned turn is committed with its pin alone, and a document that takes no answer passes", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(2));
    await store.claim(callSid, claimAt(at(2), "book", "t1"), timing());
    for (const pin of [undefined, "t2"]) {
      const refused = await store.commit(callSid, commitFrom(at(2), { pin, token: "other" }), timing());
      expect(winnerOf(refused).pins.get(2)?.token).toBe("t1");
      expect((await itemOf(store, callSid)).checkpoint?.turn).toBe(2);
    }
    const media = commitFrom(at(2), { to: at(2, 0, 1), pin: "any" });
    expect(await store.commit(callSid, media, timing())).toEqual({ kind: "written" });
    expect(await store.commit(callSid, commitFrom(at(2, 0, 1), { pin: "t1" }), timing())).toEqual({ kind: "written" });
    expect((await itemOf(store, callSid)).checkpoint).toMatchObject(at(3, 0, 1));
  });

  test("the pin of one turn says nothing about the next", async () => {
    const { store } = target();
    const callSid = newCall();
    await store.claim(callSid, claimAt(at(2), "book", "t1"), timing());
    expect(await store.commit(callSid, commitFrom(at(3)), timing())).toEqual({ kind: "written" });
    expect(await store.claim(callSid, claimAt(at(4), "book", "t4"), timing())).toEqual({ kind: "written" });
    expect([...(await itemOf(store, callSid)).pins.keys()].toSorted()).toEqual([2, 4]);
  });

  test("of ten who claim the same effect at once, one is taken and everybody else learns who", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(2));
    const tokens = Array.from({ length: 10 }, (_, index) => `claimer-${index}`);
    const results = await Promise.all(
      tokens.map((token) => store.claim(callSid, claimAt(at(2), "book", token), timing())),
    );
    const won = tokens.filter((_, index) => results[index]?.kind === "written");
    expect(won).toHaveLength(1);
    const told = results.flatMap((result) => (result.kind === "refused" ? [result.item.pins.get(2)?.token] : []));
    expect(told).toEqual(Array.from({ length: 9 }, () => won[0]));
  });
});
