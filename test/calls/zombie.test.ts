import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test, vi } from "vitest";
import { limits } from "../../core/limits.ts";
import { createSealer } from "../../core/seal.ts";
import type { Intercept } from "../../rehearsal/call-record.ts";
import { loseRequestAt } from "../../rehearsal/faults.ts";
import { effectsOf, lastWords } from "../support/stack.ts";
import {
  aroundWaking,
  changingMind,
  connectionLost,
  isWebhook,
  stopLines,
  suspendable,
  suspendedIn,
  waitedMs,
} from "../support/suspendable.ts";
import { suspend } from "../support/suspended.ts";

// each test waits for real timeouts of Twilio and leaves the processor idle; a stack serves one at a time
vi.setConfig({ maxConcurrency: 5, testTimeout: 40_000 });
afterAll(stopLines);

test.concurrent("a primary suspended for good: the call ends on the fallback, its effect done once", async (context) => {
  const on = await suspendable(context);
  let standing = false;
  const intercept: Intercept = async (request, send) => {
    if (request.index === 2 && !standing) {
      standing = true;
      await suspend(on.stack.primary);
    }
    return send();
  };
  const call = await on.place("appointment", { intercept });
  expect(call.ended).toBe("hangup");
  expect(lastWords(call)).toMatch(/^Monday is yours\. Your reference is R-\w+/);
  expect(effectsOf(on.stack, call)).toEqual(["book"]);
  expect(waitedMs(call, 2)).toBeGreaterThanOrEqual(limits.webhookReadTimeoutMs - 50);
  expect((await on.read()).checkpoint).toMatchObject({ turn: 3, step: "booked" });
});

test.concurrent("suspended before it read the request, the primary wakes to a call that went on without it", async (context) => {
  const on = await suspendable(context);
  const { seen, wake } = aroundWaking(on);
  const stop = async (send: () => void) => {
    await suspend(on.stack.primary);
    send();
  };
  const intercept = suspendedIn(1, { stop, afterwards: () => wake() });
  const call = await on.place("four", { script: changingMind(), intercept });
  expect(waitedMs(call, 1)).toBeGreaterThanOrEqual(limits.webhookReadTimeoutMs - 50);
  expect(seen.event).toBe("turn.replayed");
  expect(on.stack.primary.output()).toContain('"event":"request.client-closed"');
  expect(seen.before?.checkpoint).toMatchObject({ turn: 1, attempt: 1, resumes: 1, step: "color" });
  expect(seen.after).toEqual(seen.before);
  expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
  expect(effectsOf(on.stack, call)).toEqual(["book"]);
});

test.concurrent("a commit that was on its way when the primary was suspended arrives late and changes nothing", async (context) => {
  const on = await suspendable(context);
  const { seen, wake } = aroundWaking(on);
  const held = on.tables.holdNextWrite;
  let write = held("none");
  let status = 0;
  const stop = async (send: () => void) => {
    write = held(on.callSid);
    send();
    await write.reached;
    await suspend(on.stack.primary);
  };
  const late = async () => {
    status = await write.release();
  };
  const intercept = suspendedIn(1, { stop, afterwards: () => wake(late) });
  const call = await on.place("four", { script: changingMind(), intercept });
  expect(waitedMs(call, 1)).toBeGreaterThanOrEqual(limits.webhookReadTimeoutMs - 50);
  expect(status).toBe(400);
  expect(seen.before?.checkpoint).toMatchObject({ turn: 1, attempt: 1, resumes: 1, step: "color" });
  expect(seen.after).toEqual(seen.before);
  expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
  expect(effectsOf(on.stack, call)).toEqual(["book"]);
});

test.concurrent("suspended with the effect done, the fallback tells its reference, and the zombie does nothing more", async (context) => {
  const on = await suspendable(context);
  const { seen, wake } = aroundWaking(on);
  const stop = async (send: () => void) => {
    const suspended = on.suspendedAfterEffect();
    send();
    await suspended;
  };
  const intercept = suspendedIn(2, { stop, afterwards: () => wake() });
  const call = await on.place("four", { intercept });
  expect(waitedMs(call, 2)).toBeGreaterThanOrEqual(limits.webhookReadTimeoutMs - 50);
  expect(seen.before?.checkpoint).toMatchObject({ turn: 3, resumes: 1, step: "last" });
  expect(seen.after?.checkpoint).toEqual(seen.before?.checkpoint);
  expect(seen.after?.item).toEqual({
    ...seen.before?.item,
    updatedAtMs: seen.after?.item.updatedAtMs,
    effects: seen.after?.item.effects,
  });
  expect(seen.after?.item.effects.get("2:book")?.state).toBe("done");
  expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
  expect(effectsOf(on.stack, call)).toEqual(["book"]);
});

test.concurrent("a charge whose commit was on its way is told as in doubt, made once, and the late commit changes nothing", async (context) => {
  const on = await suspendable(context);
  const { seen, wake } = aroundWaking(on);
  let write = on.tables.holdNextWrite("none");
  let status = 0;
  const stop = async (send: () => void) => {
    const charged = new Promise<void>((resolve) => {
      const remove = on.stack.effects.onRequest((phase) => {
        if (phase !== "after") return;
        remove();
        write = on.tables.holdNextWrite(on.callSid);
        resolve();
      });
    });
    send();
    await charged;
    await write.reached;
    await suspend(on.stack.primary);
  };
  const late = async () => {
    status = await write.release();
  };
  const intercept = suspendedIn(2, { stop, afterwards: () => wake(late) });
  const call = await on.place("four-give-up", { intercept });
  expect(status).toBe(400);
  expect(seen.before?.checkpoint).toMatchObject({ turn: 3, resumes: 1, data: { told: "doubt" } });
  expect(seen.after?.checkpoint).toEqual(seen.before?.checkpoint);
  expect(seen.after?.item.verbs).toEqual(seen.before?.item.verbs);
  expect(lastWords(call)).toBe("color 2, told doubt, bye");
  expect(effectsOf(on.stack, call)).toEqual(["charge"]);
});

test.concurrent("a charge that came back to a primary fenced out meanwhile is stored, and the caller's story stays", async (context) => {
  const on = await suspendable(context);
  const { seen, wake } = aroundWaking(on);
  const stop = async (send: () => void) => {
    const suspended = on.suspendedAfterEffect();
    send();
    await suspended;
  };
  const intercept = suspendedIn(2, { stop, afterwards: () => wake(), lostAtOnce: true });
  const call = await on.place("four-give-up", { intercept });
  expect(seen.event).toBe("turn.replayed");
  expect(seen.before?.checkpoint).toMatchObject({ turn: 3, resumes: 1, data: { told: "doubt" } });
  expect(seen.before?.item.effects.get("2:book")).toMatchObject({ state: "in-doubt" });
  expect(seen.after?.checkpoint).toEqual(seen.before?.checkpoint);
  expect(seen.after?.item.verbs).toEqual(seen.before?.item.verbs);
  const done = seen.after?.item.effects.get("2:book");
  expect(done?.state).toBe("done");
  const result = createSealer(on.stack.sealKeys).unseal("effect", `${call.callSid}|2:book`, done?.result ?? "");
  expect(result).toMatch(/^"R-\w+"$/);
  expect(lastWords(call)).toBe("color 2, told doubt, bye");
  expect(effectsOf(on.stack, call)).toEqual(["charge"]);
});

test.concurrent("a primary that wakes while the fallback waits for its charge: the caller hears the reference", async (context) => {
  const on = await suspendable(context);
  const wakeAfterMs = 300;
  const intercept: Intercept = async (request, send) => {
    if (request.index !== 2) return send();
    if (request.isFallback) {
      const reply = send();
      await sleep(wakeAfterMs);
      await on.wake();
      return reply;
    }
    if (!isWebhook(request)) return send();
    const suspended = on.suspendedAfterEffect();
    void send();
    await suspended;
    return connectionLost;
  };
  const call = await on.place("four-give-up", { intercept });
  expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
  expect(effectsOf(on.stack, call)).toEqual(["charge"]);
  const { item, checkpoint } = await on.read();
  expect(checkpoint).toMatchObject({ turn: 4, step: "end" });
  expect(item.effects.get("2:book")?.state).toBe("done");
});

test.concurrent.for([
  ["four", "book"],
  ["four-give-up", "charge"],
] as const)(
  "%s: an answer that a primary gives after a second of standing still is as good as any",
  async ([flow, effect], context) => {
    const on = await suspendable(context);
    const standsMs = 1_000;
    const intercept: Intercept = async (request, send) => {
      if (request.index !== 2 || !isWebhook(request)) return send();
      const suspended = on.suspendedAfterEffect();
      const answer = send();
      await suspended;
      await sleep(standsMs);
      await on.wake();
      return answer;
    };
    const call = await on.place(flow, { intercept });
    expect(call).toMatchObject({ ended: "hangup", alerts: [], requestCount: 4 });
    expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
    expect(effectsOf(on.stack, call)).toEqual([effect]);
    expect((await on.read()).checkpoint).toMatchObject({ turn: 4, attempt: 0, resumes: 0, step: "end" });
  },
);

test.concurrent("a primary that wakes after its effect's time is up fails, and the fallback tells the same reference", async (context) => {
  const on = await suspendable(context);
  const intercept: Intercept = async (request, send) => {
    if (request.index !== 2 || !isWebhook(request)) return send();
    const suspended = on.suspendedAfterEffect();
    const answer = send();
    await suspended;
    await sleep(limits.effectTimeoutMs + 500);
    await on.wake();
    return answer;
  };
  const call = await on.place("four", { intercept });
  expect(lastWords(call)).toMatch(/^color 2, told R-\w+, bye$/);
  expect(effectsOf(on.stack, call)).toEqual(["book"]);
  expect((await on.read()).checkpoint).toMatchObject({ turn: 4, step: "end" });
});

test.concurrent("the document in place of a lost one plays nothing that could wait for the same host for Twilio's full time", async (context) => {
  const on = await suspendable(context);
  const call = await on.place("four", { intercept: loseRequestAt(1) });
  const instead = call.documents.find(({ isFallback }) => isFallback);
  const [, played] = /<Play>([^<]+)</.exec(instead?.twiml ?? "") ?? [];
  expect(played).toBeDefined();
  const { host, hash } = new URL(played ?? "");
  if (host === new URL(on.stack.primary.baseUrl).host) expect(hash).toMatch(/rt=\d+/);
});
