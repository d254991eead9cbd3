import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createExpectation } from "../../rehearsal/checkers/expectation.ts";
import { modelWorld } from "../../rehearsal/checkers/model-world.ts";
import { formatCaseId } from "../../rehearsal/explore/case-id.ts";
import { namedDialects } from "../../rehearsal/explore/dialects.ts";
import { explore, type Rehearsed } from "../../rehearsal/explore/explore.ts";
import { oneOf, randomOf } from "../../rehearsal/explore/random.ts";
import { randomFlow } from "../../rehearsal/explore/random-flow.ts";
import { randomPlan } from "../../rehearsal/explore/random-flow-plan.ts";
import { deriveScripts } from "../../rehearsal/model/derive-scripts.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { createStage } from "../../rehearsal/world/stage.ts";

const flowsMax = 12;
const scriptsMax = 2;
const dialectsMax = 2;
/** A third of the first faults of each call, another third for each seed. */
const shares = 3;

const seeds = fc.integer({ min: 0, max: 1_000_000 });

let openNetwork: () => void;
beforeAll(() => {
  openNetwork = closeNetwork();
});
afterAll(() => openNetwork());

test("a caller of a flow that nobody wrote survives any one fault", { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const failures: string[] = [];
      await exploreRandomFlow(seed, (name, { script, dialect, chosen, findings }) => {
        const id = formatCaseId({
          flow: name,
          language: script.language,
          script: script.id,
          dialect: dialect.name,
          chosen,
        });
        for (const { checker, what } of findings) failures.push(`${id}: ${checker}: ${what}`);
      });
      expect(failures).toEqual([]);
    }),
    // a smaller seed is not a smaller flow
    { numRuns: flowsMax, endOnFailure: true },
  );
});

test("the same seed makes the same flow, and the same calls", async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      expect(randomPlan(randomOf(seed, 0))).toEqual(randomPlan(randomOf(seed, 0)));
    }),
    { numRuns: 50 },
  );
  const heard = async () => {
    const calls: unknown[] = [];
    await exploreRandomFlow(1, (_, { call }) => calls.push([call.record.heard, call.record.ended, call.executed]));
    return calls;
  };
  expect(await heard()).toEqual(await heard());
});

test("random flows hold every verb, and every way to leave a step", () => {
  const plans = Array.from({ length: 300 }, (_, seed) => randomPlan(randomOf(seed, 0)));
  const steps = plans.flatMap((plan) => plan.steps);
  const verbs = new Set(steps.flatMap((step) => step.verbs.map(({ kind }) => kind)));
  expect([...verbs].toSorted()).toEqual(
    [
      ...["connect", "dial", "enqueue", "gather", "hangup", "pause", "pay", "play", "raw", "record", "refer", "reject"],
      ...["say", "session", "sms", "tones"],
    ].toSorted(),
  );
  const leaves = steps.flatMap(({ leave }) => leave ?? []);
  const branches = leaves.flatMap((leave) => leave.branches);
  expect(leaves.some(({ lost }) => lost !== undefined)).toBe(true);
  expect(leaves.some(({ inDoubt }) => inDoubt !== undefined)).toBe(true);
  expect(branches.some(({ together }) => together)).toBe(true);
  expect(branches.some(({ language }) => language !== undefined)).toBe(true);
  expect(branches.some(({ noteCharacters }) => noteCharacters > 1_024)).toBe(true);
});

/** Single faults of some scripts of one random flow, under some dialects. */
async function exploreRandomFlow(seed: number, onCall: (name: string, rehearsed: Rehearsed) => void): Promise<void> {
  const random = randomOf(seed, 0);
  const flow = randomFlow(random, `random-${seed}`);
  const stage = createStage(flow);
  const { scripts } = await deriveScripts(flow, modelWorld(stage));
  const dialects = Array.from({ length: dialectsMax }, () => oneOf(random, namedDialects));
  const expected = createExpectation(stage);
  const chosen = new Set(Array.from({ length: scriptsMax }, () => oneOf(random, scripts)));
  for (const script of chosen) {
    await explore({
      stage,
      expect: expected,
      script,
      dialects,
      faultsMax: 1,
      share: { of: shares, index: seed % shares },
      onCall: (rehearsed) => onCall(flow.name, rehearsed),
    });
  }
}
