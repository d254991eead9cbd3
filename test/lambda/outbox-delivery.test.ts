import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUrls } from "../../core/action-url.ts";
import { defineFlow } from "../../core/flow.ts";
import { limits } from "../../core/limits.ts";
import { type Letter, outboxOf } from "../../core/outbox.ts";
import { type Deliverer, deliverDue, delivery } from "../../core/outbox-delivery.ts";
import { callParameters } from "../../core/place-call.ts";
import { createSealer } from "../../core/seal.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import { dynamodbOutbox } from "../../core/stores/dynamodb-outbox.ts";
import { tableFor } from "../../core/table.ts";
import { hangup, say } from "../../core/verb-builders.ts";
import { twilioCarrier } from "../../lambda/carrier.ts";
import { listen } from "../../scripts/stack/listen.ts";
import { startTable, tableCredentials } from "../../scripts/stack/table.ts";
import { fakeClock } from "../support/clock.ts";
import { sealKeys } from "../support/legs.ts";
import { account, type RestAnswer, type RestRequest, startTwilioRest } from "../support/twilio-rest/server.ts";

const sealer = createSealer(sealKeys);
const sid = `SM${"1".repeat(32)}`;
const sms = { kind: "sms", to: "+815011112222", from: "+815099998888", body: "Your table is booked" } as const;
const flow = defineFlow<"end", Record<never, never>>({
  name: "back",
  start: "end",
  steps: { end: { prompt: () => [say("hello"), hangup()] } },
  lastResort: () => [say("sorry"), hangup()],
});
const timeouts = { requestTimeoutMs: 300, connectTimeoutMs: 200 };

let table: Awaited<ReturnType<typeof startTable>>;
let rest: Awaited<ReturnType<typeof startTwilioRest>> | undefined;
let answer: (request: RestRequest) => RestAnswer;
let port = 0;
let clock: ReturnType<typeof fakeClock>;
let said: string[] = [];

const up = async () => {
  rest = await startTwilioRest((request) => answer(request), port);
};
const asked = () => rest?.asked.map(({ operation }) => operation) ?? [];

beforeAll(async () => {
  table = await startTable(0);
  const free = createServer();
  port = await listen(free as never, 0, "effects");
  await new Promise((resolve) => free.close(resolve));
});
afterAll(() => table?.stop());
beforeEach(() => {
  clock = fakeClock(Date.now());
  said = [];
  answer = () => ({ status: 201, body: { sid } });
});
afterEach(async () => {
  await rest?.stop();
  rest = undefined;
  // letters that a test has left
  clock.advance(7 * 24 * 3600_000);
  answer = () => ({ status: 400, body: {} });
  while ((await deliverDue(deliverer(), Number.POSITIVE_INFINITY)).givenUp > 0);
});

const client = () => ({ endpoint: table.endpoint, region: table.region, credentials: tableCredentials });
const outbox = () => dynamodbOutbox({ table: table.name, client: client() });
function deliverer(changes: Partial<Deliverer> = {}): Deliverer {
  const urls = createUrls({ primary: "https://primary.example.com", fallback: "https://fallback.example.com" });
  return {
    store: outbox(),
    carrier: twilioCarrier(
      { sid: account.sid, login: `${account.sid}:${account.token}`, baseUrl: `http://127.0.0.1:${port}` },
      timeouts,
    ),
    sealer,
    clock,
    newToken: randomUUID,
    random: () => 1,
    callParameters: (call) => callParameters({ flows: new Map([[flow.name, flow]]), sealer, urls }, call),
    letterLifeSec: limits.letterLifeSec,
    told: (event, { key, tries, reason }) => said.push(`${event} ${key.split(":")[2]} ${tries} ${reason ?? ""}`.trim()),
    ...changes,
  };
}
const run = (changes: Partial<Deliverer> = {}) =>
  deliverDue(deliverer(changes), clock.nowMs() + delivery.functionTimeoutMs);

/** Puts a letter into the outbox as a leg does. @returns its key */
async function post(letter: Letter = sms, effect = "text"): Promise<string> {
  const key = `CA${randomUUID().replaceAll("-", "")}:3:${effect}`;
  const store = dynamodbStore({ table: table.name, client: client(), attemptMs: 1_000 });
  const of = { table: tableFor(store, "unused", clock, 2_000), sealer, clock, newToken: randomUUID };
  await outboxOf(of, key).send(letter);
  return key;
}
const itemOf = async (key: string) => {
  const store = dynamodbStore({ table: table.name, client: client(), attemptMs: 1_000 });
  const read = await store.read(`outbox#${key}`, { nowMs: clock.nowMs(), withinMs: 1_000 });
  return read.kind === "found" ? read.item.effects.get("0:letter") : undefined;
};

describe("a letter in the outbox", () => {
  test("is delivered once, and its text is gone then", async () => {
    await up();
    const key = await post();
    expect(await run()).toMatchObject({ delivered: 1, unreachable: false });
    expect(await run()).toMatchObject({ delivered: 0 });
    expect(rest?.asked.map(({ params }) => params.get("Body"))).toEqual([["Your table is booked"]]);
    expect(rest?.wrong).toEqual([]);
    expect(await itemOf(key)).toMatchObject({ state: "done" });
    expect(await itemOf(key)).not.toHaveProperty("result");
    expect(said).toEqual(["outbox.delivered text 1"]);
  });

  test("is a call with both legs' URLs, if it is one", async () => {
    await up();
    await post(
      { kind: "call", to: "+815011112222", from: "+815099998888", flow: "back", data: { order: "7" } },
      "back",
    );
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(rest?.wrong).toEqual([]);
    const [call] = rest?.asked ?? [];
    expect(call?.operation).toBe("CreateCall");
    expect(call?.params.get("Url")?.[0]).toMatch(/^https:\/\/primary\.example\.com\/voice\/back\?begin=k1\./);
    expect(call?.params.get("FallbackUrl")?.[0]).toMatch(
      /^https:\/\/fallback\.example\.com\/voice-fallback\?flow=back/,
    );
    expect(call?.params.get("StatusCallbackEvent")).toEqual(["completed"]);
  });

  test("is given up when its flow is not there any more", async () => {
    await up();
    await post({ kind: "call", to: "+815011112222", from: "+815099998888", flow: "gone" });
    expect(await run()).toMatchObject({ givenUp: 1 });
    expect(said).toEqual(["outbox.given-up text 1 there is no flow 'gone'"]);
    expect(asked()).toEqual([]);
  });

  test("waits while Twilio's API is down for hours, less and less often, and is delivered when it is back", async () => {
    await post();
    const dueAfterMs: number[] = [];
    for (let hour = 0; hour < 3; hour += 1) {
      for (let minute = 0; minute < 60; minute += 1) {
        const { retried } = await run();
        if (retried === 1) {
          const [waiting] = await outbox().list("open", 10);
          dueAfterMs.push((waiting?.dueAtMs ?? 0) - clock.nowMs());
        }
        clock.advance(60_000);
      }
    }
    expect(dueAfterMs.slice(0, 6)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 900_000]);
    expect(dueAfterMs.length).toBeLessThan(20);
    await up();
    clock.advance(15 * 60_000);
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(asked()).toEqual(["CreateMessage"]);
    expect(said[0]).toBe("outbox.retried text 1 ECONNREFUSED");
  });

  test("is given up when it came to nobody within its time", async () => {
    await post({ ...sms, withinSec: 3600 });
    await run();
    clock.advance(3600_000);
    await up();
    expect(await run()).toMatchObject({ givenUp: 1 });
    expect(said.at(-1)).toBe("outbox.given-up text 2 too late");
    expect(asked()).toEqual([]);
  });

  test.each([
    [429, { code: 20429 }, "status 429, error 20429"],
    [503, {}, "status 503"],
    [401, { code: 20003 }, "status 401, error 20003"],
  ])("is sent again when Twilio answers %i, by which nothing was accepted", async (status, body, reason) => {
    await up();
    answer = () => ({ status, body });
    await post();
    expect(await run()).toMatchObject({ retried: 1, unreachable: false });
    answer = () => ({ status: 201, body: { sid } });
    clock.advance(30_000);
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(said).toEqual([`outbox.retried text 1 ${reason}`, "outbox.delivered text 2"]);
  });

  test("is given up when Twilio refuses it for good", async () => {
    await up();
    answer = () => ({ status: 400, body: { code: 21211, message: "The 'To' number +815011112222 is not valid." } });
    await post();
    expect(await run()).toMatchObject({ givenUp: 1 });
    clock.advance(3600_000);
    expect(await run()).toMatchObject({ givenUp: 0, retried: 0 });
    expect(said).toEqual(["outbox.given-up text 1 status 400, error 21211"]);
  });

  test.each<[string, RestAnswer, string]>([
    ["answers 500", { status: 500, body: { code: 20500 } }, "status 500, error 20500"],
    ["answers 502", { status: 502, body: "" }, "status 502"],
    ["answers 504", { status: 504, body: "" }, "status 504"],
    ["hangs", "hang", "no answer in time"],
    ["does it and its answer is lost", "hang-up", "the connection broke"],
  ])("is in doubt when Twilio %s, and is never sent again by itself", async (_, told, reason) => {
    await up();
    answer = () => told;
    const key = await post();
    expect(await run()).toMatchObject({ inDoubt: 1, unreachable: false });
    answer = () => ({ status: 201, body: { sid } });
    for (let minute = 0; minute < 5; minute += 1) {
      clock.advance(3600_000);
      expect(await run()).toEqual({ delivered: 0, retried: 0, inDoubt: 0, givenUp: 0, unreachable: false });
    }
    expect(asked()).toEqual(["CreateMessage"]);
    expect(said).toEqual([`outbox.in-doubt text 1 ${reason}`]);
    expect(await outbox().list("in-doubt", 10)).toContainEqual(expect.objectContaining({ key, reason }));
    expect(await outbox().drop(key, clock.nowMs())).toBe(true);
  });

  test("is sent once by two deliverers at once", async () => {
    await up();
    for (let n = 0; n < 10; n += 1) await post(sms, `text${n}`);
    const both = await Promise.all([run(), run(), run()]);
    expect(both.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(10);
    expect(asked()).toHaveLength(10);
    expect(said).toHaveLength(10);
  });

  test("is in doubt, not sent again, when its deliverer died behind Twilio's answer", async () => {
    await up();
    const key = await post();
    const { carrier } = deliverer();
    const dies: Deliverer["carrier"] = {
      ...carrier,
      sms: async (letter) => {
        await carrier.sms(letter);
        return new Promise<never>(() => {});
      },
    };
    void run({ carrier: dies });
    await expect.poll(asked).toEqual(["CreateMessage"]);
    expect(await run()).toMatchObject({ delivered: 0, inDoubt: 0 });
    clock.advance(delivery.leaseMs + 1);
    const two = await Promise.all([run(), run()]);
    expect(two.reduce((sum, { inDoubt }) => sum + inDoubt, 0)).toBe(1);
    expect(asked()).toEqual(["CreateMessage"]);
    expect(said).toEqual(["outbox.in-doubt text 1 a deliverer ended in the middle"]);
    await outbox().drop(key, clock.nowMs());
  });

  test.each<[RestAnswer, string]>([
    [{ status: 201, body: { sid } }, "outbox.delivered text 1"],
    [{ status: 500, body: {} }, "outbox.in-doubt text 1 status 500"],
  ])("is told of although the table is gone when Twilio has answered %o", async (told, line) => {
    await up();
    answer = () => told;
    const key = await post();
    const { store } = deliverer();
    await run({ store: { ...store, settle: () => Promise.reject(new Error("gone")) } });
    expect(said).toEqual([line]);
    clock.advance(delivery.leaseMs + 1);
    expect(await run()).toMatchObject({ delivered: 0, inDoubt: 1 });
    expect(asked()).toEqual(["CreateMessage"]);
    await outbox().drop(key, clock.nowMs());
  });

  test("is claimed by nobody who saw it before somebody else had it", async () => {
    await post();
    const store = outbox();
    const [seen] = await store.due(clock.nowMs(), 1);
    if (seen === undefined) throw new Error("no letter");
    expect(await store.claim(seen, "one", clock.nowMs() + 60_000, clock.nowMs())).toMatchObject({ tries: 0 });
    expect(await store.claim(seen, "two", clock.nowMs() + 60_000, clock.nowMs())).toBeUndefined();
  });

  test("is not settled by a deliverer whose lease was over, and which somebody else has now", async () => {
    const key = await post();
    const store = outbox();
    const claim = async (lease: string) => {
      const found = (await store.due(clock.nowMs(), 1))[0];
      return found && store.claim(found, lease, clock.nowMs() + delivery.leaseMs, clock.nowMs());
    };
    await claim("late");
    clock.advance(delivery.leaseMs + 1);
    await run();
    await store.retry(key, clock.nowMs());
    expect(await claim("present")).toMatchObject({ tries: 1 });
    const again = { kind: "retried", reason: "x", dueAtMs: clock.nowMs() } as const;
    expect(await store.settle(key, "late", again, clock.nowMs())).toBe(false);
    expect(await store.settle(key, "present", again, clock.nowMs())).toBe(true);
  });

  test("is not sent by a deliverer that was suspended longer than its lease", async () => {
    await up();
    await post();
    const { store } = deliverer();
    const slow: Deliverer["store"] = {
      ...store,
      claim: async (...given) => {
        const claimed = await store.claim(...given);
        clock.advance(delivery.leaseMs);
        return claimed;
      },
    };
    expect(await run({ store: slow })).toMatchObject({ delivered: 0 });
    expect(asked()).toEqual([]);
  });

  test("is sent again when an operator says so, and not while it is being delivered", async () => {
    await up();
    answer = () => "hang-up";
    const key = await post();
    expect(await outbox().retry(key, clock.nowMs())).toBe(false);
    await run();
    answer = () => ({ status: 201, body: { sid } });
    expect(await outbox().retry(key, clock.nowMs())).toBe(true);
    expect(await outbox().retry(key, clock.nowMs())).toBe(false);
    expect(await run()).toMatchObject({ delivered: 1 });
    expect(await outbox().drop(key, clock.nowMs())).toBe(false);
  });

  test("that was dropped is gone, and its text with it", async () => {
    await up();
    answer = () => ({ status: 400, body: {} });
    const key = await post();
    await run();
    expect(await outbox().drop(key, clock.nowMs())).toBe(true);
    expect(await itemOf(key)).not.toHaveProperty("result");
    expect(await outbox().retry(key, clock.nowMs())).toBe(false);
  });

  test("is left alone by a run whose time is over", async () => {
    await up();
    await post();
    expect(await deliverDue(deliverer(), clock.nowMs() + delivery.marginMs)).toMatchObject({ delivered: 0 });
    expect(asked()).toEqual([]);
  });
});

test("a run ends early when Twilio cannot be reached: the rest stays due, and nobody has claimed it", async () => {
  for (let n = 0; n < 20; n += 1) await post();
  const { retried, unreachable } = await run();
  expect(unreachable).toBe(true);
  expect(retried).toBeGreaterThanOrEqual(delivery.unreachableMax);
  expect(retried).toBeLessThanOrEqual(delivery.unreachableMax + delivery.atOnceMax);
  await up();
  expect(await run()).toMatchObject({ delivered: 20 - retried });
});

test("a connection that nobody accepts carried nothing: sent again", async () => {
  // an address for documentation: refused on the way, or never answered
  const unroutable = "http://192.0.2.1";
  const carrier = twilioCarrier({ sid: account.sid, login: "SK1:x", baseUrl: unroutable }, timeouts);
  expect(await carrier.sms(sms)).toMatchObject({ kind: "not-yet", reached: false });
});

test("nothing that a run tells names a person or says what a letter says", async () => {
  await up();
  answer = ({ params }) => ({ status: 400, body: { code: 21211, message: `${params.get("To")} is not valid` } });
  await post();
  await run();
  const [listed] = await outbox().list("given-up", 10);
  expect(JSON.stringify([said, listed])).not.toMatch(/8150|table is booked|not valid/);
});
