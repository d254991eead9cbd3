import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { httpExchange } from "../../rehearsal/http-exchange.ts";
import { parseAnswer } from "../../rehearsal/twiml-document.ts";
import { fetchWebhook } from "../../rehearsal/webhook-client.ts";
import { socketFaults } from "../../scripts/rehearse/socket-faults.ts";
import { type LegProxy, startLegProxy } from "../../scripts/stack/leg-proxy.ts";
import type { SocketFault } from "../../scripts/stack/socket-fault.ts";
import { account, serve, type TwimlServer, xml } from "../rehearsal/twiml-server.ts";
import { rawSend } from "./raw-send.ts";

const document = xml("<Say>You have reached the leg behind the proxy.</Say>");
const standardParams = { CallSid: account.callSid };
const seal = `k1.${"Ab1_".repeat(10)}`;

let leg: TwimlServer;
let proxy: LegProxy;
beforeEach(async () => {
  let answers = 0;
  leg = await serve({
    "/voice": document,
    "/count": () => xml(`<Say>${++answers}</Say>`),
    "/short": xml(""),
  });
  proxy = await startLegProxy(() => leg.base, { slowMs: 100, dripIntervalMs: 20 });
});
afterEach(async () => {
  await proxy.stop();
  await leg.close();
});

const send = (path = "/voice", overrides = "rt=2000&tt=4000&rc=0", method: "GET" | "POST" = "POST") =>
  fetchWebhook({
    url: `${proxy.baseUrl}${path}#${overrides}`,
    method,
    params: { ...standardParams, Digits: "1" },
    standardParams,
    authToken: account.authToken,
  });

/** What Twilio would make of the reply: the code and class of a failed request, a status, the error of a document, or `twiml`. */
async function outcome(path?: string, overrides?: string): Promise<string> {
  const { reply } = await send(path, overrides);
  if (reply.kind === "failed") return `${reply.causeCode} ${reply.failureClass}`;
  if (reply.status !== 200) return `status ${reply.status}`;
  const answer = parseAnswer(reply.headers["content-type"], reply.body);
  return answer.kind === "error" ? `document ${answer.errorCode}` : answer.kind;
}

/** Short only where a test waits for it: a busy machine is not to look like a fault. */
const impatient = "rt=200&tt=500&rc=0";
const isWaitedFor = (fault: SocketFault) => ["hang-before", "hang-after", "drip"].includes(fault);

/** How each fault is seen by whoever asks, and how often the leg was asked. */
const expected: Readonly<Record<SocketFault, readonly [seen: string, asked: number]>> = {
  refused: ["11202 ct", 0],
  "reset-before": ["11205 other", 0],
  "reset-after": ["11205 other", 1],
  cut: ["11205 final", 1],
  "cut-reset": ["11205 final", 1],
  "hang-before": ["11205 rt", 0],
  "hang-after": ["11205 rt", 1],
  drip: ["11203 final", 1],
  slow: ["twiml", 1],
  "gateway-502-before": ["status 502", 0],
  "gateway-502-after": ["status 502", 1],
  "status-404": ["status 404", 0],
  "status-429": ["status 429", 0],
  "status-500": ["status 500", 0],
  empty: ["document 12100", 1],
  truncated: ["document 12100", 1],
  malformed: ["document 12100", 1],
  "wrong-type": ["document 12300", 1],
  "no-type": ["document 12300", 1],
  oversize: ["document 11750", 1],
  "redirect-loop": ["11215 final", 0],
  garbage: ["11206 other", 0],
  duplicate: ["twiml", 2],
  "duplicate-at-once": ["twiml", 2],
};

test("a request passes through as it is, and so does its answer", async () => {
  const { reply } = await send("/voice?b=2&a=1");
  expect(reply).toMatchObject({ kind: "answer", status: 200, body: document });
  const [through] = leg.received;
  expect(through).toMatchObject({ method: "POST", path: "/voice?b=2&a=1" });
  expect(through?.params).toEqual({ ...standardParams, Digits: "1" });
  expect(through?.headers).toMatchObject({ host: new URL(proxy.baseUrl).host, connection: "close" });
});

test.each(socketFaults)("$fault: Twilio sees it for what it is; the leg has the request ($handled)", async (kind) => {
  const { fault, handled, isSurvived } = kind;
  const [seen, asked] = expected[fault];
  proxy.setFault("next", fault);
  expect(await outcome("/voice", isWaitedFor(fault) ? impatient : undefined)).toBe(seen);
  expect(leg.of("/voice")).toHaveLength(asked);
  expect([handled, isSurvived]).toEqual([asked === 0 ? "before" : "after", seen === "twiml"]);
  await proxy.clear();
  expect(await outcome()).toBe("twiml");
});

const get = "GET /voice HTTP/1.1\r\nHost: leg\r\n\r\n";

test("a cut and a reset are what they say on the socket, after exactly half of the body", async () => {
  const halfBody = document.slice(0, Math.floor(document.length / 2));
  const under = async (fault: SocketFault) => {
    proxy.setFault("next", fault);
    const { received, end } = await rawSend(proxy.baseUrl, get);
    return [end, received === "" ? "" : received.slice(received.indexOf("\r\n\r\n") + 4)];
  };
  expect(await under("cut")).toEqual(["fin", halfBody]);
  expect(await under("cut-reset")).toEqual(["reset", halfBody]);
  expect(await under("reset-before")).toEqual(["reset", ""]);
  expect(await under("reset-after")).toEqual(["reset", ""]);
  await leg.close();
  expect(await rawSend(proxy.baseUrl, get)).toEqual({ received: "", end: "reset" });
});

test("a request that comes in pieces reaches the leg as one", async () => {
  const head = "POST /voice HTTP/1.1\r\nHost: leg\r\nContent-Length: 8\r\nConnection: keep-alive\r\n\r\n";
  const pieces = [head.slice(0, 30), head.slice(30), "Digit", "s=1", "more than the request"];
  const { received, end } = await rawSend(proxy.baseUrl, ...pieces);
  expect([received.startsWith("HTTP/1.1 200 OK"), end]).toEqual([true, "fin"]);
  expect(leg.received.map(({ params }) => params)).toEqual([{ Digits: "1" }]);
});

test("what is changed in an answer is changed in nothing else", async () => {
  const bodyUnder = async (fault: SocketFault) => {
    proxy.setFault("next", fault);
    const { reply } = await send();
    return reply.kind === "answer" ? reply : undefined;
  };
  expect((await bodyUnder("truncated"))?.body).toBe(document.slice(0, Math.floor(document.length / 2)));
  expect((await bodyUnder("malformed"))?.body).toContain("fish & chips</Say></Response>");
  expect(await bodyUnder("wrong-type")).toMatchObject({
    body: document,
    headers: { "content-type": "application/json" },
  });
  const withoutType = await bodyUnder("no-type");
  expect(withoutType?.body).toBe(document);
  expect(withoutType?.headers).not.toHaveProperty("content-type");
});

test("an oversize answer is valid but for its size", async () => {
  proxy.setFault("next", "oversize");
  const reply = await httpExchange({
    url: `${proxy.baseUrl}/voice`,
    method: "POST",
    kind: "voice",
    params: {},
    headers: () => ({}),
    connectTimeoutMs: 1_000,
    readTimeoutMs: 1_000,
    totalTimeoutMs: 1_000,
    bodyBytesMax: 1_000_000,
  });
  const body = reply.kind === "answer" ? reply.body : "";
  expect(body.length).toBeGreaterThan(64 * 1024);
  expect(parseAnswer("text/xml", body.replace(/ {2,}/, ""))).toMatchObject({
    kind: "twiml",
    root: { children: [{ name: "Say" }] },
  });
});

test("a slow answer comes late, and a hanging request is held until the client leaves", async () => {
  const timed = async (fault: SocketFault) => {
    proxy.setFault("next", fault);
    const startedMs = performance.now();
    await send("/voice", isWaitedFor(fault) ? impatient : undefined);
    return performance.now() - startedMs;
  };
  expect(await timed("slow")).toBeGreaterThanOrEqual(95);
  expect(await timed("hang-before")).toBeGreaterThanOrEqual(195);
  expect(await timed("drip")).toBeGreaterThanOrEqual(495);
});

test("the second delivery is the one that is answered", async () => {
  proxy.setFault("next", "duplicate");
  const { reply } = await send("/count");
  expect(reply).toMatchObject({ body: xml("<Say>2</Say>") });
  const [first, second] = leg.of("/count");
  expect(second).toMatchObject({ params: first?.params, headers: first?.headers });
});

test("two deliveries at once are both with the leg before either is answered", async () => {
  const held: ServerResponse[] = [];
  const meeting = createServer((_request, response) => {
    held.push(response);
    if (held.length === 2) for (const one of held) one.writeHead(200, { "content-type": "text/xml" }).end(document);
  });
  await new Promise<void>((resolve) => meeting.listen(0, "127.0.0.1", resolve));
  const legProxy = await startLegProxy(() => `http://127.0.0.1:${(meeting.address() as AddressInfo).port}`);
  legProxy.setFault("next", "duplicate-at-once");
  const url = `${legProxy.baseUrl}/voice#rt=1000&rc=0`;
  const { reply } = await fetchWebhook({
    url,
    method: "POST",
    params: {},
    standardParams,
    authToken: account.authToken,
  });
  await legProxy.stop();
  await new Promise((resolve) => meeting.close(resolve));
  expect(reply).toMatchObject({ kind: "answer", status: 200, body: document });
});

test("faults in the queue meet one request each, in order; a request that is to pass stands among them", async () => {
  for (const fault of ["status-500", "none", "gateway-502-after"] as const) proxy.setFault("next", fault);
  const outcomes = [await outcome(), await outcome(), await outcome(), await outcome()];
  expect(outcomes).toEqual(["status 500", "twiml", "status 502", "twiml"]);
});

test("faults that met no request are gone after a clear", async () => {
  proxy.setFault("next", "status-500");
  await proxy.clear();
  expect(await outcome()).toBe("twiml");
});

test("a fault for some requests leaves the others alone, until it is cleared", async () => {
  proxy.setFault(({ method, target }) => method === "POST" && target.startsWith("/count"), "status-404");
  expect([await outcome("/count"), await outcome("/voice"), await outcome("/count")]).toEqual([
    "status 404",
    "twiml",
    "status 404",
  ]);
  await proxy.clear();
  expect(await outcome("/count")).toBe("twiml");
});

test("a closed port opens again at the same address, with what happened meanwhile refused", async () => {
  proxy.setFault("next", "refused");
  const { attempts } = await send("/voice", "rc=2");
  expect(attempts).toBe(3);
  await proxy.clear();
  await proxy.clear();
  expect(await outcome()).toBe("twiml");
  expect(proxy.requests()).toHaveLength(1);
});

test("Twilio's retry reaches the leg when only the first request meets a fault", async () => {
  for (const fault of ["reset-before", "garbage", "gateway-502-after"] as const) {
    proxy.setFault("next", fault);
    const { reply, attempts } = await send("/voice", "rt=1000&rc=1&rp=all");
    expect([fault, reply.kind, attempts]).toEqual([fault, "answer", 2]);
  }
});

test("what the proxy saw names each request without its sealed checkpoint", async () => {
  proxy.setFault("next", "gateway-502-before");
  await send(`/voice/${seal}`);
  await send(`/voice?c=${seal}`);
  expect(proxy.requests()).toEqual([
    { method: "POST", path: "/voice/…", fault: "gateway-502-before", asked: 0 },
    { method: "POST", path: "/voice?c=…", fault: "none", asked: 1 },
  ]);
});

test("a redirect loop is 11 requests of one path, and leaves the next request alone", async () => {
  proxy.setFault("next", "redirect-loop");
  expect(await outcome("/voice?a=1")).toBe("11215 final");
  const [first, ...redirected] = proxy.requests();
  expect([first?.method, redirected.length]).toEqual(["POST", 10]);
  expect(new Set(redirected.map(({ method, path }) => `${method} ${path}`)).size).toBe(1);
  expect(redirected[0]?.path).toBe(`/voice?a=1&redirected=again&CallSid=${account.callSid}`);
  expect(await outcome("/voice?a=1")).toBe("twiml");
});

test("a leg that is gone is seen as a reset, and found again where it comes back", async () => {
  const { base } = leg;
  await leg.close();
  expect(await outcome()).toBe("11205 other");
  leg = await serve({ "/voice": document });
  expect(leg.base).not.toBe(base);
  expect(await outcome()).toBe("twiml");
});

test("a document without verbs can be malformed too, and what is no HTTP is refused", async () => {
  proxy.setFault("next", "malformed");
  expect(await outcome("/short")).toBe("document 12100");
  const { reply } = await send(`/${"long".repeat(20_000)}`);
  expect(reply).toMatchObject({ status: 400 });
  expect(leg.received).toHaveLength(1);
});

test("a request in flight ends when the proxy stops", async () => {
  proxy.setFault("next", "hang-before");
  const sent = send("/voice", "rt=5000&rc=0");
  await expect.poll(() => proxy.requests().length).toBe(1);
  await proxy.stop();
  expect((await sent).reply).toMatchObject({ kind: "failed", failureClass: "other" });
});
