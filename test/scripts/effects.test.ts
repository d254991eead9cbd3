import { afterEach, expect, test } from "vitest";
import type { EffectsOptions, EffectsService } from "../../scripts/stack/effects.ts";
import { startEffects } from "../../scripts/stack/effects.ts";

let service: EffectsService | undefined;
afterEach(async () => await service?.stop());

async function start(options: EffectsOptions = {}): Promise<EffectsService> {
  service = await startEffects(options);
  return service;
}

async function post(baseUrl: string, effect: string, body: unknown) {
  const response = await fetch(`${baseUrl}/${effect}`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const booking = { idempotencyKey: "CA1:2:book", callSid: "CA1", arguments: { day: "Monday" } };

test("a booking asked for twice with one key is made once and has one reference", async () => {
  const { baseUrl } = await start({ nowMs: () => 1_000 });
  const first = await post(baseUrl, "book", booking);
  expect(first.status).toBe(200);
  expect(first.body.reference).toMatch(/^R-[2-9A-Z]{5}$/);
  expect(await post(baseUrl, "book", booking)).toEqual(first);
  const list = await fetch(baseUrl).then((response) => response.json());
  expect(list).toEqual([{ effect: "book", idempotencyKey: "CA1:2:book", callSid: "CA1", atMs: 1_000 }]);
});

test("the same key for another day is refused and books nothing", async () => {
  const { baseUrl, executed } = await start();
  await post(baseUrl, "book", booking);
  const other = await post(baseUrl, "book", { ...booking, arguments: { day: "Tuesday" } });
  expect(other.status).toBe(409);
  expect(executed()).toHaveLength(1);
});

test("two requests with one key that overlap are one booking", async () => {
  const { baseUrl, executed, onRequest } = await start();
  let asked = 0;
  let bothAsked = () => {};
  const overlap = new Promise<void>((resolve) => {
    bothAsked = resolve;
  });
  onRequest(async (phase) => {
    if (phase === "before" && ++asked === 2) bothAsked();
    await overlap;
  });
  const answers = await Promise.all([post(baseUrl, "book", booking), post(baseUrl, "book", booking)]);
  expect(answers[0]).toEqual(answers[1]);
  expect(executed()).toHaveLength(1);
});

test("a service without idempotency keys charges the caller twice, and the list shows it", async () => {
  const { baseUrl, executed } = await start({ notIdempotent: ["charge"] });
  await post(baseUrl, "charge", booking);
  await post(baseUrl, "charge", booking);
  expect(executed().map(({ effect }) => effect)).toEqual(["charge", "charge"]);
});

test("an answer that is lost leaves the booking made; a refused request leaves none", async () => {
  const { baseUrl, executed, fail } = await start();
  fail("refuse");
  await expect(post(baseUrl, "book", booking)).rejects.toThrow();
  expect(executed()).toHaveLength(0);
  fail("lose-answer");
  await expect(post(baseUrl, "book", booking)).rejects.toThrow();
  expect(executed()).toHaveLength(1);
  fail(undefined);
  expect((await post(baseUrl, "book", booking)).status).toBe(200);
  expect(executed()).toHaveLength(1);
});

test("a request that is no effect call gets a clear 4xx", async () => {
  const { baseUrl } = await start();
  expect((await post(baseUrl, "book", { callSid: "CA1" })).status).toBe(400);
  expect((await post(baseUrl, "a/b", booking)).status).toBe(404);
  expect((await fetch(`${baseUrl}/book`)).status).toBe(405);
});
