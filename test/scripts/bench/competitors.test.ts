import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { question } from "../../../scripts/bench/competitors/question.ts";
import { startCountingProxy } from "../../../scripts/bench/webhooks/counting-proxy.ts";
import { type Contender, type Field, type Leg, openField } from "../../../scripts/bench/webhooks/field.ts";
import { counted, inRounds } from "../../../scripts/bench/webhooks/measure.ts";
import { arriveAt, type Station, type StationPlan } from "../../../scripts/bench/webhooks/stations.ts";
import { openTables, type Tables } from "../../../scripts/bench/webhooks/tables.ts";

const playing: readonly Contender[] = ["plain", "plain-idempotency", "stayline"];
const ordinaryOf = (contender: Contender): StationPlan => ({ name: "ordinary", contender, after: 1 });

let workDir: string;
let field: Field;
let tables: Tables;
let proxy: Awaited<ReturnType<typeof startCountingProxy>>;
const legs = new Map<Contender, Leg>();

beforeAll(async () => {
  workDir = await mkdtemp(path.join(tmpdir(), "stayline-test-"));
  field = await openField({ workDir });
  tables = openTables(field.world);
  proxy = await startCountingProxy(field.world.endpoint);
  const everybody: readonly Contender[] = ["bare", "one-write", ...playing, "stayline-fallback"];
  await Promise.all(
    everybody.map(async (contender) => legs.set(contender, await field.start(contender, { tableUrl: proxy.url }))),
  );
});
afterAll(async () => {
  await Promise.all([...legs.values()].map((leg) => leg.stop()));
  await proxy.stop();
  tables.stop();
  await field.stop();
  await rm(workDir, { recursive: true, force: true });
});

function legOf(contender: Contender): Leg {
  const leg = legs.get(contender);
  if (leg === undefined) throw new Error(`${contender} was not started`);
  return leg;
}

function stationOf(plan: StationPlan, calls = 2): Promise<Station> {
  const walker = legOf(plan.contender === "stayline-fallback" ? "stayline" : plan.contender);
  return arriveAt(plan, calls, walker, tables);
}

async function firstAnswer(contender: Contender, { requests: [request] }: Station, signedWith?: string) {
  if (request === undefined) throw new Error("a station without requests");
  return legOf(contender).ask(request, signedWith);
}

/** What the caller hears, and whether there is a question. */
function heard(twiml: string) {
  const [gather = ""] = /<Gather.*<\/Gather>/.exec(twiml) ?? [];
  const files = [...gather.matchAll(/<Play>([^<#]*)/g)].map(([, url = ""]) => url.split("/").slice(-2).join("/"));
  const says = [...gather.matchAll(/<Say[^>]*>([^<]*)/g)].map(([, text]) => text);
  return { files, says, numDigits: /numDigits="(\d+)"/.exec(gather)?.[1], goesOn: twiml.includes("<Redirect") };
}

test("everybody who plays asks what Stayline asks, and goes on when nothing is said", async () => {
  const second = { files: [question.file], says: [question.ask(2)], numDigits: "1", goesOn: true };
  for (const contender of playing) {
    const { body } = await firstAnswer(contender, await stationOf(ordinaryOf(contender)));
    expect(heard(body), contender).toEqual(second);
  }
  for (const contender of ["bare", "one-write"] as const) {
    const { body } = await firstAnswer(contender, await stationOf(ordinaryOf(contender)));
    expect(heard(body)).toMatchObject({ files: [question.file], says: [question.ask(1)], numDigits: "1" });
  }
});

test("the fallback leg takes the call on: the answer that was lost is given again, the request that was lost is taken", async () => {
  for (const lost of ["answer", "request"] as const) {
    const station = await stationOf({ name: lost, contender: "stayline-fallback", after: 1, lost }, 1);
    const { body } = await firstAnswer("stayline-fallback", station);
    expect(heard(body).says, lost).toEqual([question.ask(2)]);
  }
});

test("everybody who plays refuses a request that somebody else has signed", async () => {
  for (const contender of [...playing, "stayline-fallback"] as const) {
    const plan = { ...ordinaryOf(contender), ...(contender === "stayline-fallback" && { lost: "request" as const }) };
    const { status } = await firstAnswer(contender, await stationOf(plan, 1), "another token");
    expect(status, contender).toBe(403);
  }
});

test("a duplicate takes the session that is written by hand one question further, and nobody else's", async () => {
  const seen: Record<string, unknown> = {};
  for (const contender of playing) {
    const station = await stationOf(ordinaryOf(contender), 1);
    const answers = [await firstAnswer(contender, station), await firstAnswer(contender, station)];
    seen[contender] = answers.flatMap(({ body }) => heard(body).says);
  }
  const twice = [question.ask(2), question.ask(2)];
  expect(seen).toEqual({ plain: [question.ask(2), question.ask(3)], "plain-idempotency": twice, stayline: twice });
});

test("the table is brought back between measurements: every round asks the same webhooks for the first time", async () => {
  for (const contender of playing) {
    const leg = legOf(contender);
    const station = await stationOf(ordinaryOf(contender), 1);
    const { body } = await firstAnswer(contender, station);
    const blocks = (await inRounds([{ station, leg }], { warmUp: 1, measured: 2 }, 1)).get(station);
    expect(blocks?.map(({ wallMs }) => wallMs.length)).toEqual([1, 1]);
    await station.reset();
    expect(heard((await firstAnswer(contender, station)).body).says, contender).toEqual(heard(body).says);
  }
});

test.each<[StationPlan, Readonly<Record<string, number>>]>([
  [ordinaryOf("stayline"), { UpdateItem: 1 }],
  [{ name: "first", contender: "stayline", after: 0 }, { UpdateItem: 1 }],
  [{ name: "effect", contender: "stayline", after: 1, digits: "2" }, { UpdateItem: 2 }],
  [
    { ...ordinaryOf("stayline"), isDuplicate: true },
    { UpdateItem: 1, GetItem: 1 },
  ],
  [{ name: "answer", contender: "stayline-fallback", after: 1, lost: "answer" }, { GetItem: 1 }],
  [
    { name: "request", contender: "stayline-fallback", after: 1, lost: "request" },
    { GetItem: 1, UpdateItem: 1 },
  ],
  [ordinaryOf("plain"), { GetItem: 1, PutItem: 1 }],
  [
    { ...ordinaryOf("plain"), isDuplicate: true },
    { GetItem: 1, PutItem: 1 },
  ],
  [ordinaryOf("plain-idempotency"), { PutItem: 2, GetItem: 1, UpdateItem: 1 }],
  [
    { ...ordinaryOf("plain-idempotency"), isDuplicate: true },
    { PutItem: 1, GetItem: 1 },
  ],
  [ordinaryOf("bare"), {}],
  [ordinaryOf("one-write"), { UpdateItem: 1 }],
])("the table is asked as often as it is told: %o", async (plan, operations) => {
  const traffic = await counted({ station: await stationOf(plan), leg: legOf(plan.contender) }, proxy);
  expect(traffic.operations).toEqual(operations);
  expect(traffic.requests).toBe(Object.values(operations).reduce((sum, count) => sum + count, 0));
  if (traffic.requests === 0) expect(traffic).toMatchObject({ sentBytes: 0, receivedBytes: 0 });
  else expect(Math.min(traffic.sentBytes, traffic.receivedBytes)).toBeGreaterThan(100);
});

test("a late turn of a call costs the table what the second one does", async () => {
  const early = await counted({ station: await stationOf(ordinaryOf("stayline")), leg: legOf("stayline") }, proxy);
  const late = await counted(
    { station: await stationOf({ name: "late", contender: "stayline", after: 29 }, 1), leg: legOf("stayline") },
    proxy,
  );
  expect(late.operations).toEqual(early.operations);
  expect(late.sentBytes / early.sentBytes).toBeLessThan(1.1);
});

test("the durable execution takes a step for each webhook", async () => {
  const leg = await field.start("durable");
  try {
    const station = await arriveAt(ordinaryOf("durable"), 3, leg, tables);
    const blocks = (await inRounds([{ station, leg }], { warmUp: 0, measured: 1 }, 1)).get(station);
    expect(blocks?.map(({ wallMs }) => wallMs.length)).toEqual([3]);
  } finally {
    await leg.stop();
  }
});

test("a measured process that cannot answer says why", async () => {
  const station = await stationOf(ordinaryOf("plain"), 1);
  const leg = await field.start("plain", { tableUrl: "http://127.0.0.1:1" });
  try {
    await leg.hold("x", station.requests);
    await expect(leg.block("x")).rejects.toThrow(/ECONNREFUSED/);
  } finally {
    await leg.stop();
  }
});
