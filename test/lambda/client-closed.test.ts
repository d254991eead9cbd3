import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import twilio from "twilio/lib/webhooks/webhooks.js";
import { expect, test } from "vitest";
import { createUrls } from "../../core/action-url.ts";
import type { Engine } from "../../core/engine.ts";
import { limits } from "../../core/limits.ts";
import type { LogLine } from "../../core/log.ts";
import { createSealer } from "../../core/seal.ts";
import { memoryStore } from "../../core/stores/memory.ts";
import { publicBase } from "../../core/url-shape.ts";
import { toResult } from "../../lambda/adapter.ts";
import { door, type Handle } from "../../lambda/door.ts";
import { fakeClock } from "../support/clock.ts";
import { callSid, sealKeys } from "../support/legs.ts";

const baseUrl = "https://line.example.com";
const authToken = "12345";
const answers: Handle = async () => ({
  result: toResult(200, "text/xml", "<Response/>"),
  log: { event: "turn.answered", turn: 2 },
});
const hangs: Handle = () => new Promise(() => {});

/** One webhook of the primary, which reaches the function `waitedMs` after API Gateway got it and is handled in `handledMs`. */
async function webhook(handle: Handle, waitedMs: number, handledMs = 5, logGroup?: string) {
  const clock = fakeClock();
  const lines: LogLine[] = [];
  const engine: Engine = {
    ...{ leg: "primary" as const, flows: new Map(), store: memoryStore(), sealer: createSealer(sealKeys), clock },
    ...{ urls: createUrls({ primary: baseUrl, fallback: "https://fallback.example.com" }), newToken: () => "t" },
    ...{ log: (line: LogLine) => lines.push(line), build: "test", settings: {}, tableBudgetMs: 100 },
  };
  const handler = door(
    () => ({ engine, authTokens: [authToken], base: publicBase(baseUrl) }),
    (leg, incoming) => {
      clock.advance(handledMs);
      return handle(leg, incoming);
    },
    logGroup,
  );
  const params = { CallSid: callSid };
  const rawPath = "/voice/appointment";
  const event = {
    ...{ rawPath, rawQueryString: "", isBase64Encoded: false, body: new URLSearchParams(params).toString() },
    headers: { "x-twilio-signature": twilio.getExpectedTwilioSignature(authToken, `${baseUrl}${rawPath}`, params) },
    requestContext: { http: { method: "POST" }, timeEpoch: clock.nowMs() - waitedMs },
  } as unknown as APIGatewayProxyEventV2;
  // the deadline of the handling: 20 ms
  const leftMs = limits.lambdaTimeoutMs - limits.primaryLeaveMs + 20;
  const result = await handler(event, { getRemainingTimeInMillis: () => leftMs } as Context);
  expect(lines).toHaveLength(1);
  const [line] = lines;
  return { status: (result as { statusCode: number }).statusCode, line };
}

test("neither timed out: Twilio got the answer", async () => {
  const { status, line } = await webhook(answers, 40);
  expect(status).toBe(200);
  expect(line).toMatchObject({ event: "turn.answered", status: 200, waitedMs: 40, elapsedMs: 5 });
  expect(line).not.toHaveProperty("inside");
});

test("only the handling timed out: Twilio was still there, got a 5xx and asks the fallback", async () => {
  const { status, line } = await webhook(hangs, 40);
  expect(status).toBe(503);
  expect(line).toMatchObject({ event: "turn.failed", status: 503, reason: "deadline" });
});

test("only Twilio stopped waiting, during a long cold start: the turn was taken, and nobody heard of it", async () => {
  const { line } = await webhook(answers, limits.gatewayTimeoutMs - 5);
  const closed = { event: "request.client-closed", inside: "turn.answered", status: 499, turn: 2, callSid };
  expect(line).toMatchObject(closed);
  const justInTime = await webhook(answers, limits.gatewayTimeoutMs - 6);
  expect(justInTime.line).toMatchObject({ event: "turn.answered", status: 200 });
});

test("both timed out: Twilio was gone, and the line keeps why", async () => {
  const { line } = await webhook(hangs, limits.gatewayTimeoutMs);
  const closed = { event: "request.client-closed", inside: "turn.failed", status: 499, reason: "deadline" };
  expect(line).toMatchObject(closed);
});

test("a handler that throws when Twilio is gone is a 499, and its line says where", async () => {
  const throws: Handle = async () => {
    throw new TypeError("+815012345678 is not a function");
  };
  const { status, line } = await webhook(throws, limits.gatewayTimeoutMs);
  expect(status).toBe(500);
  expect(line).toMatchObject({ event: "request.client-closed", inside: "turn.failed", status: 499 });
  expect(line?.reason).toMatch(/^TypeError at client-closed\.test\.ts:\d+:\d+$/);
});

test("the time that the table took is in the line, and the metrics are where Lambda's log group is ours", async () => {
  const asksTable: Handle = async (leg, incoming) => {
    await leg.engine.store.read("CA1", { nowMs: 0, withinMs: 100 });
    return answers(leg, incoming);
  };
  const { line } = await webhook(asksTable, 0, 5, "/aws/lambda/line/voice-webhook");
  expect(line).toMatchObject({ tableMs: 0, webhooks: 1 });
  expect(line?._aws?.CloudWatchMetrics[0]).toMatchObject({ Namespace: "Stayline/line" });
  expect((await webhook(answers, 0)).line).not.toHaveProperty("_aws");
});
