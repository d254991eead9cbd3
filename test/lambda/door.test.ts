import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import twilio from "twilio/lib/webhooks/webhooks.js";
import { expect, test } from "vitest";
import { createUrls } from "../../core/action-url.ts";
import { systemClock } from "../../core/clock.ts";
import type { Leg } from "../../core/leg.ts";
import type { LogLine } from "../../core/log.ts";
import { createSealer } from "../../core/seal.ts";
import { memoryStore } from "../../core/stores/memory.ts";
import { publicBase } from "../../core/url-shape.ts";
import { toResult } from "../../lambda/adapter.ts";
import { door } from "../../lambda/door.ts";
import { callSid, sealKeys } from "../support/legs.ts";

const baseUrl = "https://line.example.com";
const authToken = "12345";

function leg(lines: LogLine[] = []): Leg {
  const engine = {
    leg: "primary",
    flows: new Map(),
    store: memoryStore(),
    sealer: createSealer(sealKeys),
    urls: createUrls({ primary: baseUrl, fallback: "https://fallback.example.com" }),
    clock: systemClock,
    log: (line: LogLine) => lines.push(line),
    newToken: () => "t",
    build: "test",
    settings: {},
    tableBudgetMs: 100,
  } as const;
  return { engine, authTokens: [authToken], base: publicBase(baseUrl) };
}

function event(params: Record<string, string>, signature?: string): APIGatewayProxyEventV2 {
  const rawPath = "/voice/appointment";
  const signed = signature ?? twilio.getExpectedTwilioSignature(authToken, `${baseUrl}${rawPath}`, params);
  return {
    rawPath,
    rawQueryString: "",
    headers: { "x-twilio-signature": signed },
    body: Buffer.from(new URLSearchParams(params).toString()).toString("base64"),
    isBase64Encoded: true,
    requestContext: { http: { method: "POST" } },
  } as unknown as APIGatewayProxyEventV2;
}

const context = (leftMs: number, awsRequestId?: string) =>
  ({ awsRequestId, getRemainingTimeInMillis: () => leftMs }) as Context;

test("the primary answers 503 by itself before Lambda cuts it, so that the fallback is asked at once", async () => {
  const lines: LogLine[] = [];
  let finish = () => {};
  const handler = door(
    () => leg(lines),
    () =>
      new Promise((resolve) => {
        finish = () => resolve({ result: toResult(200, "text/xml", "<Response/>"), log: { event: "turn.answered" } });
      }),
  );
  const startedMs = performance.now();
  const result = await handler(event({ CallSid: callSid }), context(600));
  expect(result).toMatchObject({ statusCode: 503 });
  expect(performance.now() - startedMs).toBeLessThan(600);
  // the log tells what Twilio was answered, also when the handler comes to an end later
  finish();
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toMatchObject([{ event: "turn.failed", status: 503, reason: "deadline", callSid }]);
});

test("each line names Lambda's invocation, answered or turned away, and nothing else that may stand in its place", async () => {
  const id = "8f0f9c3e-93a5-4f0c-8d3b-0e5b9a1c2d3e";
  const lines: LogLine[] = [];
  const handler = door(
    () => leg(lines),
    async () => ({ result: toResult(200, "text/xml", "<Response/>"), log: { event: "turn.answered" } }),
  );
  await handler(event({ CallSid: callSid }), context(4_000, id));
  await handler(event({ CallSid: callSid }, "forged"), context(4_000, id));
  await handler(event({ CallSid: callSid }), context(4_000, "+815012345678"));
  expect(lines.map(({ requestId }) => requestId)).toEqual([id, id, undefined]);
});

test("an environment that cannot be used is a 500, not an apology", async () => {
  const handler = door(
    () => {
      throw new Error("broken");
    },
    async () => ({ result: toResult(200, "text/xml", "<Response/>"), log: { event: "turn.answered" } }),
  );
  expect(await handler(event({ CallSid: callSid }), context(4_000))).toMatchObject({ statusCode: 500 });
});

test("a handler that throws is a 500, and its line says where", async () => {
  const lines: LogLine[] = [];
  const handler = door(
    () => leg(lines),
    async () => {
      throw new TypeError("+815012345678 is not a function");
    },
  );
  expect(await handler(event({ CallSid: callSid }), context(4_000))).toMatchObject({ statusCode: 500 });
  expect(lines).toMatchObject([{ event: "turn.failed", status: 500, callSid }]);
  expect(lines[0]?.reason).toMatch(/^TypeError at door\.test\.ts:\d+:\d+$/);
});

test("a handler is never reached by a request that Twilio did not sign", async () => {
  const lines: LogLine[] = [];
  let reached = 0;
  const handler = door(
    () => leg(lines),
    async () => {
      reached += 1;
      return { result: toResult(200, "text/xml", "<Response/>"), log: { event: "turn.answered" } };
    },
  );
  const refused = await handler(event({ CallSid: callSid }, "bm90IGEgc2lnbmF0dXJl"), context(4_000));
  expect(refused).toMatchObject({ statusCode: 403, body: "signature" });
  expect(reached).toBe(0);
  expect(lines).toMatchObject([{ event: "request.rejected", status: 403, reason: "signature" }]);
  expect(await handler(event({ CallSid: callSid }), context(4_000))).toMatchObject({ statusCode: 200 });
  expect(reached).toBe(1);
});
