import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import type { Position } from "../../../core/checkpoint.ts";
import { limits } from "../../../core/limits.ts";
import { onEveryStore } from "./targets.ts";
import { at, commitFrom, itemOf, newCall, startMs, timing } from "./writes.ts";

onEveryStore("trail", (target, name) => {
  test("each verb of each document is an entry: where, when, by which leg", async () => {
    const { store } = target();
    const callSid = newCall();
    await store.commit(callSid, commitFrom(at(0), { verbs: ["play", "gather"] }), timing());
    const again = { to: at(1, 1, 1), verbs: ["say", "gather"], leg: "fallback", atMs: startMs + 5 } as const;
    await store.commit(callSid, commitFrom(at(1), again), timing());
    await store.commit(callSid, commitFrom(at(1, 1, 1), { verbs: ["hangup"], atMs: startMs + 9 }), timing());
    const first = { step: "step1", turn: 1, attempt: 0, leg: "primary", atMs: startMs };
    const second = { step: "step1", turn: 1, attempt: 1, leg: "fallback", atMs: startMs + 5 };
    expect((await itemOf(store, callSid)).verbs).toEqual([
      { ...first, verb: "play", index: 0 },
      { ...first, verb: "gather", index: 1 },
      { ...second, verb: "say", index: 0 },
      { ...second, verb: "gather", index: 1 },
      { step: "step2", turn: 2, attempt: 0, leg: "primary", atMs: startMs + 9, verb: "hangup", index: 0 },
    ]);
  });

  test("a document from the middle on keeps the numbers of its verbs, and one without verbs has no entry", async () => {
    const { store } = target();
    const callSid = newCall();
    const commit = commitFrom(at(0), { verbs: ["say", "gather"] });
    await store.commit(callSid, { ...commit, trail: { ...commit.trail, from: 3 } }, timing());
    await store.commit(callSid, commitFrom(at(1), { verbs: [] }), timing());
    expect((await itemOf(store, callSid)).verbs.map(({ verb, index }) => [verb, index])).toEqual([
      ["say", 3],
      ["gather", 4],
    ]);
  });

  test("a call of 250 turns keeps its last 200 verbs, and its item stops growing", { timeout: 30_000 }, async () => {
    const { store, raw } = target();
    const callSid = newCall();
    const bytes: number[] = [];
    const spoken: { turn: number; verb: string }[] = [];
    const commit = async (from: Position, to: Position, verbs: readonly string[]) => {
      spoken.push(...verbs.map((verb) => ({ turn: to.turn, verb })));
      await store.commit(callSid, commitFrom(from, { to, verbs }), timing());
    };
    for (let turn = 0; turn < 250; turn++) {
      // some turns were asked again: what that wrote must neither be missing nor come back 200 turns later
      const askedAgain = turn % 70 === 30;
      if (askedAgain) await commit(at(turn), at(turn, 1), ["say", "gather"]);
      await commit(at(turn, askedAgain ? 1 : 0), at(turn + 1), ["play"]);
      if (raw !== undefined && (turn + 1) % 50 === 0) bytes.push(bytesOf(await raw(callSid)));
    }
    const { verbs } = await itemOf(store, callSid);
    expect(verbs.map(({ turn, verb }) => ({ turn, verb }))).toEqual(spoken.slice(-limits.trailVerbsMax));
    if (bytes.length === 0) return;
    console.log(`${name}: bytes of the item after 50, 100, ... 250 turns: ${bytes.join(", ")}`);
    const [, , , full = 0, later = 0] = bytes;
    expect(later).toBeLessThan(full + 250);
    expect(later).toBeLessThan(16_000);
  });
});

/** As DynamoDB counts: names and values, numbers as digits. */
function bytesOf(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);
}

function valueBytes({ S, N, M }: AttributeValue): number {
  if (M !== undefined) return 3 + bytesOf(M) + Object.keys(M).length;
  return Buffer.byteLength(S ?? N ?? "");
}
