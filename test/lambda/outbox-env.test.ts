import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../../core/errors.ts";
import { createDeliverer, lineOf, outboxSecrets } from "../../lambda/outbox-env.ts";
import { sealKeys } from "../support/legs.ts";

const env = {
  PRIMARY_BASE_URL: "https://primary.example.com",
  FALLBACK_BASE_URL: "https://fallback.example.com",
  SEAL_KEYS: sealKeys,
  TABLE_NAME: "table",
  TABLE_REGION: "us-east-1",
  TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
  TWILIO_REST_LOGIN: `SK${"0".repeat(32)}:secret`,
};

describe("the deliverer's environment", () => {
  test("is enough without the auth token, which signs webhooks", () => {
    expect(createDeliverer(env).letterLifeSec).toBe(86_400);
  });

  test.each(["TABLE_NAME", "SEAL_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_REST_LOGIN"] as const)(
    "without %s is an error that names it, and no value",
    (name) => {
      const make = () => createDeliverer({ ...env, [name]: undefined });
      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow(name);
      expect(() => createDeliverer({ ...env, TWILIO_REST_LOGIN: "secret of somebody" })).not.toThrow(/somebody/);
    },
  );

  test("names parameters in place of secrets, which are read from the store", async () => {
    const asked: unknown[] = [];
    const parameterReader = (names: unknown) => {
      asked.push(names);
      return async () => ({ SEAL_KEYS: "k", TWILIO_REST_LOGIN: "l" });
    };
    const named = { SEAL_KEYS_PARAMETER: "/keys", TWILIO_REST_LOGIN_PARAMETER: "/login" };
    const read = outboxSecrets(named, async () => ({ parameterReader }) as never);
    expect(await read()).toEqual({ SEAL_KEYS: "k", TWILIO_REST_LOGIN: "l" });
    expect(asked).toEqual([{ SEAL_KEYS: "/keys", TWILIO_REST_LOGIN: "/login" }]);
    expect(await outboxSecrets(env, () => Promise.reject(new Error("not loaded")))()).toEqual({});
  });
});

test("a letter's line has its call, its turn and how often it was tried, and is counted by its event on Lambda", () => {
  const letter = { key: "CA1:3:text", tries: 2, reason: "status 503" };
  const run = { build: "b", startedMs: 0, logGroup: undefined };
  const line = lineOf("outbox.retried", letter, run);
  expect(line).toMatchObject({ event: "outbox.retried", callSid: "CA1", turn: 3, attempt: 2, reason: "status 503" });
  expect(line).not.toHaveProperty("letters");
  const counted = lineOf(
    "outbox.delivered",
    { ...letter, reason: undefined },
    { ...run, logGroup: "/aws/lambda/line/outbox" },
  );
  expect(counted).toMatchObject({
    letters: 1,
    _aws: { CloudWatchMetrics: [{ Namespace: "Stayline/line", Dimensions: [["event"]] }] },
  });
  expect(counted).not.toHaveProperty("reason");
});
