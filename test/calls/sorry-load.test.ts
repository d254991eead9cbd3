import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { CallRecord } from "../../rehearsal/call-record.ts";
import { finished, heldCalls, type SorryStack, sorryStack, toldSorry } from "../support/sorry-stack.ts";
import { effectsOf } from "../support/stack.ts";

/** An instance asks again after 15 s; these wait for it beside each other, each with legs of its own. */
vi.setConfig({ maxConcurrency: 4 });
const turnedMs = 45_000;
const heldMax = 4;
/** `expect.poll` knows only one test at a time. */
const until = (timeout: number, holds: () => boolean) => vi.waitUntil(holds, { timeout, interval: 50 });

const stopTable = ({ stack }: SorryStack) => stack.tableProxy.fault("refuse");
const killPrimary = ({ killPrimary }: SorryStack) => killPrimary();
const both = async (all: SorryStack) => {
  stopTable(all);
  await killPrimary(all);
};
const troubles = [
  { trouble: "all well", befall: () => {}, when: "later", leg: "primary" },
  { trouble: "the table stopped", befall: stopTable, when: "before", leg: "primary" },
  { trouble: "the table stopped", befall: stopTable, when: "later", leg: "primary" },
  { trouble: "the primary killed", befall: killPrimary, when: "before", leg: "fallback" },
  { trouble: "the primary killed", befall: killPrimary, when: "later", leg: "fallback" },
  { trouble: "the table stopped and the primary killed", befall: both, when: "before", leg: "fallback" },
  { trouble: "the table stopped and the primary killed", befall: both, when: "later", leg: "fallback" },
] as const;

test.concurrent.each(troubles)(
  "turned on under a running load, with $trouble ($when): new callers hear it from the $leg, calls in progress finish",
  async ({ befall, when, leg }) => {
    const all = await sorryStack();
    try {
      await underLoad(all, befall, when, leg);
    } finally {
      await all.stop();
    }
  },
  120_000,
);

async function underLoad(
  all: SorryStack,
  befall: (all: SorryStack) => unknown,
  when: "before" | "later",
  leg: "primary" | "fallback",
): Promise<void> {
  const { stack, call, turn, begin } = all;
  await begin("off");
  const before = heldCalls(all, heldMax);
  await until(10_000, () => before.standing() === heldMax);

  // new callers all the time, while the switch is turned and trouble comes; how many have begun when is known
  const load: { readonly at: number; readonly record: CallRecord }[] = [];
  let begun = 0;
  let loading = true;
  const line = async () => {
    while (loading) {
      const at = begun++;
      load.push({ at, record: await call() });
      await sleep(100);
    }
  };
  const lines = Promise.all([line(), line()]);
  await until(20_000, () => load.length > 1);
  if (when === "before") await befall(all);
  await turn("on");
  // a primary that runs must have found it before anything befalls it: that is what turned on means
  await until(turnedMs, () => load.slice(-2).every(({ record }) => toldSorry(record)));
  if (when === "later") await befall(all);
  const first = begun;
  await until(30_000, () => load.filter(({ at }) => at >= first).length > 4);
  loading = false;
  await lines;
  before.open();
  const inProgress = await before.calls;

  expect(inProgress.filter(finished)).toHaveLength(heldMax);
  for (const one of inProgress) expect(effectsOf(stack, one)).toEqual(["book"]);
  // every new caller heard the one or the other, whole: whoever had begun before the switch was found finished
  expect(load.filter(({ record }) => !toldSorry(record) && !finished(record))).toEqual([]);
  const after = load.filter(({ at }) => at >= first).map(({ record }) => record);
  expect(after.filter(toldSorry)).toHaveLength(after.length);
  for (const one of after) {
    expect(one).toMatchObject({ ended: "hangup", requestCount: leg === "primary" ? 1 : 2 });
    expect(one.documents.map(({ host }) => host)).toEqual([new URL(stack[leg].baseUrl).host]);
    expect(effectsOf(stack, one)).toEqual([]);
  }
}
