import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CheckpointStore, StoredEffect } from "../../../core/checkpoint-store.ts";
import { type Target, targets } from "./targets.ts";
import { at, claimAt, commitFrom, comparable, effect, newCall, startMs, timing } from "./writes.ts";

/** One operation of anybody at any position: most sequences are nothing that one call would do, all must mean one thing. */
type Operation = (
  store: CheckpointStore,
  callSid: string,
  step: number,
) => ReturnType<CheckpointStore["commit" | "read"]>;

// few of everything, so that operations meet
const position = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(2))
  .map(([turn, attempt, resumes]) => at(turn, attempt, resumes));
const pin = fc.constantFrom("a", "b", "c");
const name = fc.constantFrom("book", "mail");
const state = fc.constantFrom<StoredEffect["state"]>("claimed", "done", "in-doubt");
const stored = fc
  .tuple(state, pin)
  .map(([known, token]) => effect(known, token, known === "done" ? `sealed-${token}` : undefined));
const effects = (turn: number) =>
  fc.dictionary(
    name.map((one) => `${turn}:${one}`),
    stored,
    { maxKeys: 2, noNullPrototype: true },
  );

const commit = fc
  .record({ from: position, to: position, pin: fc.constantFrom("any", "a", "b", undefined), verbs: fc.nat(3) })
  .chain((given) => effects(given.from.turn).map((done) => ({ ...given, effects: done })))
  .map(({ from, verbs, ...rest }): [string, Operation] => [
    `commit from ${JSON.stringify(from)} ${JSON.stringify(rest)}`,
    (store, callSid, step) => {
      const atMs = startMs + step;
      const trail = Array.from({ length: verbs }, (_, index) => `verb${index}`);
      const given = commitFrom(from, { ...rest, token: `step-${step}`, verbs: trail, atMs });
      return store.commit(callSid, given, timing(atMs));
    },
  ]);
const claim = fc
  .record({ from: position, effectOf: name, pin })
  .map(({ from, effectOf, pin: own }): [string, Operation] => [
    `claim ${effectOf} at ${JSON.stringify(from)} with ${own}`,
    (store, callSid, step) => {
      const other = effectOf === "book" ? "mail" : "book";
      // the second effect of a turn brings the first one's result
      const before = new Map(step % 2 === 0 ? [] : [[`${from.turn}:${other}`, effect("done", own, "sealed-first")]]);
      return store.claim(callSid, claimAt(from, effectOf, `step-${step}`, own, before), timing(startMs + step));
    },
  ]);
const note = fc
  .record({ outcome: fc.option(fc.nat(2)), ended: fc.boolean(), effects: effects(1) })
  .map(({ outcome, ended, effects: done }): [string, Operation] => [
    `note ${JSON.stringify({ outcome, ended, done })}`,
    (store, callSid, step) => {
      const told = { turn: outcome ?? 0, answer: `sealed-${step}` };
      const facts = {
        effects: new Map(Object.entries(done)),
        ...(outcome === null ? {} : { outcome: told }),
        // at least one fact
        ...(ended || outcome === null ? { endedAtMs: startMs + step } : {}),
      };
      return store.note(callSid, facts, timing(startMs + step));
    },
  ]);
const read: fc.Arbitrary<[string, Operation]> = fc.constant([
  "read",
  (store, callSid) => store.read(callSid, timing()),
]);
const sequences = fc.array(
  fc.oneof({ weight: 5, arbitrary: commit }, { weight: 3, arbitrary: claim }, { weight: 1, arbitrary: note }, read),
  { minLength: 1, maxLength: 14 },
);

const stores: Target[] = [];
beforeAll(async () => {
  for (const { start } of Object.values(targets)) stores.push(await start());
});
afterAll(async () => {
  for (const { stop } of stores) await stop();
});

/** Everything that a store told on the way, and what it holds at the end. */
async function story(store: CheckpointStore, operations: readonly (readonly [string, Operation])[]) {
  const callSid = newCall();
  const told: unknown[] = [];
  for (const [step, [words, operation]] of operations.entries()) {
    told.push([words, comparable(await operation(store, callSid, step))]);
  }
  return { told, item: await store.read(callSid, timing()) };
}

test("whatever happens to a call, every store tells the same and holds the same", { timeout: 60_000 }, async () => {
  const kinds = new Map<string, number>();
  const property = fc.asyncProperty(sequences, async (operations) => {
    const [memory, ...others] = await Promise.all(stores.map(({ store }) => story(store, operations)));
    for (const other of others) expect(other).toEqual(memory);
    for (const kind of JSON.stringify(memory?.told).match(/"kind":"(written|refused|found|nothing)"/g) ?? []) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  });
  await fc.assert(property, { numRuns: 60 });
  // the sequences do meet: enough of them were refused
  console.log("results of random sequences:", Object.fromEntries(kinds));
  expect(kinds.get('"kind":"refused"') ?? 0).toBeGreaterThan(30);
  expect(kinds.get('"kind":"written"') ?? 0).toBeGreaterThan(30);
});
