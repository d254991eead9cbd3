import { describe, expect, test } from "vitest";
import { defineFlow, goTo } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import type { Letter } from "../../core/outbox.ts";
import { delayMs, delivery } from "../../core/outbox-delivery.ts";
import { gather, hangup, say } from "../../core/verb-builders.ts";
import { action, callSid, twoLegs } from "../support/legs.ts";

const sms = { kind: "sms", to: "+815011112222", from: "+815099998888", body: "Your table is booked" } as const;

/** Sends the letter that the digit chooses. */
const posting = (letters: Readonly<Record<string, Letter>>) =>
  defineFlow<"ask" | "sent" | "doubtful", Record<never, never>>({
    name: "posting",
    start: "ask",
    steps: {
      ask: {
        inDoubt: "doubtful",
        prompt: () => [gather({ numDigits: 1 }, say("send?"))],
        next: async ({ input, once }) => {
          const letter = input.kind === "digits" ? letters[input.digits] : undefined;
          if (letter === undefined) return goTo("ask");
          await once("text", (_key, _signal, outbox) => outbox.send(letter), { inDoubt: "retry" });
          return goTo("sent");
        },
      },
      sent: { prompt: () => [say("sent"), hangup()] },
      doubtful: { prompt: () => [say("who knows"), hangup()] },
    },
    lastResort: () => [say("sorry"), hangup()],
  });

const itemKey = `outbox#${callSid}:1:text`;

describe("a letter that a flow sends", () => {
  test("is one item under the effect's key, in which nothing can be read", async () => {
    const legs = twoLegs(posting({ 1: sms }));
    const asked = await legs.ask(legs.voiceUrl);
    expect((await legs.ask(action(asked), { Digits: "1" })).said).toEqual(["sent"]);
    const item = await legs.item(itemKey);
    const posted = item.effects.get("0:letter");
    expect(JSON.stringify([...item.effects, ...item.pins])).not.toMatch(/8150|table is booked/);
    expect(JSON.parse(legs.primary.sealer.unseal("outbox", itemKey, posted?.result ?? "") ?? "")).toEqual(sms);
    expect(legs.primary.sealer.unseal("effect", itemKey, posted?.result ?? "")).toBeUndefined();
  });

  test("is the same letter when the fallback takes the turn again", async () => {
    const legs = twoLegs(posting({ 1: sms }));
    const asked = await legs.ask(legs.voiceUrl);
    legs.gates.primary.refuse("commit");
    await legs.ask(action(asked), { Digits: "1" });
    const first = (await legs.item(itemKey)).effects.get("0:letter");
    expect((await legs.fail(action(asked), { Digits: "1" })).said).toEqual(["sent"]);
    expect((await legs.item(itemKey)).effects.get("0:letter")).toEqual(first);
  });

  test("fails the primary when the table does not take it, and is sent by the fallback", async () => {
    const legs = twoLegs(posting({ 1: sms }));
    const asked = await legs.ask(legs.voiceUrl);
    // the claim of the effect goes through, the letter does not
    const { claim } = legs.primary.store;
    legs.primary.store.claim = async (key, ...rest) =>
      key.startsWith("outbox#") ? { kind: "unavailable", reason: "test" } : claim(key, ...rest);
    expect((await legs.ask(action(asked), { Digits: "1" })).answer).toMatchObject({ kind: "failed" });
    expect((await legs.fail(action(asked))).said).toEqual(["sent"]);
    expect((await legs.item(itemKey)).effects.get("0:letter")?.state).toBe("claimed");
  });

  test("is in doubt when the fallback's table does not take it either", async () => {
    const legs = twoLegs(posting({ 1: sms }));
    const asked = await legs.ask(legs.voiceUrl);
    legs.gates.primary.refuse("claim");
    await legs.ask(action(asked), { Digits: "1" });
    legs.gates.fallback.refuse("claim");
    expect((await legs.fail(action(asked), { Digits: "1" })).said).toEqual(["who knows"]);
  });

  test("is in doubt when its key has another letter already", async () => {
    const legs = twoLegs(posting({ 1: sms, 2: { ...sms, body: "Something else" } }));
    const asked = await legs.ask(legs.voiceUrl);
    // somebody's letter under this key, of which the call's own item knows nothing
    const { sealer, store, clock } = legs.fallback;
    const result = sealer.seal("outbox", itemKey, JSON.stringify(sms));
    await store.claim(
      itemKey,
      {
        from: { turn: 0, attempt: 0, resumes: 0 },
        effectKey: "0:letter",
        effect: { token: "t", state: "claimed", atMs: clock.nowMs(), result },
        pin: { token: "outbox", answer: "" },
        effects: new Map(),
        dueAtMs: 1,
      },
      { nowMs: clock.nowMs(), withinMs: 1 },
    );
    legs.gates.primary.refuse("claim");
    await legs.ask(action(asked), { Digits: "2" });
    expect((await legs.fail(action(asked), { Digits: "2" })).said).toEqual(["who knows"]);
  });

  test("that is too large is an error of the flow", async () => {
    const legs = twoLegs(posting({ 1: { ...sms, body: "x".repeat(limits.letterBytesMax) } }));
    const asked = await legs.ask(legs.voiceUrl);
    const { answer } = await legs.ask(action(asked), { Digits: "1" });
    expect(answer).toMatchObject({ kind: "failed", reason: "FlowError: a letter is too large" });
  });
});

describe("the numbers of the delivery", () => {
  test("let no deliverer outlive its lease, nor a run the next minute", () => {
    const { functionTimeoutMs, leaseMs, marginMs, requestTimeoutMs, connectTimeoutMs, delayMaxMs } = delivery;
    expect(functionTimeoutMs).toBeLessThan(leaseMs);
    expect(functionTimeoutMs).toBeLessThan(60_000);
    expect(requestTimeoutMs).toBeLessThan(marginMs);
    expect(connectTimeoutMs).toBeLessThan(requestTimeoutMs);
    expect(requestTimeoutMs).toBeLessThan(leaseMs);
    expect(delayMaxMs).toBeLessThan((limits.letterLifeSec * 1_000) / 10);
    expect(limits.letterLifeSec).toBeLessThan(limits.itemLifeSec / 2);
  });

  test("double the delay with each try, spread it, and end at a quarter of an hour", () => {
    expect([1, 2, 3, 4].map((tries) => delayMs(tries, 1))).toEqual([30_000, 60_000, 120_000, 240_000]);
    expect(delayMs(1, 0)).toBe(15_000);
    expect(delayMs(100, 1)).toBe(15 * 60_000);
  });
});
