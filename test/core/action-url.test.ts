import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createUrls } from "../../core/action-url.ts";
import { sealUrl } from "../../core/checkpoint.ts";
import { limits } from "../../core/limits.ts";
import { callSid, checkpointAt, sealer } from "./call.ts";

const primary = "https://line.example.com";
const fallback = "https://line-1234.twil.io";
const urls = createUrls({ primary, fallback });
const sealed = sealUrl(sealer, callSid, checkpointAt(), "gather", 0);
const overrides = "#ct=1000&rt=4500&tt=5000&rc=0";
const away = "#ct=1500&rt=6500&tt=7000&rc=0";
const legs = ["primary", "fallback"] as const;

describe("the URLs of the two legs", () => {
  test("have the shapes that numbers and Functions are configured with", () => {
    expect(urls.voice("front-desk")).toBe(`${primary}/voice/front-desk${overrides}`);
    expect(urls.voice("survey", "ja")).toBe(`${primary}/voice/survey?lang=ja${overrides}`);
    // nobody waits for it, and it must not be lost
    expect(urls.callStatus("survey")).toBe(`${primary}/status/survey#ct=1000&rt=4500&tt=15000&rc=2&rp=all`);
    expect(urls.fallback("survey", "ja")).toBe(
      `${fallback}/voice-fallback?flow=survey&lang=ja#ct=1500&rt=6500&tt=14500&rc=1&rp=all`,
    );
    expect(urls.action("primary", "survey", "k.x")).toBe(`${primary}/voice/survey/k.x${overrides}`);
    expect(urls.action("fallback", "survey", "k.x")).toBe(`${fallback}/voice-webhook?c=k.x${away}`);
    expect(urls.status("primary", "survey", "k.x")).toBe(`${primary}/status/survey/k.x${overrides}`);
    expect(urls.status("fallback", "survey", "k.x")).toBe(`${fallback}/status-callback?c=k.x${away}`);
    expect(urls.media("primary", "en/a.mp3", "k.x")).toBe(`${primary}/media/k.x/en/a.mp3${overrides}`);
    expect(urls.media("fallback", "en/a.mp3", "k.x")).toBe(`${fallback}/prompts/en/a.mp3?c=k.x${overrides}`);
  });

  test("carry the sealed checkpoint in the path on the primary: a dropped query loses nothing there (rule 7)", () => {
    for (const url of [urls.action("primary", "survey", sealed), urls.status("primary", "survey", sealed)]) {
      expect(new URL(url).search).toBe("");
      expect(new URL(url).pathname).toContain(sealed);
    }
  });

  test("stay under 2,000 characters with 1 KiB of data in any language, the longest names and base URLs", () => {
    const base = (host: string) => `https://${host}/`.padEnd(limits.baseUrlCharactersMax, "x");
    const long = createUrls({ primary: base("p.example.com"), fallback: base("f.example.com") });
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 1_200 }),
      fc.nat(400).map((count) => "予約の日".repeat(count).slice(0, 341)),
      fc.nat(1_100).map((count) => '\u0001"\\'.repeat(count)),
    );
    fc.assert(
      fc.property(text, (note) => {
        const names = {
          flow: "f".repeat(limits.flowNameCharactersMax),
          step: "s".repeat(limits.stepNameCharactersMax),
        };
        const counts = { turn: 1_000_000, attempt: 1_000_000, resumes: 1_000_000, visits: 1_000_000, from: 1_000_000 };
        const c = checkpointAt({ ...names, ...counts, data: { note }, unsure: true, plain: true, away: 9, rung: 2 });
        const seal = sealUrl(sealer, callSid, c, "gather", 1_000_000);
        for (const leg of legs) {
          for (const url of [long.action(leg, c.flow, seal), long.status(leg, c.flow, seal)]) {
            expect(url.length).toBeLessThan(limits.urlCharactersMax);
          }
          const file = `en/${"m".repeat(40)}.mp3`;
          expect(long.media(leg, file, seal).length).toBeLessThan(limits.urlCharactersMax);
        }
      }),
    );
  });

  test("with exactly 1 KiB of Japanese data carry it, and stay under 2,000 characters", () => {
    const room = limits.urlDataBytesMax - Buffer.byteLength(JSON.stringify({ note: "" }));
    const note = `${"予".repeat(Math.floor(room / 3))}${"x".repeat(room % 3)}`;
    const seal = sealUrl(sealer, callSid, checkpointAt({ data: { note } }), "gather", 0);
    expect(seal.length).toBeGreaterThan(limits.urlDataBytesMax);
    for (const leg of legs) expect(urls.action(leg, "appointment", seal).length).toBeLessThan(2_000);
  });
});

describe("a URL of ours", () => {
  const parsed: [string, string, object][] = [
    ["a voice URL", urls.voice("survey"), { kind: "voice", leg: "primary", flow: "survey" }],
    ["its language", urls.voice("survey", "ja"), { kind: "voice", leg: "primary", flow: "survey", language: "ja" }],
    ["the fallback URL", urls.fallback("survey"), { kind: "fallback", leg: "fallback", flow: "survey" }],
    ["a call's status callback", urls.callStatus("survey"), { kind: "status", leg: "primary", flow: "survey" }],
    [
      "an action URL of the primary",
      urls.action("primary", "survey", sealed),
      { kind: "action", leg: "primary", flow: "survey", sealed },
    ],
    [
      "an action URL of the fallback",
      urls.action("fallback", "survey", sealed),
      { kind: "action", leg: "fallback", sealed },
    ],
    [
      "a status callback of the primary",
      urls.status("primary", "survey", sealed),
      { kind: "status", leg: "primary", flow: "survey", sealed },
    ],
    [
      "a status callback of the fallback",
      urls.status("fallback", "survey", sealed),
      { kind: "status", leg: "fallback", sealed },
    ],
    [
      "media of the primary",
      urls.media("primary", "en/a.mp3", sealed),
      { kind: "media", leg: "primary", sealed, file: "en/a.mp3" },
    ],
    [
      "media of the fallback",
      urls.media("fallback", "en/a.mp3", sealed),
      { kind: "media", leg: "fallback", sealed, file: "en/a.mp3" },
    ],
  ];

  test.each(parsed)("is read back: %s", (_what, url, expected) => {
    expect(urls.parse(url)).toEqual(expected);
  });

  test.each(parsed)("is read back when ErrorUrl is relative: %s", (_what, url, expected) => {
    const { pathname, search } = new URL(url);
    expect(urls.parse(`${pathname}${search}`)).toEqual(expected);
  });

  test.each(parsed)("is read back below a path prefix, an API stage: %s", (_what, url, expected) => {
    const staged = createUrls({ primary: `${primary}/live`, fallback: `${fallback}/live` });
    const { origin, pathname, search } = new URL(url);
    expect(staged.parse(`${origin}/live${pathname}${search}`)).toEqual(expected);
  });

  test("on the fallback says by itself, once its query is lost, that it may be any turn", () => {
    expect(urls.parse(`${fallback}/voice-webhook`)).toEqual({ kind: "action", leg: "fallback" });
    expect(urls.parse(`${fallback}/voice-fallback`)).toEqual({ kind: "fallback", leg: "fallback" });
    expect(urls.parse(`${fallback}/status-callback`)).toEqual({ kind: "status", leg: "fallback" });
    expect(urls.parse(`${fallback}/voice-webhook?flow=survey`)).toMatchObject({ kind: "voice", flow: "survey" });
    expect(urls.parse(`${fallback}/prompts/en/a.mp3`)).toEqual({ kind: "media", leg: "fallback", file: "en/a.mp3" });
  });

  test("with a malformed sealed checkpoint, flow or language has none", () => {
    expect(urls.parse(`${fallback}/voice-webhook?c=${encodeURIComponent("<x>")}`)).not.toHaveProperty("sealed");
    expect(urls.parse(`${fallback}/voice-fallback?flow=../x&lang=fr`)).toEqual({ kind: "fallback", leg: "fallback" });
    const bare = { kind: "action", leg: "primary", flow: "survey" };
    expect(urls.parse(`${primary}/voice/survey/not-sealed`)).toEqual(bare);
    expect(urls.parse(`${primary}/voice/survey/`)).toEqual({ kind: "voice", leg: "primary", flow: "survey" });
    expect(urls.parse(`${primary}/voice/SURVEY`)).toBeUndefined();
  });

  test.each([
    "",
    "/",
    "http://",
    "https://line.example.com",
    "/voice",
    "/voice/",
    "/elsewhere",
    `/voice/survey/k.${"A".repeat(5_000)}`,
  ])("is not '%s'", (url) => {
    expect(urls.parse(url)).toBeUndefined();
  });

  test("is looked for in any text without a crash", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true, withFragments: true }));
    fc.assert(
      fc.property(text, fc.constantFrom("", "/voice/", "/voice-webhook?c=", "/media/k.x/", "//"), (rest, start) => {
        expect(() => urls.parse(`${start}${rest}`)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  "https://cdn.example/prompts/x.mp3",
  "https://cdn.example/voice/appointment",
  "//cdn.example/voice-webhook?flow=survey",
])("another host's URL is not ours, whatever its path looks like: %s", (url) => {
  expect(urls.parse(url)).toBeUndefined();
});
