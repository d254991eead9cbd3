import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import { createSorry, parameterReader } from "../../lambda/parameters.ts";
import { type SsmServer, startSsm } from "../../scripts/check-deploy/ssm-server.ts";

let ssm: SsmServer;
let nowMs = 1_000_000;
let warned: string[] = [];
const name = "/test/sorry";
beforeAll(async () => {
  ssm = await startSsm();
  vi.stubEnv("AWS_ENDPOINT_URL_SSM", ssm.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await ssm.stop();
});
beforeEach(() => {
  ssm.fail(undefined);
  ssm.put(name, "off");
  warned = [];
});

/** Real middleware and real SDK against a server that speaks SSM's protocol. */
function instance(env: Record<string, string> = { SORRY_PARAMETER: name }) {
  const clock = { ...systemClock, nowMs: () => nowMs };
  return createSorry({ env, clock, parameterReader, warn: (line) => warned.push(line) });
}
const reads = () => ssm.asked.length;

test("the first webhook of an instance knows the switch, which was asked for once and before", async () => {
  ssm.put(name, "on");
  const before = reads();
  const { now } = instance();
  await expect.poll(reads).toBe(before + 1);
  expect(await now()).toMatchObject({ on: true });
  expect(reads()).toBe(before + 1);
});

test("a hundred webhooks cost no round trip; a switch that is turned is found after the refresh, beside a webhook", async () => {
  const { now } = instance();
  await now();
  const before = reads();
  ssm.put(name, "on");
  for (let webhook = 0; webhook < 100; webhook += 1) expect(now()).toMatchObject({ on: false });
  expect(reads()).toBe(before);
  nowMs += limits.sorryRefreshMs;
  // this one does not wait, the next one knows
  expect(now()).toMatchObject({ on: false });
  await expect.poll(now).toMatchObject({ on: true });
  expect(reads()).toBe(before + 1);
});

test("after a long silence a webhook waits for the answer, so that its caller hears what is true now", async () => {
  const { now } = instance();
  await now();
  ssm.put(name, "on");
  nowMs += limits.sorryStaleMs;
  expect(await now()).toMatchObject({ on: true });
});

test.each(["denied", "throttled", "hang"] as const)(
  "it is off, in time, while SSM is %s and it never was known",
  async (fault) => {
    ssm.put(name, "on");
    ssm.fail(fault);
    const { now } = instance();
    const startedMs = performance.now();
    expect(await now()).toMatchObject({ on: false });
    expect(performance.now() - startedMs).toBeLessThan(limits.sorryWaitMs + 500);
    await expect.poll(() => warned, { timeout: 5_000 }).toHaveLength(1);
    expect(warned[0]).toMatch(/^the switch of sorry mode cannot be read, it stays off: /);
    // and nobody waits for it again until it is asked anew
    expect(now()).toMatchObject({ on: false });
  },
);

test("what was known stays while SSM does not answer", async () => {
  ssm.put(name, "on");
  const { now } = instance();
  expect(await now()).toMatchObject({ on: true });
  ssm.fail("denied");
  nowMs += limits.sorryStaleMs;
  expect(await now()).toMatchObject({ on: true });
  expect(warned).toHaveLength(1);
});

test("what is no switch leaves it as it was, and says so without its text", async () => {
  ssm.put(name, "open the line for +815012345678");
  const { now } = instance();
  expect(await now()).toMatchObject({ on: false });
  expect(warned).toEqual(["the switch of sorry mode is not taken: it begins with on or off"]);
});

test("what is no switch does not end sorry mode", async () => {
  ssm.put(name, "on");
  const { now } = instance();
  await now();
  ssm.put(name, "onn");
  nowMs += limits.sorryStaleMs;
  expect(await now()).toMatchObject({ on: true });
});

test("a parameter that was never made is off", async () => {
  ssm.put(name, undefined);
  expect(await instance().now()).toMatchObject({ on: false });
});

test("without a parameter it is the variable's, and nothing is asked", async () => {
  const before = reads();
  expect(instance({ SORRY: "on" }).now()).toMatchObject({ on: true });
  expect(instance({}).now()).toMatchObject({ on: false });
  expect(reads()).toBe(before);
});
