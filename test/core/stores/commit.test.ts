import { expect, test } from "vitest";
import { onEveryStore, targets } from "./targets.ts";
import { at, commitFrom, itemOf, newCall, put, timing, winnerOf } from "./writes.ts";

onEveryStore("commit", (target, name) => {
  test("the first commit of a call is taken", async () => {
    const { store } = target();
    const callSid = newCall();
    expect(await store.read(callSid, timing())).toEqual({ kind: "nothing" });
    const commit = commitFrom(at(0), { token: "first" });
    expect(await store.commit(callSid, commit, timing())).toEqual({ kind: "written" });
    expect((await itemOf(store, callSid)).checkpoint).toEqual(commit.checkpoint);
  });

  test.each([
    ["exactly there", at(2, 1, 1), at(2, 1, 1)],
    ["a turn behind", at(1, 2, 1), at(2, 0, 1)],
    ["ten turns behind, numbers compared as numbers", at(9, 0, 0), at(10, 0, 0)],
    ["an attempt behind", at(2, 0, 1), at(2, 1, 1)],
    ["further, but of an earlier epoch: a zombie's late write", at(5, 0, 0), at(2, 1, 1)],
    ["an attempt further, but of an earlier epoch", at(2, 2, 0), at(2, 1, 1)],
    ["at the same turn of a later epoch, but not further", at(2, 0, 3), at(2, 0, 1)],
  ])("a call goes on when the table is %s", async (_, held, from) => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, held);
    const commit = commitFrom(from);
    expect(await store.commit(callSid, commit, timing())).toEqual({ kind: "written" });
    expect((await itemOf(store, callSid)).checkpoint).toEqual(commit.checkpoint);
  });

  test.each([
    ["a turn ahead", at(3, 0, 1), at(2, 1, 1)],
    ["ten turns ahead, numbers compared as numbers", at(10, 0, 0), at(9, 0, 0)],
    ["an attempt ahead in the same epoch", at(2, 1, 0), at(2, 0, 0)],
    ["an attempt ahead by a resume", at(2, 1, 1), at(2, 0, 0)],
    ["a turn ahead by a resume", at(3, 0, 1), at(2, 0, 0)],
  ])("a call that somebody else took further keeps what they wrote: %s", async (_, held, from) => {
    const { store, requests } = target();
    const callSid = newCall();
    await put(store, callSid, held, "winner");
    const before = await itemOf(store, callSid);
    const asked = requests();
    const result = await store.commit(callSid, commitFrom(from, { token: "late" }), timing());
    expect(winnerOf(result)).toEqual(before);
    expect(requests() - asked).toBe(targets[name].refusalRequests);
    expect(await itemOf(store, callSid)).toEqual(before);
  });

  test("of ten who answer the same turn at once, one is taken and everybody else learns who", async () => {
    const { store } = target();
    const callSid = newCall();
    await put(store, callSid, at(2));
    const tokens = Array.from({ length: 10 }, (_, index) => `writer-${index}`);
    const results = await Promise.all(
      tokens.map((token) => store.commit(callSid, commitFrom(at(2), { token }), timing())),
    );
    const won = tokens.filter((_, index) => results[index]?.kind === "written");
    expect(won).toHaveLength(1);
    expect((await itemOf(store, callSid)).checkpoint?.token).toBe(won[0]);
    const told = results.filter(({ kind }) => kind !== "written").map((result) => winnerOf(result).checkpoint?.token);
    expect(told).toEqual(Array.from({ length: 9 }, () => won[0]));
  });

  test("ten who begin the same call at once begin it once", async () => {
    const { store } = target();
    const callSid = newCall();
    const tokens = Array.from({ length: 10 }, (_, index) => `writer-${index}`);
    const results = await Promise.all(
      tokens.map((token) => store.commit(callSid, commitFrom(at(0), { token }), timing())),
    );
    expect(results.filter(({ kind }) => kind === "written")).toHaveLength(1);
    const winner = (await itemOf(store, callSid)).checkpoint?.token;
    const told = results.flatMap((result) => (result.kind === "refused" ? [result.item.checkpoint?.token] : []));
    expect(told).toEqual(Array.from({ length: 9 }, () => winner));
  });

  test("two calls do not meet", async () => {
    const { store } = target();
    const [one, other] = [newCall(), newCall()];
    await put(store, one, at(5), "one");
    await store.commit(other, commitFrom(at(0), { token: "other" }), timing());
    expect((await itemOf(store, one)).checkpoint).toMatchObject({ turn: 5, token: "one" });
    expect((await itemOf(store, other)).checkpoint).toMatchObject({ turn: 1, token: "other" });
  });
});
