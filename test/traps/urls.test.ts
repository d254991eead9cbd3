import { afterEach, describe, expect, test } from "vitest";
import { newCall } from "../support/mid-call.ts";
import { documentOf } from "../support/signed-request.ts";
import { bases, callSid, type RealLegs, realLegs } from "./real-legs.ts";

let real: RealLegs | undefined;
afterEach(async () => {
  await real?.stop();
  real = undefined;
});

const params = { CallSid: callSid };
const refused = { status: 403, body: "signature" };
/** Both legs ask a caller of `echo` to speak. */
const speak = (got: { status: number; body: string }) => [got.status, got.body.includes("speak")];
const taken = [200, true];
const voice = "/voice/echo";
const fallbackPath = "/voice-fallback?flow=echo";

// The signed URL is the configured one to the letter; frameworks that add or remove a slash break it
// [D Webhooks Security]
describe("a trailing slash", () => {
  test("that somebody typed behind the voice URL is part of what is signed, and the caller is answered", async () => {
    real = await realLegs();
    const url = `${bases.primary}${voice}`;
    expect(speak(await real.ask(`${url}/`, { params }))).toEqual(taken);
    expect(await real.ask(url, { params, signedUrl: `${url}/` })).toMatchObject(refused);
    expect(await real.ask(`${url}/`, { params, signedUrl: url })).toMatchObject(refused);
  });

  test("behind a public base URL in the configuration changes no URL, on either leg", async () => {
    real = await realLegs({ primary: `${bases.primary}/`, fallback: `${bases.fallback}//` });
    for (const url of [`${bases.primary}${voice}`, `${bases.fallback}${fallbackPath}`]) {
      const got = await real.ask(url, { params });
      expect(speak(got)).toEqual(taken);
      expect(got.body).not.toMatch(/https:\/\/[^"#]*\/\//);
    }
  });
});

// Voice over https is signed without its port, over http with it; "signature generation on the back end is
// inconsistent", so the libraries try both [D Webhooks Security; C twilio-node, twilio-python]
describe("a port", () => {
  test.each([
    ["https", ":8443", ["", ":8443"], [":443", ":8444"]],
    ["https", "", ["", ":443"], [":80", ":8443"]],
    ["http", ":8080", [":8080", ""], [":80", ":8081"]],
    ["http", "", ["", ":80"], [":443"]],
  ])(
    "of %s, configured as '%s', is signed in any way that Twilio has, and in no other",
    async (scheme, port, ways, others) => {
      const at = (host: string, given: string) => `${scheme}://${host}${given}`;
      real = await realLegs({ primary: at("line.example.com", port), fallback: at("line-1234.twil.io", port) });
      for (const [host, target] of [
        ["line.example.com", voice],
        ["line-1234.twil.io", fallbackPath],
      ] as const) {
        const signed = (given: string) => ({ params, signedUrl: `${at(host, given)}${target}` });
        for (const way of ways) expect(speak(await real.ask(`${at(host, port)}${target}`, signed(way)))).toEqual(taken);
        for (const other of others) {
          expect(await real.ask(`${at(host, port)}${target}`, signed(other))).toMatchObject(refused);
        }
      }
    },
  );
});

// Voice drops `user:pass@` before it signs [D Webhooks Security]; the libraries hold vectors in which it was kept
// [C twilio-node spec/validation.spec.js]
describe("credentials in the public base URL", () => {
  test("are signed or not, either is Twilio's; other credentials are not", async () => {
    const [primary, fallback] = ["https://user:pass@line.example.com", "https://user@line-1234.twil.io"];
    real = await realLegs({ primary, fallback });
    for (const url of [`${primary}${voice}`, `${fallback}${fallbackPath}`]) {
      const bare = url.replace(/\/\/[^@]*@/, "//");
      expect(speak(await real.ask(url, { params }))).toEqual(taken);
      expect(speak(await real.ask(url, { params, signedUrl: url }))).toEqual(taken);
      const forged = bare.replace("//", "//other:pass@");
      expect(await real.ask(url, { params, signedUrl: forged })).toMatchObject(refused);
    }
  });

  test("are in the action URLs too, so that Twilio is let in again, and such a URL leads on", async () => {
    real = await realLegs({ primary: "https://user:pass@line.example.com" });
    const [action = ""] = documentOf(await real.ask(`https://user:pass@line.example.com${voice}`, { params })).actions;
    expect(action).toMatch(/^https:\/\/user:pass@line\.example\.com\/voice\/echo\/k1\./);
    const got = await real.ask(action, { params: { ...params, Digits: "7" } });
    expect(documentOf(got).said).toEqual(["heard 7"]);
  });
});

// Some back ends sign `'` as it is, some as %27, some with the query encoded as by Node's old querystring module
// [C twilio-node spec/validation.spec.js, "legacy query string"]
describe("the encoding of a query", () => {
  test.each([
    ["?name=O'Brien", "?name=O'Brien"],
    ["?name=O'Brien", "?name=O%27Brien"],
    ["?name=O%27Brien", "?name=O%27Brien"],
    ["?name=O%27Brien", "?name=O'Brien"],
    ["?say=one+two", "?say=one%20two"],
    ["?say=one+two%20three&empty=&bare&UTF=%e6%9d%b1", "?say=one+two%20three&empty=&bare&UTF=%e6%9d%b1"],
  ])("that comes as %s may be signed as %s, at the primary", async (query, signed) => {
    real = await realLegs();
    const url = `${bases.primary}${voice}`;
    expect(speak(await real.ask(`${url}${query}`, { params, signedUrl: `${url}${signed}` }))).toEqual(taken);
    expect(await real.ask(`${url}${query}`, { params, signedUrl: `${url}${signed}x` })).toMatchObject(refused);
  });

  // a Function is given the query parsed, so only a query with one way to write it can be put together again
  test("is no question in a URL of ours, on either leg: nothing in it can be encoded in two ways", async () => {
    real = await realLegs();
    const ErrorUrl = `${bases.primary}/voice/appointment`;
    const asked: [url: string, more?: Record<string, string>][] = [
      [`${bases.primary}${voice}`],
      [`${bases.primary}/voice/outcomes`],
      [`${bases.primary}/voice/appointment?lang=ja`],
      [`${bases.fallback}/voice-fallback?flow=appointment&lang=ja`, { ErrorCode: "11200", ErrorUrl }],
    ];
    const { ask } = real;
    const answers = await Promise.all(
      asked.map(([url, more]) => ask(url, { params: { CallSid: newCall(), ...more } })),
    );
    const urls = answers.flatMap(({ body }) => body.match(/https:[^"<]*/g) ?? []);
    expect(urls.length).toBeGreaterThan(5);
    for (const url of urls) expect(url.replaceAll("&amp;", "&")).toMatch(/^https:\/\/[A-Za-z0-9._~/?&=#-]+$/);
  });

  test("with a name that is not ours is refused by the fallback, which cannot know how it was written", async () => {
    real = await realLegs();
    expect(await real.ask(`${bases.fallback}${fallbackPath}&name=x`, { params })).toMatchObject(refused);
  });
});

// A named stage of an HTTP API is in rawPath [O aws-powertools/powertools-lambda-python#621, logandk/serverless-wsgi#191],
// behind a custom domain too, in place of the URL's own prefix [O CodeGenieApp/serverless-express#465]; others saw the
// prefix itself there [O KensioSoftware/yulin#1037]. Missing in the signed URL it is a 403 [O twilio-agent-connect-aws]
describe("an HTTP API stage", () => {
  const api = "https://abc123.execute-api.us-east-1.amazonaws.com/live";
  test.each([
    ["at the API's own address", api, "/live"],
    ["behind a custom domain without a prefix", "https://line.example.com", "/live"],
    ["behind a custom domain with another prefix", "https://line.example.com/calls", "/live"],
    ["behind a custom domain whose prefix is passed on", "https://line.example.com/calls", "/calls"],
    ["behind a proxy that takes the prefix off", "https://line.example.com/calls", ""],
  ])("%s: the caller is answered, at the voice URL and at the action URL after it", async (_, primary, passedOn) => {
    real = await realLegs({ primary });
    const { ask } = real;
    const arrive = (url: string, more: Record<string, string> = {}) => {
      const path = new URL(url).pathname.slice(new URL(primary).pathname.replace(/\/$/, "").length);
      const gateway = { stage: "live", rawPath: `${passedOn}${path}` };
      return ask(url, { params: { ...params, ...more }, gateway });
    };
    const asked = await arrive(`${primary}${voice}`);
    expect(speak(asked)).toEqual(taken);
    const [action = ""] = documentOf(asked).actions;
    expect(action.startsWith(`${primary}${voice}/k1.`)).toBe(true);
    expect(documentOf(await arrive(action, { Digits: "7" })).said).toEqual(["heard 7"]);
  });

  test("that is neither in the public base URL nor the API's is a forgery", async () => {
    real = await realLegs();
    const gateway = { stage: "live", rawPath: `/dead${voice}` };
    expect(await real.ask(`${bases.primary}${voice}`, { params, gateway })).toMatchObject(refused);
  });
});

// Validation over the URL that a server sees fails behind a TLS-terminating or renaming proxy
// [O twilio/twilio-node#321, bminer/node-twilio-api#13, dograh-hq/dograh#510, vellum-ai/vellum-assistant#5235]; taking
// the URL from the proxy's headers lets anyone choose it [O bmlt-enabled/yap#1589]
describe("a proxy that rewrites host and scheme", () => {
  const rewritten = { host: "abc123.execute-api.us-east-1.amazonaws.com", scheme: "http" };

  test("does not matter: the configured public base URL is the one that was signed", async () => {
    real = await realLegs();
    for (const url of [`${bases.primary}${voice}`, `${bases.fallback}${fallbackPath}`]) {
      const forwarded = { "x-forwarded-host": "abc.example.com", "x-forwarded-proto": "http" };
      expect(speak(await real.ask(url, { params, gateway: rewritten, headers: forwarded }))).toEqual(taken);
    }
  });

  test("cannot make a request genuine that was signed for the host and scheme that it tells of", async () => {
    real = await realLegs();
    for (const [url, path] of [
      [`${bases.primary}${voice}`, voice],
      [`${bases.fallback}${fallbackPath}`, fallbackPath],
    ] as const) {
      const headers = { "x-forwarded-host": rewritten.host, "x-forwarded-proto": "http" };
      const signedUrl = `http://${rewritten.host}${path}`;
      expect(await real.ask(url, { params, gateway: rewritten, headers, signedUrl })).toMatchObject(refused);
    }
  });
});
