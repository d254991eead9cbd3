import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { publicBase, urlShapes } from "../../core/url-shape.ts";
import { documentOf } from "../support/signed-request.ts";
import { bases, callSid, type RealLegs, realLegs } from "./real-legs.ts";

let real: RealLegs | undefined;
afterEach(async () => {
  await real?.stop();
  real = undefined;
});

const base = "https://line.example.com";
const flows = (segment: string) => segment === "echo";
const shapes = (url: string, configured = base) => {
  const { protocol, host, pathname, search } = new URL(url);
  const received = { scheme: protocol.slice(0, -1), host, path: pathname, query: search.slice(1) };
  return urlShapes(publicBase(configured), received, flows);
};
const sealed = `k1.${"A9-_".repeat(60)}`;

describe("the shapes of a configured and a received URL", () => {
  test.each([
    ["is as configured", base, `${base}/voice/echo`],
    ["has a slash more at its end", base, `${base}/voice/echo/`],
    ["has the default port", `${base}:443`, `${base}/voice/echo`],
    ["has the base URL's path", `${base}/live/`, `${base}/live/voice/echo`],
    ["has another case in its host", "https://Line.Example.com", `${base}/voice/echo`],
  ])("are not told when the URL %s: the cause is another", (_, configured, url) => {
    expect(shapes(url, configured)).toBeUndefined();
  });

  test.each([
    ["http://line.example.com/voice/echo", base, `http://line.example.com/voice/echo`],
    ["https://abc.execute-api.us-east-1.amazonaws.com/voice/echo", base, undefined],
    ["https://line.example.com:8443/voice/echo", base, undefined],
    [`https://line.example.com/voice/echo/${sealed}`, `${base}/live`, `${base}/voice/echo/{sealed}`],
    [`${base}/lively/voice/echo`, `${base}/live`, `${base}/{6 characters}/voice/echo`],
    [
      "http://line.example.com/status/echo/?From=%2B15005550001&c=1",
      base,
      "http://line.example.com/status/echo/?From&c",
    ],
  ])("are told of %s under %s", (url, configured, received) => {
    expect(shapes(url, configured)).toMatchObject({ received: received ?? url });
  });

  test("hold the configured base URL without its credentials, and its path by length", () => {
    const told = shapes("https://other.example.com/voice/echo", "https://user:pass@line.example.com/4f2a9c/");
    expect(told?.configured).toBe("https://{credentials}@line.example.com/{6 characters}");
  });

  test("hold nothing of what a URL holds, whatever that is, and are bounded", () => {
    const secret = "5t3v3n";
    const at = fc.constantFrom("/voice/echo/", "/", "/media/", "/voice-webhook/", "//");
    const filler = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(at, filler, filler, fc.boolean(), (path, before, after, inQuery) => {
        const value = `${before}${secret}${after}`;
        const received = {
          scheme: inQuery ? "http" : value,
          host: inQuery ? "line.example.com" : `${value}!`,
          path: `${path}${value}`.repeat(20),
          query: `c=${encodeURIComponent(value)}&${encodeURIComponent(`+${value}`)}=1&`.repeat(20),
        };
        const told = urlShapes(publicBase(base), received, flows);
        expect(told?.received).not.toContain(secret);
        expect(told?.received).toMatch(/^(?:https?|\{scheme\}):\/\/[\w.:{}/?& -]*$/);
        expect(told?.received.length).toBeLessThan(600);
      }),
    );
  });
});

// "403 for legitimate requests" without a word of why is what people meet behind proxies [O twilio/twilio-node#321 and
// #505, bmlt-enabled/yap#1589]
describe("a signature that fails", () => {
  const params = { CallSid: callSid, From: "+15005550001", Digits: "918273" };

  test("because the primary's public base URL is not what Twilio was given, is logged with both shapes", async () => {
    real = await realLegs();
    const url = `${bases.primary}/voice/echo`;
    const [action = ""] = documentOf(await real.ask(url, { params: { CallSid: callSid } })).actions;
    const gateway = { host: "abc123.execute-api.us-east-1.amazonaws.com", stage: "live" };
    const rawPath = `/live${new URL(action).pathname}`;
    const signedUrl = `https://${gateway.host}${rawPath}`;
    const got = await real.ask(`${action.replace(/#.*/, "")}?lang=ja`, {
      params,
      signedUrl,
      gateway: { ...gateway, rawPath },
    });
    expect(got).toMatchObject({ status: 403, body: "signature" });
    expect(real.lines.at(-1)).toMatchObject({
      ...{ event: "request.rejected", leg: "primary", status: 403, reason: "signature" },
      shape: {
        configured: "https://line.example.com",
        received: "https://abc123.execute-api.us-east-1.amazonaws.com/live/voice/echo/{sealed}?lang",
      },
    });
    const seal = /k1\.[\w-]+/.exec(action)?.[0] ?? "none";
    for (const secret of [seal, params.From, params.Digits, callSid, "12345"]) {
      expect(JSON.stringify(real.lines.at(-1))).not.toContain(secret);
    }
  });

  test("at the fallback is logged so too, as far as a Function knows its own URL", async () => {
    real = await realLegs({ fallback: "https://line-1234-prod.twil.io" });
    const url = "https://line-1234-prod.twil.io/voice-fallback?flow=echo";
    const gateway = { host: "line-1234.twil.io" };
    const signedUrl = url.replace("-prod", "");
    expect(await real.ask(url, { params, gateway, signedUrl })).toMatchObject({ status: 403, body: "signature" });
    expect(real.lines.at(-1)).toMatchObject({
      ...{ event: "request.rejected", leg: "fallback", status: 403, reason: "signature" },
      shape: {
        configured: "https://line-1234-prod.twil.io",
        received: "{scheme}://line-1234.twil.io/voice-fallback?flow",
      },
    });
  });

  test.each([
    ["primary", `${bases.primary}/voice/echo`],
    ["fallback", `${bases.fallback}/voice-fallback?flow=echo`],
  ])(
    "at the %s under the URL that is configured has no shapes: its cause is the token or the sender",
    async (leg, url) => {
      real = await realLegs();
      expect(await real.ask(url, { params, token: "another" })).toMatchObject({ status: 403 });
      expect(real.lines).toHaveLength(1);
      expect(real.lines[0]).toMatchObject({ event: "request.rejected", leg, reason: "signature" });
      expect(real.lines[0]).not.toHaveProperty("shape");
    },
  );

  test("is the only cause for shapes: a request that cannot be read has none", async () => {
    real = await realLegs();
    const gateway = { host: "elsewhere.example.com" };
    for (const url of [`${bases.primary}/voice/echo`, `${bases.fallback}/voice-fallback?flow=echo`]) {
      expect(await real.ask(url, { params: { From: "x" }, gateway })).toMatchObject({ status: 400 });
    }
    expect(real.lines.map((line) => line.shape)).toEqual([undefined, undefined]);
  });
});
