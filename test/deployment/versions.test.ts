import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Leg } from "../../core/checkpoint.ts";
import type { CallRecord, Intercept } from "../../rehearsal/call-record.ts";
import { all, before as beforeRequest, loseRequestAt } from "../../rehearsal/faults.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { build } from "../../scripts/build.ts";
import { findingsOf } from "../../scripts/number/agreement.ts";
import { newChallenge, probe, probeUrl } from "../../scripts/number/probe.ts";
import { type LegProxy, startLegProxy } from "../../scripts/stack/leg-proxy.ts";
import { newCall, urlsOf } from "../support/mid-call.ts";
import { type Answers, answering, type TestStack, testStack } from "../support/stack.ts";

/**
 * Two builds of one flow, of which the later one has renamed a step. Both legs of both run; what a leg's public address leads to is
 * changed while calls go on, as a cloud does it that deploys.
 */
type Version = "v1" | "v2";
const legs = ["primary", "fallback"] as const;
const other = { primary: "fallback", fallback: "primary" } as const;
const running: Record<Leg, Version> = { primary: "v1", fallback: "v1" };
const builds = { v1: "", v2: "" };
const stacks = new Map<Version, TestStack>();
const proxies = new Map<Leg, LegProxy>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-versions-"));
  for (const leg of legs) proxies.set(leg, await startLegProxy(() => stackOf(running[leg])[leg].baseUrl));
  const publicUrls = { primary: urlOf("primary"), fallback: urlOf("fallback") };
  const same = { flowNames: ["deployed"], publicUrls };
  const builtDir = async (version: Version) => {
    const outDir = path.join(folder, version);
    const flowsEntry = path.join(import.meta.dirname, "..", "flows", `deploy-${version}.ts`);
    builds[version] = (await build({ outDir, flowsEntry })).buildId;
    return outDir;
  };
  const v1 = await testStack({ ...same, buildDir: await builtDir("v1") });
  stacks.set("v1", v1);
  const { accountSid, authToken, sealKeys, table } = v1;
  const env = { TABLE_NAME: table.name, TABLE_ENDPOINT: table.endpoint };
  stacks.set("v2", await testStack({ ...same, buildDir: await builtDir("v2"), accountSid, authToken, sealKeys, env }));
});
afterAll(async () => {
  await Promise.all([...stacks.values(), ...proxies.values()].map((one) => one.stop()));
  await rm(folder, { recursive: true, force: true });
});

function stackOf(version: Version): TestStack {
  const stack = stacks.get(version);
  if (stack === undefined) throw new Error(`${version} does not run yet`);
  return stack;
}
const urlOf = (leg: Leg) => proxies.get(leg)?.baseUrl ?? "";

async function deploy(leg: Leg, version: Version): Promise<void> {
  running[leg] = version;
}
const both = async (version: Version) =>
  void (await Promise.all([deploy("primary", version), deploy("fallback", version)]));

const answers: Answers = [
  [/choose/, "1"],
  [/visit 1/, "5"],
  [/visit 2/, "1"],
];
/** of the call that answers like this, when nothing fails */
const requests = [0, 1, 2, 3] as const;

function place(intercept: Intercept): Promise<CallRecord> {
  const stack = stackOf("v1");
  const { authToken, accountSid } = stack;
  const script = answering(answers);
  const dialect = { fallbackRepeatsParams: true };
  return placeCall({
    ...urlsOf(stack, "deployed"),
    authToken,
    accountSid,
    script,
    callSid: newCall(),
    intercept,
    dialect,
  });
}

/** One leg before the request `at`, the other before the next one. */
function rolling(first: Leg, to: Version, at: number): Intercept {
  return all(
    beforeRequest(at, () => deploy(first, to)),
    beforeRequest(at + 1, () => deploy(other[first], to)),
  );
}

describe.each(["fallback", "primary"] as const)(
  "a new build on the %s leg first, on the other one request later",
  (first) => {
    test.each(requests)("is not noticed by a call that is at request %i", async (at) => {
      await both("v1");
      const call = await place(rolling(first, "v2", at));
      expect(call.heard.at(-1)).toMatch(/^v[12] end, kept 1, bye$/);
      expect(call.heard).toHaveLength(4);
      expect(call.alerts).toEqual([]);
      expect(call.ended).toBe("hangup");
    });
  },
);

describe("the fallback first, as a deployment does it", () => {
  test.each(requests)("carries a call even when request %i is lost in that moment", async (at) => {
    await both("v1");
    const call = await place(all(rolling("fallback", "v2", at), loseRequestAt(at)));
    expect(call.heard.at(-1)).toMatch(/^v[12] end, kept 1, bye$/);
    expect(call.alerts.length).toBeGreaterThan(0);
  });

  test("is why: with the primary first, a call at a step of the new build is lost if a request is", async () => {
    await both("v1");
    const call = await place(
      all(
        beforeRequest(1, () => deploy("primary", "v2")),
        loseRequestAt(2),
      ),
    );
    expect(call.heard.slice(-2)).toEqual(["v2 inquiry, kept 1, visit 1?", "v1 last resort"]);
  });
});

describe("a rollback, the primary first: while they differ, the fallback is the leg that knows both builds' steps", () => {
  test.each([0, 1, 3] as const)(
    "is not noticed by a call that is at request %i, at a step that both builds have",
    async (at) => {
      await both("v2");
      const call = await place(rolling("primary", "v1", at));
      expect(call.heard.at(-1)).toMatch(/^v[12] end, kept 1, bye$/);
      expect(call.ended).toBe("hangup");
    },
  );

  test("leaves a call at a step of the newer build to the fallback, as long as that has it", async () => {
    await both("v2");
    const call = await place(beforeRequest(2, () => deploy("primary", "v1")));
    expect(call.heard.slice(1)).toEqual([
      "v2 inquiry, kept 1, visit 1?",
      "v2 inquiry, kept 1, visit 2?",
      "v2 end, kept 1, bye",
    ]);
  });

  test("ends it in the last resort when neither leg has its step any more: that alone cannot be taken back", async () => {
    await both("v2");
    const call = await place(beforeRequest(2, () => both("v1")));
    expect(call.heard.slice(1)).toEqual(["v2 inquiry, kept 1, visit 1?", "v1 last resort"]);
    expect(call.ended).toBe("hangup");
  });

  test("is why: with the fallback first, the primary still leads calls to steps that the fallback has not", async () => {
    await both("v2");
    const call = await place(rolling("fallback", "v1", 1));
    expect(call.heard.at(-1)).toBe("v1 last resort");
  });
});

test("each leg tells its own build; that they differ is a warning, no error: calls go on", async () => {
  const told = async () => {
    const challenge = newChallenge();
    const [primary, fallback] = await Promise.all(
      legs.map((leg) => probe(probeUrl(leg, urlOf(leg), "deployed"), stackOf("v1").authToken, challenge)),
    );
    if (primary?.kind !== "answered" || fallback?.kind !== "answered") throw new Error("no answer to a probe");
    const findings = findingsOf({ primary, fallback }, "deployed").map(({ level, code }) => `${level} ${code}`);
    return { builds: [primary.answer.build, fallback.answer.build], findings };
  };
  expect(builds.v1).not.toBe(builds.v2);
  await both("v1");
  expect(await told()).toEqual({ builds: [builds.v1, builds.v1], findings: [] });
  await deploy("fallback", "v2");
  const differ = ["warning builds", "warning flow-shapes"];
  expect(await told()).toEqual({ builds: [builds.v1, builds.v2], findings: differ });
  await both("v2");
  await deploy("fallback", "v1");
  expect(await told()).toEqual({ builds: [builds.v2, builds.v1], findings: differ });
});
