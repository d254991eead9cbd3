import net from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { splitOverrides } from "../../../rehearsal/connection-overrides.ts";
import { failed, type Reply } from "../../../rehearsal/reply.ts";
import { fetchWebhook } from "../../../rehearsal/webhook-client.ts";
import { serve, type TwimlServer } from "../twiml-server.ts";
import { account, base, call, inMemory, type Routes, xml } from "./in-memory.ts";

const servers: { close: () => unknown }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function real(routes: Parameters<typeof serve>[0]): Promise<TwimlServer> {
  const server = await serve(routes);
  servers.push(server);
  return server;
}

const send = (url: string) =>
  fetchWebhook({ url, method: "POST", params: {}, standardParams: {}, authToken: account.authToken });

const overridesOf = (fragment: string) => {
  const split = splitOverrides(`${base}/voice${fragment}`);
  return split.kind === "url" ? split.overrides : split.errorCode;
};

describe("2 overrides in the fragment", () => {
  test("2: the defaults are 5 s to connect, 15 s to read, 15 s in total, one retry after a connect failure", () => {
    expect(overridesOf("")).toEqual({
      connectTimeoutMs: 5_000,
      readTimeoutMs: 15_000,
      totalTimeoutMs: 15_000,
      retriesMax: 1,
      retryPolicy: ["ct"],
    });
  });

  test.each([
    ["#ct=1000", { connectTimeoutMs: 1_000 }],
    ["#ct=1000&rt=1000", { connectTimeoutMs: 1_000, readTimeoutMs: 1_000 }],
    ["#rt=5000&rp=ct,rt", { readTimeoutMs: 5_000, retryPolicy: ["ct", "rt"] }],
    ["#e=ashburn,umatilla", { retriesMax: 1 }],
    ["#rc=2&ct=1000", { retriesMax: 2, connectTimeoutMs: 1_000 }],
    ["#rc=2&rp=ct,rt,5xx", { retriesMax: 2, retryPolicy: ["ct", "rt", "5xx"] }],
    ["#rc=2&rp=all", { retriesMax: 2, retryPolicy: ["all"] }],
    ["#sni=n", { retriesMax: 1 }],
  ])("2: %s is understood", (fragment, expected) => {
    expect(overridesOf(fragment)).toMatchObject(expected);
  });

  test.each([
    ["#ct=99", 11243],
    ["#ct=10001", 11243],
    ["#rt=15001", 11243],
    ["#tt=99", 11243],
    ["#rc=6", 11243],
    ["#rp=3xx", 11243],
    ["#e=paris", 11240],
  ])("2: %s is out of range: error %i", (fragment, errorCode) => {
    expect(overridesOf(fragment)).toBe(errorCode);
  });

  test("2: the fragment is not sent", async () => {
    const { asked } = await call({ "/voice": xml("") }, [], { voiceUrl: `${base}/voice?x=1#rt=1000` });
    expect(asked[0]?.url).toBe(`${base}/voice?x=1`);
  });
});

describe("2 retries", () => {
  const cut = failed(11205, "answer cut short", "final");
  const table: [fragment: string, what: string, answer: Reply | { status: number }, attempts: number][] = [
    ["", "a refused connection", failed(11202, "ECONNREFUSED", "ct"), 2],
    ["", "a TLS failure", failed(11220, "handshake", "ct"), 2],
    ["", "a status of 500", { status: 500 }, 1],
    ["", "a read timeout", failed(11205, "read timeout", "rt"), 1],
    ["#rc=2&rp=rt", "a read timeout", failed(11205, "read timeout", "rt"), 3],
    ["#rc=2&rp=5xx", "a status of 503", { status: 503 }, 3],
    ["#rc=2&rp=5xx", "a status of 404", { status: 404 }, 1],
    ["#rc=2&rp=4xx", "a status of 404", { status: 404 }, 3],
    ["#rc=5&rp=all", "an answer that was partly received", cut, 1],
    ["#rc=0&rp=all", "a status of 500", { status: 500 }, 1],
  ];
  test.each(table)("2: under '%s' %s makes this many attempts", async (fragment, _what, answer, attempts) => {
    const { of } = await call({ "/voice": answer, "/fallback": xml("") }, [], { voiceUrl: `${base}/voice${fragment}` });
    expect(of("/voice")).toHaveLength(attempts);
  });

  test("2: retries repeat the idempotency token, the next request has another", async () => {
    const routes: Routes = {
      "/voice": (_asked, count) => (count < 2 ? { status: 500 } : xml("<Redirect>/next</Redirect>")),
      "/next": xml(""),
    };
    const { asked } = await call(routes, [], { voiceUrl: `${base}/voice#rc=2&rp=all` });
    const tokens = asked.map(({ headers }) => headers["I-Twilio-Idempotency-Token"]);
    expect(new Set(tokens.slice(0, 3)).size).toBe(1);
    expect(tokens[3]).not.toBe(tokens[0]);
  });

  test("2: every webhook has an idempotency token in the form of a UUID", async () => {
    const { asked } = await call({ "/voice": xml("") });
    expect(asked[0]?.headers["I-Twilio-Idempotency-Token"]).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  });

  test("2: the total time bounds all attempts together", async () => {
    let nowMs = 0;
    const { exchange, asked } = inMemory({ "/voice": () => failed(11205, "read timeout", "rt") });
    const slow: typeof exchange = async (request) => {
      nowMs += Math.min(request.readTimeoutMs, request.totalTimeoutMs);
      return exchange(request);
    };
    const webhook = { method: "POST" as const, params: {}, standardParams: {}, authToken: "x" };
    const url = `${base}/voice#rt=2000&tt=5000&rc=5&rp=all`;
    await fetchWebhook({ url, ...webhook }, undefined, { exchange: slow, nowMs: () => nowMs });
    expect([asked.length, nowMs]).toEqual([3, 5_000]);
  });

  test("2: the fallback has a budget of its own, and its own overrides", async () => {
    let spentMs = 0;
    const { exchange, asked } = inMemory({
      "/voice": failed(11205, "read timeout", "rt"),
      "/fallback": (_asked, count) => (count === 0 ? { status: 500 } : xml("")),
    });
    const budgets: number[] = [];
    const options = {
      fallbackUrl: `${base}/fallback#rc=1&rp=5xx`,
      nowMs: () => spentMs,
      exchange: (async (request) => {
        budgets.push(request.totalTimeoutMs);
        if (request.url.endsWith("/voice")) spentMs += request.totalTimeoutMs;
        return exchange(request);
      }) as typeof exchange,
    };
    await call({}, [], options);
    expect(asked.map(({ path }) => path)).toEqual(["/voice", "/fallback", "/fallback"]);
    expect(budgets).toEqual([15_000, 15_000, 15_000]);
  });
});

describe("2 on the wire", () => {
  test("2: the read timeout counts to the first byte, and between bytes", async () => {
    const silent = await real({ "/voice": "hang" });
    const { reply } = await send(`${silent.base}/voice#rt=100`);
    expect(reply).toMatchObject({ kind: "failed", causeCode: 11205, failureClass: "rt" });

    const drip = net.createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n<Resp"));
    });
    await new Promise<void>((resolve) => drip.listen(0, "127.0.0.1", resolve));
    servers.push({ close: () => drip.close() });
    const { port } = drip.address() as net.AddressInfo;
    const stopped = await send(`http://127.0.0.1:${port}/voice#rt=100&rc=3&rp=all`);
    expect([stopped.reply.kind, stopped.attempts]).toEqual(["failed", 1]);
  });

  test("2: an unknown host is 11210, a refused connection 11202, what is not HTTP 11206", async () => {
    const gone = await serve({});
    await gone.close();
    const garbage = net.createServer((socket) => socket.on("error", () => {}).end("no HTTP\r\n\r\n"));
    await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
    servers.push({ close: () => garbage.close() });
    const { port } = garbage.address() as net.AddressInfo;
    const urls = ["http://nowhere.invalid/", `${gone.base}/`, `http://127.0.0.1:${port}/`];
    const replies = await Promise.all(urls.map((url) => send(`${url}#rc=0`)));
    expect(replies.map(({ reply }) => reply.kind === "failed" && reply.causeCode)).toEqual([11210, 11202, 11206]);
  });
});
