import twilio from "twilio/lib/webhooks/webhooks.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { limits } from "../../core/limits.ts";
import { document, door, type Handle, lastResortReply } from "../../functions/door.ts";
import { callSid, sealKeys } from "../support/legs.ts";
import { functionResponse } from "../traps/function-runtime.ts";

const baseUrl = "https://fallback.example.com";
const environment = {
  ...{ PRIMARY_BASE_URL: "https://primary.example.com", FALLBACK_BASE_URL: baseUrl, AUTH_TOKEN: "12345" },
  ...{ SEAL_KEYS: sealKeys, TABLE_NAME: "t", TABLE_REGION: "us-east-1" },
  ...{ TABLE_ACCESS_KEY_ID: "a", TABLE_SECRET_ACCESS_KEY: "b" },
};

let lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines = [];
  vi.stubGlobal("Twilio", { Response: functionResponse });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    if (String(text).startsWith("{")) lines.push(JSON.parse(String(text)));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const answers: Handle = async () => ({
  ...document("<Response/>"),
  log: { event: "turn.resumed", turn: 2, errorCode: "11200" },
});
const hangs: Handle = () => new Promise(() => {});

/** One request of the fallback URL; the process stands still for `stoodMs` when its handling begins. */
async function failover(handle: Handle, stoodMs: number, env: Readonly<Record<string, string>> = environment) {
  const handler = door(
    "/voice-fallback",
    (leg, incoming, context) => {
      vi.setSystemTime(Date.now() + stoodMs);
      return handle(leg, incoming, context);
    },
    lastResortReply,
  );
  const query = { flow: "appointment" };
  const params = { CallSid: callSid };
  const url = `${baseUrl}/voice-fallback?${new URLSearchParams(query)}`;
  const signature = twilio.getExpectedTwilioSignature("12345", url, params);
  const event = { ...query, ...params, request: { headers: { "x-twilio-signature": signature } } };
  const answered = new Promise((resolve) => {
    void handler(env, event, (_, response) => resolve(response));
  });
  await vi.advanceTimersByTimeAsync(limits.fallbackLeaveMs);
  await answered;
  expect(lines).toHaveLength(1);
  return lines[0];
}

test("neither timed out: Twilio got the answer, and the silence that handling it added is known", async () => {
  const line = await failover(answers, 30);
  expect(line).toMatchObject({ event: "turn.resumed", status: 200, elapsedMs: 30, silenceMs: 30 });
  expect(line).not.toHaveProperty("_aws");
});

test("only the handling timed out: Twilio was still there and got the last resort", async () => {
  const line = await failover(hangs, 0);
  expect(line).toMatchObject({ event: "turn.last-resort", status: 200, reason: "deadline" });
});

test("only Twilio stopped waiting: the turn was taken, and nobody heard of it", async () => {
  const line = await failover(answers, limits.fallbackReadTimeoutMs);
  expect(line).toMatchObject({ event: "request.client-closed", inside: "turn.resumed", status: 499, turn: 2, callSid });
  lines = [];
  const justInTime = await failover(answers, limits.fallbackReadTimeoutMs - 1);
  expect(justInTime).toMatchObject({ event: "turn.resumed", status: 200 });
});

test("both timed out: Twilio was gone, and the line keeps why", async () => {
  const line = await failover(hangs, limits.fallbackReadTimeoutMs);
  const closed = { event: "request.client-closed", inside: "turn.last-resort", status: 499, reason: "deadline" };
  expect(line).toMatchObject(closed);
});

test("a failover is counted by Twilio's error code, under the name that the log is forwarded by", async () => {
  const line = await failover(answers, 30, { ...environment, METRICS_NAMESPACE: "Stayline/line" });
  expect(line).toMatchObject({ failovers: 1, webhooks: 1, errorCode: "11200" });
  expect(line?._aws).toMatchObject({
    CloudWatchMetrics: expect.arrayContaining([
      {
        Namespace: "Stayline/line",
        Dimensions: [["leg", "errorCode"]],
        Metrics: [{ Name: "failovers", Unit: "Count" }],
      },
    ]),
  });
});
