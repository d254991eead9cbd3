import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import { resumeDialects } from "../../rehearsal/dialect.ts";
import { all, before } from "../../rehearsal/faults.ts";
import type { EffectsFault } from "../../scripts/stack/effects.ts";
import { meeting } from "../support/meeting.ts";
import { itemOf } from "../support/signed-request.ts";
import { effectsOf, lastWords, place, type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

/** Room for a busy machine: what a request takes beyond the time at which its leg leaves by itself. */
const slackMs = 600;

/** No webhook keeps the caller in silence for longer than the chain of deadlines says. */
function expectNoSilence(calls: readonly CallRecord[]): void {
  for (const request of calls.flatMap(({ requests }) => requests)) {
    const leaveMs = request.url.startsWith(stack.primary.baseUrl) ? limits.primaryLeaveMs : limits.fallbackLeaveMs;
    expect(request.endedAtMs - request.startedAtMs, request.url).toBeLessThan(leaveMs + slackMs);
  }
  for (const { ended, heard } of calls) {
    expect(ended).toBe("hangup");
    expect(heard).not.toContain("last resort");
  }
}

const killPrimary = async () => {
  stack.primary.kill();
  await stack.primary.exited;
};
/** The effect's answer leads out of event 2: the one whose webhook claims, runs and commits it. */
const booking = 2;
const flows = ["four", "four-give-up"] as const;
type Flow = (typeof flows)[number];

interface Placed {
  readonly flow: Flow;
  readonly call: CallRecord;
  readonly repeats: boolean;
}

/** Places calls of both flows in these dialects at once, that all make the request with the effect at the same time. */
async function placeAll(
  intercept: Intercept = (_request, send) => send(),
  ready = async () => {},
  dialects = resumeDialects,
): Promise<Placed[]> {
  const wanted = dialects.flatMap(({ dialect }) => flows.map((flow) => ({ flow, dialect })));
  const together = before(booking, meeting(wanted.length, ready));
  return Promise.all(
    wanted.map(async ({ flow, dialect }) => ({
      flow,
      repeats: dialect.fallbackRepeatsParams === true,
      call: await place(stack, flow, { dialect, intercept: all(together, intercept) }),
    })),
  );
}

/** Kills the primary when the service has been asked by all calls of `placeAll`, before it executes or before it answers. */
function killAtEffects(phase: "before" | "after"): () => void {
  const asked = new Set<string>();
  const meet = meeting(resumeDialects.length * flows.length, killPrimary);
  return stack.effects.onRequest(async (at, { callSid }) => {
    if (at !== phase || asked.has(callSid)) return;
    asked.add(callSid);
    await meet();
    // the request died with the process that made it
    if (phase === "before") throw new Error("nobody asks any more");
  });
}

const of = (placed: readonly Placed[], flow: Flow) => placed.filter((one) => one.flow === flow);
const questions = ({ heard }: CallRecord) => heard.filter((line) => line.includes("book?"));

describe("the primary is killed, with calls in the middle of it,", () => {
  let stopListening = () => {};
  afterEach(async () => {
    stopListening();
    stopListening = () => {};
    await stack.primary.restart();
  });

  test.each([
    ["between claim and effect", "before"],
    ["between effect and commit", "after"],
  ] as const)(
    "%s: what may be retried is done exactly once and told, what may not is never done twice and told as in doubt",
    async (_, phase) => {
      stopListening = killAtEffects(phase);
      const placed = await placeAll();
      for (const { call } of of(placed, "four")) {
        expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
        expect(effectsOf(stack, call)).toEqual(["book"]);
        // the claim pinned the answer: the caller is not asked again, whether Twilio repeats the answer or not
        expect(questions(call)).toEqual(["color 2, book?"]);
      }
      for (const { call } of of(placed, "four-give-up")) {
        expect(lastWords(call)).toBe("color 2, told doubt, bye");
        expect(effectsOf(stack, call)).toEqual(phase === "before" ? [] : ["charge"]);
        const state = (await itemOf(stack, call.callSid))?.effects.get("2:book")?.state;
        expect(state).toBe("in-doubt");
      }
      expectNoSilence(placed.map(({ call }) => call));
    },
  );

  test("before the claim: nothing was done, so everything is done once, with the answer repeated or asked for again", async () => {
    const placed = await placeAll(undefined, killPrimary);
    for (const { flow, call, repeats } of placed) {
      expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
      expect(effectsOf(stack, call)).toEqual([flow === "four" ? "book" : "charge"]);
      expect(questions(call)).toEqual(repeats ? ["color 2, book?"] : ["color 2, book?", "color 2, book? again"]);
    }
    expectNoSilence(placed.map(({ call }) => call));
  });

  test("while its claim is still on the way to the table, which it reaches late: done at most once", async () => {
    const delayMs = 150;
    stack.tableProxy.fault("slow", { leg: "primary", operation: "UpdateItem", delayMs });
    const killSoon: Intercept = async (request, send) => {
      if (request.index !== booking || request.isFallback || request.kind !== "action") return send();
      const sent = send();
      // the claims are on their way when they stand in the proxy's count; the primary is gone before they arrive
      await expect
        .poll(() => stack.tableProxy.counts().primary.UpdateItem ?? 0, { interval: 5 })
        .toBeGreaterThanOrEqual(callCount);
      await meet();
      return sent;
    };
    const callCount = resumeDialects.length * flows.length;
    const meet = meeting(callCount, killPrimary);
    try {
      const placed = await placeAll(killSoon, async () => stack.tableProxy.reset());
      for (const { call } of of(placed, "four")) {
        expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
        expect(effectsOf(stack, call)).toEqual(["book"]);
      }
      for (const { call } of of(placed, "four-give-up")) {
        const done = effectsOf(stack, call);
        expect(lastWords(call)).toMatch(done.length === 0 ? /told doubt, bye$/ : /told (R-\w+|doubt), bye$/);
        expect(done.length).toBeLessThanOrEqual(1);
      }
      expectNoSilence(placed.map(({ call }) => call));
    } finally {
      stack.tableProxy.clear();
    }
  });
});

/** What ErrorUrl looks like plays no part in these. */
const twoDialects = resumeDialects.filter(({ dialect }) => dialect.errorUrl === "absolute");
const faults: EffectsFault[] = ["500", "refuse", "hang", "lose-answer"];

describe.each(faults)("the outside service fails (%s)", (fault) => {
  afterEach(() => stack.effects.fail(undefined));

  test("and recovers before the fallback asks it: done once and told; what may not be retried is told as in doubt", async () => {
    // every call is past the fault: it asks the fallback, or has its answer and asks for what comes next
    const past = meeting(twoDialects.length * flows.length, () => stack.effects.fail(undefined));
    const recover: Intercept = async (request, send) => {
      const next = request.kind === "action" && request.index === booking + 1;
      if ((request.isFallback || next) && request.attempt === 0) await past();
      return send();
    };
    const placed = await placeAll(recover, async () => stack.effects.fail(fault), twoDialects);
    for (const { call } of of(placed, "four")) {
      expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
      expect(effectsOf(stack, call)).toEqual(["book"]);
      expect(questions(call)).toEqual(["color 2, book?"]);
    }
    for (const { call } of of(placed, "four-give-up")) {
      expect(lastWords(call)).toBe("color 2, told doubt, bye");
      expect(call.alerts).toEqual([]);
      expect(effectsOf(stack, call)).toEqual(fault === "lose-answer" ? ["charge"] : []);
    }
    expectNoSilence(placed.map(({ call }) => call));
  });

  test("and does not recover: the caller is told that it is not settled, and nothing is done twice", async () => {
    const placed = await placeAll(undefined, async () => stack.effects.fail(fault), twoDialects);
    for (const { call } of of(placed, "four")) {
      expect(lastWords(call)).toBe("color 2, unsettled");
      expect(effectsOf(stack, call)).toEqual(fault === "lose-answer" ? ["book"] : []);
      expect(questions(call)).toEqual(["color 2, book?"]);
    }
    for (const { call } of of(placed, "four-give-up")) {
      expect(lastWords(call)).toBe("color 2, told doubt, bye");
      expect(effectsOf(stack, call)).toEqual(fault === "lose-answer" ? ["charge"] : []);
    }
    expectNoSilence(placed.map(({ call }) => call));
  });
});
