import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Leg } from "../../core/checkpoint.ts";
import { type ProbeAnswer, probeParameter } from "../../core/probe.ts";
import { newChallenge, probe, probeUrl } from "../../scripts/number/probe.ts";
import { newCall } from "../support/mid-call.ts";
import { ask, itemOf } from "../support/signed-request.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
const legs = ["primary", "fallback"] as const;

beforeAll(async () => {
  stack = await testStack();
});
afterEach(() => stack.tableProxy.clear());
afterAll(() => stack?.stop());

const urlOf = (leg: Leg) => probeUrl(leg, stack[leg].baseUrl, "four");

async function answerOf(leg: Leg, challenge = newChallenge()): Promise<ProbeAnswer> {
  const probed = await probe(urlOf(leg), stack.authToken, challenge);
  if (probed.kind !== "answered") throw new Error(`no answer: ${JSON.stringify(probed)}\n${stack[leg].output()}`);
  return probed.answer;
}

describe.each(legs)("the %s leg", (leg) => {
  test("tells who can sign what it is: leg, build, flows, clock, table", async () => {
    const fromMs = Date.now();
    const answer = await answerOf(leg);
    expect(answer).toMatchObject({ leg, table: { reached: true } });
    expect(answer.build).toMatch(/^[0-9a-f]{12}$/);
    expect(answer.flows.four).toContain("book");
    expect(Object.keys(answer.flows)).toEqual(expect.arrayContaining(["appointment", "survey"]));
    expect(answer.nowMs).toBeGreaterThanOrEqual(fromMs);
    expect(answer.nowMs).toBeLessThanOrEqual(Date.now());
  });

  test("tells nothing to anybody else", async () => {
    const challenge = newChallenge();
    const params = { CallSid: newCall(), [probeParameter]: challenge };
    const body = new URLSearchParams(params);
    expect((await fetch(urlOf(leg), { method: "POST", body })).status).toBe(403);
    expect(await probe(urlOf(leg), randomBytes(16).toString("hex"), challenge)).toEqual({
      kind: "status",
      status: 403,
    });
    const other = { ...params, [probeParameter]: newChallenge() };
    expect((await ask(stack, urlOf(leg), params, { params: other })).status).toBe(403);
  });

  test("leaves nothing in the table, and answers a status callback that is no probe as ever", async () => {
    const challenge = newChallenge();
    await answerOf(leg, challenge);
    expect(await itemOf(stack, `probe#${challenge}`)).toBeUndefined();
    expect(await itemOf(stack, `CAprobe${challenge.slice(0, 27)}`)).toBeUndefined();
    for (const wrong of ["short", "x".repeat(65), "with a space and 16"]) {
      const { contentType } = await ask(stack, urlOf(leg), { CallSid: newCall(), [probeParameter]: wrong });
      expect(contentType).toMatch(/^text\/xml/);
    }
  });

  test("says that it does not reach the table, within its own deadline", async () => {
    stack.tableProxy.fault("hang", { leg });
    const answer = await answerOf(leg);
    expect(answer.table.reached).toBe(false);
    expect(answer.table.reason).toEqual(expect.any(String));
    expect(answer.table.ms).toBeLessThan(3_000);
  });

  test("proves its seal keys by a challenge, and shows none", async () => {
    const challenge = newChallenge();
    const [one, again, other] = [await answerOf(leg, challenge), await answerOf(leg, challenge), await answerOf(leg)];
    expect(one.sealKeys).toEqual(again.sealKeys);
    expect(one.sealKeys[0]?.proof).not.toBe(other.sealKeys[0]?.proof);
    const [, key = ""] = stack.sealKeys.split(":");
    expect(JSON.stringify(one)).not.toContain(key);
  });
});

test("both legs prove the same keys, and other ones where they have others", async () => {
  const proofs = async () => {
    const challenge = newChallenge();
    const [primary, fallback] = await Promise.all(legs.map((leg) => answerOf(leg, challenge)));
    return [primary?.sealKeys, fallback?.sealKeys];
  };
  const [primary, fallback] = await proofs();
  expect(primary).toEqual(fallback);
  // the same id, another key
  await stack.fallback.restart({ env: { SEAL_KEYS: `k1:${randomBytes(32).toString("base64")}` } });
  const [kept, changed] = await proofs();
  expect(changed?.[0]?.id).toBe(kept?.[0]?.id);
  expect(changed?.[0]?.proof).not.toBe(kept?.[0]?.proof);
  await stack.fallback.restart({ env: { SEAL_KEYS: stack.sealKeys } });
});
