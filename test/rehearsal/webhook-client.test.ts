import net from "node:net";
import { validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { afterEach, expect, test } from "vitest";
import { fetchWebhook } from "../../rehearsal/webhook-client.ts";
import { signedUrl } from "../../rehearsal/webhook-headers.ts";
import { type Answer, account, serve, type TwimlServer, xml } from "./twiml-server.ts";

let server: TwimlServer | undefined;
afterEach(() => server?.close());

const send = (url: string, method: "GET" | "POST" = "POST") =>
  fetchWebhook({
    url,
    method,
    params: { CallSid: account.callSid, Digits: "1", Name: "東京 & co", Empty: "" },
    standardParams: { CallSid: account.callSid },
    authToken: account.authToken,
  });

test("a form POST is signed over the URL without its fragment, and looks like Twilio", async () => {
  server = await serve({ "/voice": xml("") });
  const { reply, attempts } = await send(`${server.base}/voice?b=2&a=1#rt=1000`);
  expect([reply.kind, attempts]).toEqual(["answer", 1]);
  const headers = server.received[0]?.headers ?? {};
  const params = server.received[0]?.params ?? {};
  const signature = String(headers["x-twilio-signature"]);
  expect(params).toEqual({ CallSid: account.callSid, Digits: "1", Name: "東京 & co", Empty: "" });
  expect(validateRequest(account.authToken, signature, `${server.base}/voice?b=2&a=1`, params)).toBe(true);
  expect(validateRequest("another token", signature, `${server.base}/voice?b=2&a=1`, params)).toBe(false);
  expect(headers["user-agent"]).toBe("TwilioProxy/1.1");
  expect(headers.connection).toBe("close");
  expect(headers["i-twilio-idempotency-token"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("a GET has its parameters after the existing query, and they are signed there", async () => {
  server = await serve({ "/voice": xml("") });
  await send(`${server.base}/voice?a=1`, "GET");
  const path = server.received[0]?.path ?? "";
  const signature = String(server.received[0]?.headers["x-twilio-signature"]);
  expect(path).toMatch(/^\/voice\?a=1&CallSid=CA1+&Digits=1/);
  expect(validateRequest(account.authToken, signature, server.base + path, {})).toBe(true);
});

test("the read timeout of the fragment is kept, and is not retried by default", async () => {
  server = await serve({ "/voice": "hang" as const });
  const startedMs = performance.now();
  const { reply, attempts } = await send(`${server.base}/voice#rt=150`);
  const tookMs = performance.now() - startedMs;
  expect(reply).toMatchObject({ kind: "failed", errorCode: 11200, causeCode: 11205 });
  expect(attempts).toBe(1);
  expect(tookMs).toBeGreaterThanOrEqual(140);
  expect(tookMs).toBeLessThan(1000);
});

test("the total time bounds all attempts together", async () => {
  server = await serve({ "/voice": "hang" as const });
  const { reply, attempts } = await send(`${server.base}/voice#rt=150&tt=350&rc=5&rp=rt`);
  expect(reply).toMatchObject({ kind: "failed", causeCode: 11203 });
  expect(attempts).toBe(3);
});

test("a retry repeats the idempotency token; the next request has another", async () => {
  const answers: (Answer | string)[] = [{ status: 503 }, { status: 500 }, xml("")];
  server = await serve({ "/voice": () => answers.shift() ?? xml("") });
  const { reply, attempts } = await send(`${server.base}/voice#rc=2&rp=5xx`);
  expect([reply.kind === "answer" && reply.status, attempts]).toEqual([200, 3]);
  await send(`${server.base}/voice`);
  const tokens = server.received.map((one) => one.headers["i-twilio-idempotency-token"]);
  expect(new Set(tokens.slice(0, 3)).size).toBe(1);
  expect(tokens[3]).not.toBe(tokens[0]);
});

test.each([
  ["rc=2", { status: 500 }, 1],
  ["rc=2&rp=4xx", { status: 500 }, 1],
  ["rc=2&rp=4xx", { status: 404 }, 3],
  ["rc=2&rp=all", { status: 404 }, 3],
  ["rc=2&rp=ct,rt", "reset", 1],
  ["rc=2&rp=all", "reset", 3],
  ["rc=0&rp=all", "reset", 1],
] as [string, Answer, number][])("under #%s the answer %j takes %i attempts", async (fragment, answer, expected) => {
  server = await serve({ "/voice": answer });
  const { attempts } = await send(`${server.base}/voice#${fragment}`);
  expect(attempts).toBe(expected);
  expect(server.received).toHaveLength(expected);
});

test("a refused connection is tried twice by default", async () => {
  const closed = await serve({});
  await closed.close();
  const { reply, attempts } = await send(`${closed.base}/voice`);
  expect(reply).toMatchObject({ kind: "failed", errorCode: 11200, causeCode: 11202, failureClass: "ct" });
  expect(attempts).toBe(2);
});

test("an answer that stops in its middle fails and is not retried", async () => {
  let connections = 0;
  const raw = net.createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Response>"));
  });
  await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
  const { port } = raw.address() as net.AddressInfo;
  const { reply } = await send(`http://127.0.0.1:${port}/voice#rt=150&rc=3&rp=all`);
  await new Promise((resolve) => raw.close(resolve));
  expect(reply).toMatchObject({ kind: "failed", errorCode: 11200 });
  expect(connections).toBe(1);
});

test("an HTTP redirect is followed with GET and without the digits", async () => {
  server = await serve({ "/voice": { status: 302, headers: { location: "/moved?x=1" } }, "/moved": xml("") });
  const { reply } = await send(`${server.base}/voice`);
  expect(reply).toMatchObject({ kind: "answer", status: 200, url: `${server.base}/moved?x=1` });
  expect(server.of("/moved")[0]).toMatchObject({ method: "GET", params: { x: "1", CallSid: account.callSid } });
  expect(server.of("/moved")[0]?.params).not.toHaveProperty("Digits");
});

test("the eleventh HTTP redirect fails", async () => {
  server = await serve({ "/voice": { status: 301, headers: { location: "/voice" } } });
  const { reply } = await send(`${server.base}/voice`);
  expect(reply).toMatchObject({ kind: "failed", causeCode: 11215 });
  expect(server.received).toHaveLength(11);
});

test.each([
  ["https://user:pass@h.test:8443/a/?b=1#rt=150", "https://h.test/a/?b=1"],
  ["http://user:pass@h.test:8080/a?b=1#rt=150", "http://h.test:8080/a?b=1"],
])("%s is signed as %s", (url, signed) => {
  expect(signedUrl(new URL(url))).toBe(signed);
});
