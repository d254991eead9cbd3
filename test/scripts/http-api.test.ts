import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendResult, toContext, toEvent } from "../../scripts/stack/http-api.ts";
import { closeServer, listen } from "../../scripts/stack/listen.ts";
import { readBody } from "../../scripts/stack/read-body.ts";

let event: APIGatewayProxyEventV2;
let result: unknown = { statusCode: 204 };
let port = 0;
const server = createServer(async (incoming, response) => {
  const body = (await readBody(incoming, 1_000_000)) ?? Buffer.alloc(0);
  event = toEvent(incoming, body, { nowMs: 5, requestId: "r", publicUrl: "https://calls.example" });
  sendResult(response, result);
});

beforeAll(async () => {
  port = await listen(server, 0, "primary");
});
afterAll(() => closeServer(server));

/** The path goes over the wire as it is; fetch would normalise it. */
async function ask(path: string, headers: Record<string, string | string[]> = {}, body?: string | Buffer) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path, method: "POST", headers }, resolve).on("error", reject).end(body);
  });
  const received = await readBody(response, 1_000_000);
  return { status: response.statusCode, headers: response.headers, body: String(received) };
}

test("path and query reach the function as Twilio signed them", async () => {
  await ask("/voice/a/x.Y_-?b=%2B&a=1+2&b=%e3%81%82&&empty");
  expect(event.rawPath).toBe("/voice/a/x.Y_-");
  expect(event.rawQueryString).toBe("b=%2B&a=1+2&b=%e3%81%82&&empty");
  await ask("/voice/a/");
  expect(event.rawPath).toBe("/voice/a/");
  expect(event.rawQueryString).toBe("");
});

test("a form arrives in base64, byte for byte, as API Gateway hands it over", async () => {
  const bytes = Buffer.from([0x61, 0x3d, 0xff, 0x00]);
  await ask("/voice/a", { "content-type": "application/x-www-form-urlencoded" }, bytes);
  expect(event.isBase64Encoded).toBe(true);
  expect(Buffer.from(event.body ?? "", "base64")).toEqual(bytes);
});

test("JSON and text arrive as text", async () => {
  await ask("/voice/a", { "content-type": "application/json; charset=utf-8" }, '{"a":"é"}');
  expect(event).toMatchObject({ isBase64Encoded: false, body: '{"a":"é"}' });
});

test("headers are lower-case, doubled ones joined, cookies apart", async () => {
  await ask("/voice/a", { "X-Twilio-Signature": "abc=", "X-Twice": ["1", "2"], Cookie: "a=1; b=2" });
  expect(event.headers).toMatchObject({ "x-twilio-signature": "abc=", "x-twice": "1,2" });
  expect(event.headers).not.toHaveProperty("cookie");
  expect(event.cookies).toEqual(["a=1", "b=2"]);
  expect(event.requestContext).toMatchObject({ domainName: "calls.example", timeEpoch: 5, http: { method: "POST" } });
});

test("what the function returns is what Twilio gets", async () => {
  result = { statusCode: 503, headers: { "Content-Type": "text/xml" }, cookies: ["a=1", "b=2"], body: "<Response/>" };
  const answer = await ask("/voice/a");
  expect(answer).toMatchObject({ status: 503, body: "<Response/>" });
  expect(answer.headers).toMatchObject({ "content-type": "text/xml", "set-cookie": ["a=1", "b=2"] });
  result = { statusCode: 200, body: Buffer.from("ID3").toString("base64"), isBase64Encoded: true };
  expect((await ask("/media/a")).body).toBe("ID3");
});

test("the function is told how long it has left", () => {
  const remaining = toContext("voice-webhook", "r", Date.now() + 1_000).getRemainingTimeInMillis();
  expect(remaining).toBeGreaterThan(900);
  expect(remaining).toBeLessThanOrEqual(1_000);
});
