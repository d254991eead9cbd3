import { expect, inject, test } from "vitest";
import type { Clock } from "../../../core/clock.ts";
import { randomOf } from "../../../rehearsal/explore/random.ts";
import { virtualTime } from "../../../rehearsal/world/virtual-time.ts";
import { arrivalsFrom, placeOpenLoop } from "../../../scripts/bench/load/arrivals.ts";
import { drawFailure, failureKinds } from "../../../scripts/bench/load/failures.ts";
import { figuresOf } from "../../../scripts/bench/load/figures.ts";
import { startGenerator } from "../../../scripts/bench/load/generator.ts";
import { placeLoadCall, type Segment, unfinished } from "../../../scripts/bench/load/load-call.ts";
import { runLoad } from "../../../scripts/bench/load/run-load.ts";
import { toReport } from "../../../scripts/bench/load/tables.ts";
import { isMet } from "../../../scripts/bench/report.ts";
import { end, fakeLine, lastResort, question, refusal, soundly, twiml } from "./load-fakes.ts";

const startMs = 1_700_000_000_000;
const segment: Segment = { seed: 1, failing: 0, thinkMs: 100 };
const firstCall = { index: 0, dueMs: startMs };

test("a slow answer puts off no later call", async () => {
  const time = virtualTime(startMs);
  const sentAtMs: number[] = [];
  const line = fakeLine(time, async (request) => {
    if (request.kind === "voice") sentAtMs.push(time.nowMs() - startMs);
    await time.sleep(4_000);
    return soundly(request);
  });
  const arrivals = arrivalsFrom(startMs, { perSecond: 10, seconds: 0.5 });
  const place = (arrival: (typeof arrivals)[number]) => placeLoadCall(line, segment, arrival);
  const calls = await time.run(placeOpenLoop(arrivals, time, place, 60_000));
  expect(sentAtMs).toEqual([0, 100, 200, 300, 400]);
  expect(calls.map((call) => call?.outcome)).toEqual(Array(5).fill("held"));
});

test("a webhook's time runs from when it was due, though the generator was held up", async () => {
  const time = virtualTime(startMs);
  // every timer of the generator rings 300 ms late
  const late: Clock = { ...time, sleep: (ms) => time.sleep(ms + 300) };
  const line = fakeLine(late, async (request) => {
    await time.sleep(20);
    return soundly(request);
  });
  const call = await time.run(placeLoadCall(line, segment, { index: 0, dueMs: startMs - 50 }));
  expect(call.webhookMs).toEqual({ primary: [70, 320], fallback: [] });
  expect(call.silenceMs).toEqual([70, 320]);
  expect(call.lateMs).toEqual([50, 300]);
});

test("what a failed request took is in the caller's silence, not among the webhooks", async () => {
  const time = virtualTime(startMs);
  const line = fakeLine(time, async (request, failure) => {
    await time.sleep(failure === "none" ? 20 : 7);
    return failure === "none" ? twiml(request.params.ErrorUrl?.endsWith("/next") ? end : question) : refusal;
  });
  const call = await time.run(placeLoadCall(line, { ...segment, failing: 1 }, firstCall));
  expect(call).toMatchObject({ outcome: "held", failovers: 2, failedAlone: 0 });
  expect(call.webhookMs).toEqual({ primary: [], fallback: [20, 20] });
  expect(call.silenceMs).toEqual([27, 27]);
  // two webhooks and the status callback
  expect([call.primaryRequests, call.madeToFail]).toEqual([3, 3]);
});

const nowhere = "http://nowhere.test/";
const endings = [
  ["came to the flow's end", end, "held"],
  ["heard the last resort", lastResort, "last-resort"],
  [
    "heard the last resort before a person",
    `<Say>We are sorry.</Say><Dial>+15005550003</Dial><Hangup/>`,
    "last-resort",
  ],
  ["was hung up on without a word", "<Hangup/>", "lost"],
  ["heard the end's words and then was asked for ever", `<Say>The end.</Say>${question}`, "lost"],
  ["heard the end's words and then Twilio's apology", `<Say>The end.</Say><Redirect>${nowhere}</Redirect>`, "lost"],
] as const;

test.each(endings)("a caller who %s is counted so", async (_, verbs, outcome) => {
  const time = virtualTime(startMs);
  const line = fakeLine(time, async ({ url, kind }) => {
    if (url.startsWith(nowhere) || kind === "fallback") return refusal;
    return twiml(url.endsWith("/next") ? verbs : question);
  });
  expect((await time.run(placeLoadCall(line, segment, firstCall))).outcome).toBe(outcome);
});

test("a caller whom neither leg answers is lost, and no request was made to fail", async () => {
  const time = virtualTime(startMs);
  const line = fakeLine(time, async () => refusal);
  const call = await time.run(placeLoadCall(line, segment, firstCall));
  expect(call).toMatchObject({ outcome: "lost", madeToFail: 0, failedAlone: 2 });
});

test("a call that breaks the generator, and one that never ends, are lost", async () => {
  const time = virtualTime(startMs);
  const broken = fakeLine(time, () => Promise.reject(new Error("no network at all")));
  expect((await time.run(placeLoadCall(broken, segment, firstCall))).outcome).toBe("lost");

  const endless = fakeLine(time, () => new Promise(() => {}));
  const arrivals = arrivalsFrom(time.nowMs(), { perSecond: 10, seconds: 0.2 });
  const place = (arrival: (typeof arrivals)[number]) => placeLoadCall(endless, segment, arrival);
  expect(await time.run(placeOpenLoop(arrivals, time, place, 500))).toEqual([undefined, undefined]);
  expect(unfinished("CA1").outcome).toBe("lost");
});

test("a lost call and an effect done twice miss their targets", () => {
  const held = { ...unfinished("CA1"), outcome: "held" as const };
  const unbooked = { ...held, callSid: "CA3" };
  const round = { calls: [held, unfinished("CA2"), unbooked], tookMs: 1_000, fallbackAtOnce: 3 };
  const events = (callSids: string[]) => callSids.map((callSid) => ({ callSid }));
  const outside = {
    asked: events(["CA1", "CA1", "CA1", "CA2", "CA9"]),
    executed: events(["CA1", "CA1", "CA2", "CA9"]),
  };
  const figures = figuresOf([round, { ...round, calls: [], fallbackAtOnce: 2 }], outside);
  expect(figures.outcomes).toEqual({ held: 2, "last-resort": 0, lost: 1 });
  expect(figures.effects).toEqual({ asked: 4, once: 1, oftener: 1, missing: 1 });
  expect(figures.fallbackAtOnce).toBe(3);
  const shares = [{ ...figures, failing: 0.01, perSecond: 10, busyPercent: 50 }];
  const { targets } = toReport({ shares, raised: [] }, []);
  expect(targets.map((target) => isMet(target))).toEqual([false, false, false]);
});

test("a generator that was late says so in its row, and a tail that breaks is told with its rate", () => {
  const row = (lateMs: number, webhookMs: number, perSecond = 10) => {
    const call = { ...unfinished("CA1"), lateMs: [lateMs], webhookMs: { primary: [webhookMs], fallback: [] } };
    const figures = figuresOf([{ calls: [call], tookMs: 1_000, fallbackAtOnce: 0 }], { asked: [], executed: [] });
    return { ...figures, failing: 0, perSecond, busyPercent: 50 };
  };
  const reported = (raised: ReturnType<typeof row>[]) => toReport({ shares: [row(21, 5), row(20, 5)], raised }, []);
  const { tables, notes } = reported([row(3, 1_000, 20), row(3, 1_001, 30)]);
  expect(tables.slice(2).flatMap(({ rows }) => rows.map(({ honest }) => honest))).toEqual(["no", "yes", "yes", "yes"]);
  expect(notes).toEqual(["The tail broke at 30 calls/s: p99 passed 1000 ms."]);
  expect(reported([row(21, 1_001, 30)]).notes.at(-1)).toContain("The generator was late itself there");
  expect(reported([row(3, 900, 40)]).notes).toEqual([
    "The tail did not break: p99 stayed within 1000 ms at 40 calls/s.",
  ]);
});

test("more requests at once than an account may have are told", () => {
  const figures = figuresOf([{ calls: [], tookMs: 1_000, fallbackAtOnce: 31 }], { asked: [], executed: [] });
  const row = { ...figures, failing: 1, perSecond: 10, busyPercent: 50 };
  const notesOf = (fallbackAtOnce: number) => toReport({ shares: [{ ...row, fallbackAtOnce }], raised: [] }, []).notes;
  expect(notesOf(31)).toEqual([
    expect.stringContaining("With 100 % failing, 31 requests were at once on the fallback"),
  ]);
  expect(notesOf(30)).toEqual([]);
});

test("of the primary's requests the share fails that was said, in every way, the same for the same seed", () => {
  const draws = (share: number, seed = 7) => {
    const random = randomOf(seed, 0);
    return Array.from({ length: 100_000 }, () => drawFailure(random, share));
  };
  const failures = draws(0.01).filter((one) => one !== "none");
  // four standard deviations of a thousand
  expect(Math.abs(failures.length - 1_000)).toBeLessThan(126);
  expect(new Set(failures)).toEqual(new Set(failureKinds));
  expect(draws(0).every((one) => one === "none")).toBe(true);
  expect(draws(1).includes("none")).toBe(false);
  expect(draws(0.01)).toEqual(draws(0.01));
  expect(draws(0.01)).not.toEqual(draws(0.01, 8));
});

test("no schedule is empty or without bounds", () => {
  expect(() => arrivalsFrom(0, { perSecond: 1, seconds: 0.1 })).toThrow(RangeError);
  expect(() => arrivalsFrom(0, { perSecond: 1_000, seconds: 1_000 })).toThrow(RangeError);
  expect(arrivalsFrom(5, { perSecond: 4, seconds: 1 }).map(({ dueMs }) => dueMs)).toEqual([5, 255, 505, 755]);
});

test("a generator that cannot do its task says why, and the run ends with that", async () => {
  const legs = { primary: "http://127.0.0.1:1", fallback: "http://127.0.0.1:1" };
  const generator = startGenerator({ legs, accountSid: `AC${"0".repeat(32)}`, authToken: "token" });
  const placed = generator.place({ segment, arrivals: { perSecond: 0, seconds: 1 }, drainMs: 0 });
  await expect(placed).rejects.toThrow("the load generator: 0 calls are not 1 to 20000");
  await generator.stop();
  const afterItsEnd = generator.place({ segment, arrivals: { perSecond: 1, seconds: 1 }, drainMs: 0 });
  await expect(afterItsEnd).rejects.toThrow("the load generator: its process ended");
});

test("callers are held on both built legs while none, few and all requests to the primary fail", async () => {
  const arrivals = { perSecond: 10, seconds: 0.3 };
  const plan = {
    warmUp: { perSecond: 10, seconds: 0.1 },
    arrivals,
    rounds: 1,
    raised: { perSecond: [20], seconds: 0.1 },
  };
  const { shares, raised } = await runLoad({ plan, seed: 3, buildDir: inject("buildDir"), progress: () => {} });
  const held = { held: 3, "last-resort": 0, lost: 0 };
  const effects = { once: 3, oftener: 0, missing: 0 };
  expect(shares).toMatchObject([
    { failing: 0, arrived: 3, outcomes: held, effects, resumed: 0, madeToFail: 0, fallback: undefined },
    { failing: 0.01, arrived: 3, outcomes: held, effects },
    { failing: 1, arrived: 3, outcomes: held, effects, resumed: 3, primary: undefined },
  ]);
  expect(shares[2]?.madeToFail).toBe(shares[2]?.primaryRequests);
  expect(shares[0]?.primaryRequests).toBe(3 * 5);
  expect(raised).toMatchObject([{ perSecond: 20, arrived: 2 }]);
}, 40_000);
