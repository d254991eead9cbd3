import { validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, test } from "vitest";
import { webhookHeaders, withParams } from "../../../rehearsal/webhook-headers.ts";
import { account, base, call, mp3, xml } from "./in-memory.ts";

function signatureOf(
  url: string,
  params: Record<string, string>,
  method: "GET" | "POST" = "POST",
  authToken = "12345",
) {
  const headers = webhookHeaders({
    ...{ authToken, url, method, params, signed: true, accept: "*/*" },
    ...{ idempotencyToken: "", referer: undefined, cookie: undefined, conditions: {} },
  });
  return headers["X-Twilio-Signature"];
}

const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
const params = {
  CallSid: "CA1234567890ABCDE",
  Caller: "+14158675309",
  Digits: "1234",
  From: "+14158675309",
  To: "+18005551212",
};

describe("3.1 the algorithm", () => {
  test("3.1: a form is signed by its parameters in the order of their code units", () => {
    const shuffled = Object.fromEntries(Object.entries(params).reverse());
    expect(signatureOf(url, shuffled)).toBe(signatureOf(url, params));
    expect(signatureOf(url, { ...params, Digits: "1235" })).not.toBe(signatureOf(url, params));
  });

  test("3.1: of a GET the URL alone is signed, for all parameters are in it", () => {
    const asked = withParams("https://example.com/voice", {});
    expect(signatureOf(asked, {}, "GET")).toBe("D4QuouVN9rnoGVWTDp6pJurE7gw=");
    const one = { CallSid: "CA1234567890ABCDE", From: "+14155550100" };
    expect(signatureOf(url, one, "GET")).toBe(signatureOf(url, {}, "GET"));
  });

  test("3.1: an empty value and one with blanks around it are signed as they are", () => {
    expect(signatureOf(url, { ...params, Digits: "" })).not.toBe(signatureOf(url, params));
    expect(signatureOf(url, { ...params, Digits: " 1" })).not.toBe(signatureOf(url, { ...params, Digits: "1" }));
  });
});

describe("3.2 the signed URL", () => {
  test.each([
    ["credentials", "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2"],
    ["the port of https", "https://mycompany.com:1234/myapp.php?foo=1&bar=2"],
    ["the fragment", `${url}#rc=2&rt=1000`],
  ])("3.2: %s is left out", (_what, written) => {
    expect(signatureOf(written, params)).toBe(signatureOf(url, params));
  });

  test("3.2: the port of http is kept, and so are a trailing slash and the order of the query", () => {
    const sum = (text: string) => signatureOf(text, params);
    expect(sum("http://mycompany.com:1234/myapp.php")).not.toBe(sum("http://mycompany.com/myapp.php"));
    expect(sum("https://mycompany.com/voice/")).not.toBe(sum("https://mycompany.com/voice"));
    expect(sum("https://mycompany.com/?a=1&b=2")).not.toBe(sum("https://mycompany.com/?b=2&a=1"));
  });
});

describe("3.3 vectors", () => {
  test.each([
    [url, params, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
    ["http://mycompany.com:1234/myapp.php?foo=1&bar=2", params, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="],
    [
      "https://example.com/myapp.php?foo=1&bar=2",
      { ...params, Caller: "+14158675310", From: "+14158675310" },
      "L/OH5YylLD5NRKLltdqwSvS0BnU=",
    ],
  ])("3.3: %s is signed as published", (signed, form, expected) => {
    expect(signatureOf(signed, form)).toBe(expected);
  });
});

describe("3.4 what is signed", () => {
  test("3.4: requests for TwiML, the fallback request and status callbacks are signed", async () => {
    const voice = xml('<Record action="/gone" recordingStatusCallback="/recorded"/>');
    const routes = { "/voice": voice, "/fallback": xml("<Play>/a.mp3</Play>"), "/a.mp3": mp3, "/recorded": xml("") };
    const script = [{ kind: "record" as const, durationSec: 5, endedBy: "silence" as const }];
    const { asked } = await call(routes, script, { statusCallbackUrl: `${base}/status` });
    expect(asked.map(({ path }) => path)).toEqual(["/voice", "/recorded", "/gone", "/fallback", "/a.mp3", "/status"]);
    for (const { url: signed, params: form, method, headers } of asked) {
      const signature = headers["X-Twilio-Signature"] ?? "";
      const sent = method === "POST" ? { ...form } : {};
      expect(validateRequest(account.authToken, signature, signed, sent), signed).toBe(true);
    }
  });

  test("3.4: requests for media carry no voice parameters", async () => {
    const { asked } = await call({ "/voice": xml("<Play>/a.mp3?x=1</Play>"), "/a.mp3": mp3 });
    expect(asked[1]).toMatchObject({ method: "GET", url: `${base}/a.mp3?x=1`, params: {} });
  });
});
