import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bodyBytesMax, tokenHeader } from "../../../console/protocol.ts";
import { raw, type Served, servedConsole } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await servedConsole();
});
afterAll(() => served.stop());

const ask = JSON.stringify({ flow: "appointment", language: "en" });
const right = () => ({
  host: served.host,
  origin: served.origin,
  [tokenHeader]: served.token,
  "content-type": "application/json",
});
const begin = (headers: object, body = ask) =>
  raw(`${served.origin}/api/calls`, { method: "POST", headers: { ...headers }, body });
const without = (name: string) => Object.fromEntries(Object.entries(right()).filter(([one]) => one !== name));
const calls = async () => (await served.state()).calls.length;

test.each([
  ["of another name that leads here (DNS rebinding)", () => ({ ...right(), host: "evil.example" }), 403],
  ["of another name with our port", () => ({ ...right(), host: `evil.example:${new URL(served.origin).port}` }), 403],
  ["of another port", () => ({ ...right(), host: "127.0.0.1:1" }), 403],
  ["of a page of another origin (CSRF)", () => ({ ...right(), origin: "https://evil.example" }), 403],
  ["of a page without an origin", () => ({ ...right(), origin: "null" }), 403],
  ["of no page", () => without("origin"), 403],
  ["without the token", () => without(tokenHeader), 403],
  ["with another token", () => ({ ...right(), [tokenHeader]: `${served.token}x` }), 403],
  ["of a form", () => ({ ...right(), "content-type": "application/x-www-form-urlencoded" }), 415],
  ["of a form that sends text", () => ({ ...right(), "content-type": "text/plain" }), 415],
  ["without a type", () => without("content-type"), 415],
])("a request %s does nothing", async (_, headers, status) => {
  const before = await calls();
  expect(await begin(headers())).toMatchObject({ status });
  expect(await calls()).toBe(before);
});

test("the same request of the page itself begins a call", async () => {
  const { status, text } = await begin(right());
  expect(status).toBe(201);
  await served.input(JSON.parse(text).id, { kind: "hangup" });
});

test("a body that is too long does nothing, announced or not", async () => {
  const before = await calls();
  const long = JSON.stringify({ flow: "appointment", language: "en", more: "x".repeat(bodyBytesMax) });
  expect(await begin({ ...right(), "content-length": String(long.length) }, long)).toMatchObject({ status: 413 });
  expect(await begin({ ...right(), "transfer-encoding": "chunked" }, long)).toMatchObject({ status: 413 });
  expect(await begin(right(), "{")).toMatchObject({ status: 400 });
  expect(await begin(right(), JSON.stringify({ flow: "appointment", language: "en", more: 1 }))).toMatchObject({
    status: 400,
  });
  expect(await calls()).toBe(before);
});

test("a body that is announced as too long is refused before any of it is sent", async () => {
  const headers = { ...right(), "content-length": "1000000000" };
  const status = await new Promise((resolve, reject) => {
    const asked = request(`${served.origin}/api/calls`, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
      asked.destroy();
    });
    asked.on("error", reject).flushHeaders();
  });
  expect(status).toBe(413);
});

test.each(["/", "/main.js", "/api/state", "/api/events", "/prompts/en/appointment-day.mp3"])(
  "%s is not read under another name, nor by a page of another origin",
  async (path) => {
    const url = served.origin + path;
    expect(await raw(url, { headers: { host: "evil.example" } })).toMatchObject({ status: 403 });
    expect(await raw(url, { headers: { origin: "https://evil.example" } })).toMatchObject({ status: 403 });
    const embedded = await raw(url, { headers: { "sec-fetch-site": "cross-site" } });
    // a link to the page itself may stand anywhere
    expect(embedded.status).toBe(path === "/" ? 200 : 403);
    expect(await raw(url, { headers: {} })).toMatchObject({ status: 200 });
  },
);

test("there is no way to anything but what is listed", async () => {
  for (const path of [
    "/api/calls/x/run",
    "/api/breakers/none",
    "/api/calls/x/constructor",
    "/api/eval",
    "/api/breakers/__proto__",
  ]) {
    expect((await served.post(path, { on: true })).status).toBe(404);
  }
  const methods = await Promise.all(["PUT", "DELETE", "OPTIONS"].map((method) => raw(`${served.origin}/`, { method })));
  expect(methods.map(({ status }) => status)).toEqual([405, 405, 405]);
});

test("no other page may frame it, and nothing from elsewhere is loaded", async () => {
  const { headers } = await fetch(served.origin);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("access-control-allow-origin")).toBeNull();
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});
