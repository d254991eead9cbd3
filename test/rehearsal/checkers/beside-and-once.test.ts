import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { yielding } from "../../../core/verbs.ts";
import { asidesBeside } from "../../../rehearsal/checkers/asides-beside.ts";
import type { Checker } from "../../../rehearsal/checkers/checker.ts";
import { executedOnce } from "../../../rehearsal/checkers/executed-once.ts";
import { createExpectation } from "../../../rehearsal/checkers/expectation.ts";
import { modelWorld } from "../../../rehearsal/checkers/model-world.ts";
import { requestsBounded } from "../../../rehearsal/checkers/requests-bounded.ts";
import { defaultDialect } from "../../../rehearsal/dialect.ts";
import { deriveScripts } from "../../../rehearsal/model/derive-scripts.ts";
import { verbAt } from "../../../rehearsal/model/flow-model.ts";
import { closeNetwork } from "../../../rehearsal/world/outside-service.ts";
import { rehearseCall } from "../../../rehearsal/world/rehearse-call.ts";
import type { ExecutedStep, RehearsedCall } from "../../../rehearsal/world/rehearsed-call.ts";
import { createStage } from "../../../rehearsal/world/stage.ts";
import { flows } from "../../flows/index.ts";

let openNetwork: () => void;
beforeAll(() => {
  openNetwork = closeNetwork();
});
afterAll(() => openNetwork());

/** The faultless call of one script, and the oracle of its flow. */
async function faultless(name: string, id: string) {
  const flow = flows.find((one) => one.name === name);
  if (flow === undefined) throw new Error(`no flow '${name}'`);
  const stage = createStage(flow);
  const { scripts } = await deriveScripts(flow, modelWorld(stage));
  const script = scripts.find((one) => one.id === id);
  if (script === undefined) throw new Error(`no script '${id}': ${scripts.map((one) => one.id).join(" ")}`);
  const call = await rehearseCall({ stage, script, chosen: new Map(), settled: defaultDialect });
  const expected = await createExpectation(stage)(call);
  return {
    call,
    findings: (checker: Checker, changed: Partial<RehearsedCall> = {}) => checker({ ...call, ...changed }, expected),
  };
}

const withParams = (call: RehearsedCall, params: Readonly<Record<string, string>>): ExecutedStep[] =>
  call.steps.map((step, at) => (at === 0 ? { ...step, params: { ...step.params, ...params } } : step));

describe("nobody is charged twice", () => {
  test("a payment that is executed again for the same turn is found, in whatever document", async () => {
    const { call, findings } = await faultless("verbs-pay", "pay:success");
    expect(call.steps).toMatchObject([{ verb: "Pay", turn: 1, step: "charge" }]);
    expect(findings(executedOnce)).toEqual([]);
    const steps = call.steps.flatMap((step) => [step, { ...step, document: step.document + 1 }]);
    expect(findings(executedOnce, { steps })).toEqual(["the Pay of 'charge' was executed again in turn 1"]);
    // the caller was led there once more
    const later = call.steps.flatMap((step) => [step, { ...step, document: step.document + 1, turn: step.turn + 1 }]);
    expect(findings(executedOnce, { steps: later })).toEqual([]);
  });
});

describe("documents beside the call", () => {
  test("who accepts is connected, who does not is not", async () => {
    const accepted = await faultless("verbs-dial", "dial:completed:10:1,dial:completed");
    expect(accepted.findings(asidesBeside)).toEqual([]);
    const steps = withParams(accepted.call, { DialBridged: "false" });
    expect(accepted.findings(asidesBeside, { steps })).toEqual([
      "'1' in the whisper of 'people', and DialBridged is false",
    ]);
    const declined = await faultless("verbs-dial", "dial:completed:10:0,dial:completed");
    expect(declined.findings(asidesBeside)).toEqual([]);
    expect(declined.findings(asidesBeside, { steps: withParams(declined.call, { DialBridged: "true" }) })).toHaveLength(
      1,
    );
  });

  test("who leaves the queue leaves it", async () => {
    const { call, findings } = await faultless("verbs-queue", "queue:bridged:10:9,dial:completed");
    expect(findings(asidesBeside)).toEqual([]);
    expect(findings(asidesBeside, { steps: withParams(call, { QueueResult: "bridged" }) })).toHaveLength(1);
  });

  test("they are no turns, and bounded by how long the caller waits", async () => {
    const { call, findings } = await faultless("verbs-queue", "queue:bridged:10:0");
    const asked = call.record.requests.filter(({ kind }) => kind === "wait");
    expect(asked.length).toBeGreaterThan(1);
    expect(findings(requestsBounded)).toEqual([]);
    const many = Array.from({ length: 100 }, () => asked).flat();
    const attemptCount = call.record.attemptCount + many.length;
    const record = { ...call.record, requests: [...call.record.requests, ...many], attemptCount };
    expect(findings(requestsBounded, { record })).toEqual([
      expect.stringMatching(/^\d+ requests beside the call, the bound is \d+$/),
    ]);
  });
});

test("the test flows use every verb that yields, and both kinds of documents beside a call", async () => {
  const verbs = new Set<string>();
  const asides = new Set<string>();
  for (const flow of flows) {
    const stage = createStage(flow);
    const { scripts } = await deriveScripts(flow, modelWorld(stage));
    for (const script of scripts) {
      const call = await rehearseCall({ stage, script, chosen: new Map(), settled: defaultDialect });
      for (const { kind } of call.record.requests) if (kind === "wait" || kind === "whisper") asides.add(kind);
      for (const { answer } of call.given) {
        const c = answer.checkpoint;
        const verb = c && verbAt(flow, c);
        if (verb !== undefined) verbs.add(verb);
      }
    }
  }
  const raw = new Set(["raw", "next"]);
  expect([...verbs].filter((verb) => !raw.has(verb)).toSorted()).toEqual(
    Object.keys(yielding)
      .filter((verb) => !raw.has(verb))
      .toSorted(),
  );
  expect(asides).toEqual(new Set(["wait", "whisper"]));
});
