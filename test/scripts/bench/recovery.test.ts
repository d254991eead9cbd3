import { beforeAll, describe, expect, test } from "vitest";
import { appointment } from "../../../flows/appointment.ts";
import { frontDesk } from "../../../flows/front-desk.ts";
import type { CallEvent, RequestKind } from "../../../rehearsal/call-record.ts";
import { type FaultKind, faultKinds, type PointKind } from "../../../rehearsal/fault-kinds.ts";
import { withoutNetwork } from "../../../rehearsal/kit/network.ts";
import { recoveryPart } from "../../../scripts/bench/recovery/part.ts";
import { breakable, place } from "../../../scripts/bench/recovery/place.ts";
import { longestSilence } from "../../../scripts/bench/recovery/silence.ts";
import { comparedTable } from "../../../scripts/bench/recovery/tables.ts";
import { faultsOf, troubleOf } from "../../../scripts/bench/recovery/troubles.ts";
import { rehearsedFlows } from "../../../scripts/bench/recovery/worlds.ts";
import { isMet, type PartReport, type Row } from "../../../scripts/bench/report.ts";

const heard: CallEvent = { atMs: 0, kind: "heard", text: "a menu" };

/** A request that took so long; `status` 0: it failed. */
function reply(kind: RequestKind, ms: number, { status = 200, attempts = 1, index = 0 } = {}): CallEvent {
  const sent = { index, kind, isFallback: kind === "fallback", url: "", method: "POST", params: {} } as const;
  const outcome =
    status === 0 ? ({ kind: "failed", errorCode: 11_205, detail: "" } as const) : ({ kind: "answer", status } as const);
  return { atMs: 0, kind: "reply", request: { ...sent, attempts, startedAtMs: 10, endedAtMs: 10 + ms, outcome } };
}

describe("silence", () => {
  test("is what lies between two sounds, and the longest counts", () => {
    const events = [reply("voice", 100), heard, reply("action", 4_500, { status: 0 }), reply("fallback", 300), heard];
    expect(longestSilence([...events, reply("action", 200)])).toEqual({ waitedMs: 4_800, moreTrips: 1 });
  });

  test("a webhook and a file that is heard are no more round trips than usual; Twilio's retry is one more", () => {
    expect(longestSilence([reply("voice", 0), reply("media", 0), heard])).toEqual({ waitedMs: 0, moreTrips: 0 });
    expect(longestSilence([reply("voice", 0, { attempts: 2 }), heard])).toEqual({ waitedMs: 0, moreTrips: 1 });
  });

  test("a file that is missing costs its own request and that of the fallback URL", () => {
    const lost = [reply("voice", 0), reply("media", 0, { status: 404 })];
    expect(longestSilence([...lost, reply("fallback", 0), reply("media", 0), heard]).moreTrips).toBe(2);
  });

  test("who hears it ring, or music, waits for no document beside the call; nobody waits for a status callback", () => {
    const beside = { index: 1, status: 0 };
    const events = [reply("whisper", 9_000, beside), reply("fallback", 9_000, beside), reply("status", 9_000)];
    expect(longestSilence(events)).toEqual({ waitedMs: 0, moreTrips: 0 });
  });
});

test("every fault that the rehearsal knows belongs to a row, but those in which the caller hangs up", () => {
  const left: string[] = [];
  for (const [kind, faults] of Object.entries(faultKinds) as [PointKind, readonly FaultKind[]][]) {
    left.push(...faults.map(({ name }) => name).filter((name) => troubleOf(kind, name) === undefined));
    expect(faultsOf(kind).length).toBeGreaterThan(0);
  }
  expect(new Set(left)).toEqual(new Set(["hung-up-before", "hung-up-after"]));
  expect(() => troubleOf("media", "down")).toThrow("no fault 'down' of media");
});

test("the world of Twilio's defaults has the same call without a connection override in any URL", async () => {
  const called = async (world: "as deployed" | "Twilio's defaults") => {
    const [rehearsed] = await rehearsedFlows([appointment], world, 1);
    const script = rehearsed?.scripts[0];
    if (rehearsed === undefined || script === undefined) throw new Error("no call");
    const { record } = await place(rehearsed, script, new Map());
    const urls = [...record.requests.map(({ url }) => url), ...record.documents.map(({ twiml }) => twiml)].join();
    return { heard: record.heard.filter((line) => !line.startsWith("play:")), overrides: /#\w+=/.test(urls) };
  };
  const [deployed, defaults] = await withoutNetwork(async () => [
    await called("as deployed"),
    await called("Twilio's defaults"),
  ]);
  expect(deployed.overrides).toBe(true);
  expect(defaults).toEqual({ heard: deployed.heard, overrides: false });
});

test("who has hung up waits for nothing: the webhook that tells of it is not broken", async () => {
  const [rehearsed] = await withoutNetwork(() => rehearsedFlows([frontDesk], "as deployed", 100));
  const called = async (id: string) => {
    const script = rehearsed?.scripts.find((one) => one.id === id);
    if (rehearsed === undefined || script === undefined) throw new Error(`no script '${id}'`);
    const call = await withoutNetwork(() => place(rehearsed, script, new Map()));
    const requests = call.points.filter(({ name }) => name === "request").length;
    return { requests, broken: breakable(call, 0, ["request"]).length };
  };
  expect(await called("2,record:5:hangup")).toEqual({ requests: 3, broken: 2 });
  expect(await called("1,silence,record:5:key")).toEqual({ requests: 4, broken: 4 });
});

test("requests of calls that are lost are none that were saved, and calls that needed the fallback URL end with an apology", () => {
  const on = { addedMs: 10, addedTrips: 1, moreRequests: 2, goesOn: true, withoutFallback: false };
  const lost = { addedMs: 30, addedTrips: 0, moreRequests: -4, goesOn: false, withoutFallback: false };
  const untouched = { ...on, addedMs: 20, moreRequests: 1, withoutFallback: true };
  const { rows } = comparedTable("", [{ what: "it", ours: [on, on, lost], defaults: [untouched, lost] }]);
  expect(rows).toEqual([
    {
      ...{ what: "it", calls: 3, worstMs: 30, medianMs: 10, trips: 1, requests: 2, requestsMost: 2 },
      ...{ goesOn: 200 / 3, defaultWorstMs: 30, defaultMedianMs: 30, defaultGoesOn: 50, apologyGoesOn: 50 },
    },
  ]);
});

describe("a quick run", () => {
  let report: PartReport;
  const rowOf = (what: RegExp): Row => {
    const row = report.tables.flatMap(({ rows }) => rows).find((one) => what.test(String(one.what)));
    if (row === undefined) throw new Error(`no row ${what}`);
    return row;
  };

  beforeAll(async () => {
    const built = () => Promise.reject(new Error("nothing is built"));
    report = await recoveryPart.run({ effort: "quick", seed: 7, built, workDir: "", progress: () => {} });
  });

  test("meets every target", () => {
    expect(report.targets.filter((target) => !isMet(target))).toEqual([]);
    expect(report.targets.every(({ kind }) => kind === "count")).toBe(true);
  });

  test("a hang costs our read timeout in place of Twilio's, and no call", () => {
    expect(rowOf(/^hang: /)).toMatchObject({ worstMs: 4_500, defaultWorstMs: 15_000, goesOn: 100, apologyGoesOn: 0 });
    expect(report.targets.map(({ what }) => what).join()).toContain("Twilio's default: 15,000");
  });

  test("a 502 costs one round trip, and the call where the fallback apologises", () => {
    expect(rowOf(/^404, /)).toMatchObject({ worstMs: 0, trips: 1, goesOn: 100, apologyGoesOn: 0 });
  });

  test("a fallback that hangs after a webhook that hung is asked again, by default it is not", () => {
    const hung = rowOf(/^hang, the fallback request hangs/);
    expect(hung).toMatchObject({ worstMs: 11_000, goesOn: 100, defaultWorstMs: 30_000, defaultGoesOn: 0 });
  });
});
