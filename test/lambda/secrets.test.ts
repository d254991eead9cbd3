import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ConfigurationError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { createSecrets, madeFrom } from "../../lambda/secrets.ts";
import { type SsmServer, startSsm } from "../../scripts/check-deploy/ssm-server.ts";

let ssm: SsmServer;
let nowMs = 0;
let warned: string[] = [];
let tests = 0;
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
  nowMs = 0;
  warned = [];
  tests += 1;
});

/** Real middleware and real SDK against a server that speaks SSM's protocol. */
function secretsOf(refreshMs = 30) {
  const env = { SEAL_KEYS_PARAMETER: `/test-${tests}/seal-keys`, TWILIO_AUTH_TOKEN_PARAMETER: `/test-${tests}/token` };
  const put = (keys: string, token: string) => {
    ssm.put(env.SEAL_KEYS_PARAMETER, keys);
    ssm.put(env.TWILIO_AUTH_TOKEN_PARAMETER, token);
  };
  const start = () =>
    createSecrets({
      env,
      load: () => import("../../lambda/parameters.ts"),
      clock: { nowMs: () => nowMs },
      warn: (line) => warned.push(line),
      refreshMs,
    });
  return { env, put, start };
}

test("both secrets are read in one request, decrypted, and asked for before the first call comes", async () => {
  const { env, put, start } = secretsOf(60_000);
  put("k1:AAAA", "token-1");
  const from = ssm.asked.length;
  const secrets = start();
  await expect.poll(() => ssm.asked.length).toBe(from + 1);
  expect(await secrets()).toEqual({ SEAL_KEYS: "k1:AAAA", TWILIO_AUTH_TOKEN: "token-1" });
  expect(await secrets()).toBe(await secrets());
  expect(ssm.asked.slice(from)).toEqual([[env.SEAL_KEYS_PARAMETER, env.TWILIO_AUTH_TOKEN_PARAMETER]]);
});

test("a rotated secret is in use after the refresh, by the calls of the same instance", async () => {
  const { put, start } = secretsOf();
  put("k1:AAAA", "token-1");
  const secrets = start();
  const before = await secrets();
  put("k2:BBBB,k1:AAAA", "token-2,token-1");
  await expect.poll(() => secrets()).not.toBe(before);
  expect(await secrets()).toEqual({ SEAL_KEYS: "k2:BBBB,k1:AAAA", TWILIO_AUTH_TOKEN: "token-2,token-1" });
});

test.each(["denied", "throttled", "hang"] as const)(
  "calls go on at once with the known secrets while SSM is %s",
  async (fault) => {
    const { put, start } = secretsOf();
    put("k1:AAAA", "token-1");
    const secrets = start();
    const known = await secrets();
    ssm.fail(fault);
    const waits: number[] = [];
    const ask = async () => {
      const startedMs = performance.now();
      expect(await secrets()).toBe(known);
      waits.push(performance.now() - startedMs);
      return warned;
    };
    await expect.poll(ask, { timeout: 8_000 }).toHaveLength(1);
    expect(Math.max(...waits)).toBeLessThan(100);
    expect(warned[0]).toMatch(/^secrets not refreshed, the known ones stay: /);
    expect(warned[0]).not.toMatch(/token|AAAA/);
    for (let webhook = 0; webhook < 20; webhook += 1) {
      await ask();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(warned).toHaveLength(1);
    // asked again only after a while, and then found well
    ssm.fail(undefined);
    put("k3:CCCC", "token-3");
    expect(await secrets()).toBe(known);
    nowMs += limits.secretsRetryMs;
    await expect.poll(() => secrets()).toEqual({ SEAL_KEYS: "k3:CCCC", TWILIO_AUTH_TOKEN: "token-3" });
  },
);

test.each(["denied", "hang"] as const)(
  "an instance that never knew its secrets fails in time while SSM is %s, and works once it answers",
  async (fault) => {
    const { put, start } = secretsOf();
    put("k1:AAAA", "token-1");
    ssm.fail(fault);
    const secrets = start();
    const startedMs = performance.now();
    await expect(Promise.resolve(secrets())).rejects.toThrow(
      /^SEAL_KEYS_PARAMETER or TWILIO_AUTH_TOKEN_PARAMETER cannot be read from SSM \([A-Za-z]+/,
    );
    expect(performance.now() - startedMs).toBeLessThan(limits.primaryLeaveMs);
    ssm.fail(undefined);
    expect(await secrets()).toMatchObject({ TWILIO_AUTH_TOKEN: "token-1" });
  },
);

test("a parameter that does not exist is an error, not an empty secret", async () => {
  const { env, start } = secretsOf();
  ssm.put(env.SEAL_KEYS_PARAMETER, "k1:AAAA");
  await expect(Promise.resolve(start()())).rejects.toThrow("cannot be read from SSM");
});

test("the leg is made anew of rotated secrets, once, and stays as it was when they cannot be used", () => {
  let makes = 0;
  const legFrom = madeFrom(
    ({ SEAL_KEYS = "" }) => {
      makes += 1;
      if (SEAL_KEYS === "broken") throw new ConfigurationError("SEAL_KEYS is not a key");
      return SEAL_KEYS;
    },
    (line) => warned.push(line),
  );
  expect(() => legFrom({ SEAL_KEYS: "broken" })).toThrow("SEAL_KEYS is not a key");
  const [first, broken, second] = [{ SEAL_KEYS: "k1" }, { SEAL_KEYS: "broken" }, { SEAL_KEYS: "k2" }];
  expect([legFrom(first), legFrom(first)]).toEqual(["k1", "k1"]);
  expect([legFrom(broken), legFrom(broken)]).toEqual(["k1", "k1"]);
  expect([legFrom(second), legFrom(second)]).toEqual(["k2", "k2"]);
  expect(makes).toBe(4);
  expect(warned).toEqual(["secrets not taken, the former ones stay: ConfigurationError: SEAL_KEYS is not a key"]);
});

test("without parameters nothing is loaded and nobody waits", () => {
  const secrets = createSecrets({
    env: { SEAL_KEYS: "k1:AAAA", SEAL_KEYS_PARAMETER: "" },
    load: () => Promise.reject(new Error("loaded")),
    clock: { nowMs: () => nowMs },
    warn: () => {},
  });
  expect(secrets()).toEqual({});
});
