import { expect, test } from "vitest";
import type { CheckpointStore, ReadResult } from "../../core/checkpoint-store.ts";
import { measuredStore } from "../../core/measured-store.ts";
import { memoryStore } from "../../core/stores/memory.ts";
import { fakeClock } from "../support/clock.ts";

const timing = { nowMs: 0, withinMs: 100 };

/** A table whose reads are answered when the test says so. */
function slowTable() {
  const answers: ((result: ReadResult) => void)[] = [];
  const store: CheckpointStore = {
    ...memoryStore(),
    read: () => new Promise((resolve) => answers.push(resolve)),
  };
  return { store, answer: () => answers.shift()?.({ kind: "nothing" }) };
}

test("a webhook that never asked the table has no table latency", () => {
  expect(measuredStore(memoryStore(), fakeClock()).waitedMs()).toBeUndefined();
});

test("operations one after the other add up, and time between them does not count", async () => {
  const clock = fakeClock();
  const table = slowTable();
  const { store, waitedMs } = measuredStore(table.store, clock);
  for (const ms of [20, 30]) {
    const read = store.read("CA1", timing);
    clock.advance(ms);
    table.answer();
    await read;
    clock.advance(1_000);
  }
  expect(waitedMs()).toBe(50);
});

test("operations at the same time count once, and one that hangs counts until now", async () => {
  const clock = fakeClock();
  const table = slowTable();
  const { store, waitedMs } = measuredStore(table.store, clock);
  const first = store.read("CA1", timing);
  clock.advance(10);
  void store.read("CA1", timing);
  clock.advance(10);
  table.answer();
  await first;
  clock.advance(5);
  expect(waitedMs()).toBe(25);
});

test("an operation that throws passes its error on, and its time counts", async () => {
  const clock = fakeClock();
  const broken = {
    ...memoryStore(),
    read: async () => {
      await undefined;
      clock.advance(7);
      throw new Error("broken");
    },
  };
  const { store, waitedMs } = measuredStore(broken, clock);
  await expect(store.read("CA1", timing)).rejects.toThrow("broken");
  expect(waitedMs()).toBe(7);
});
