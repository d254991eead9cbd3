import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newCall } from "../support/mid-call.ts";
import { formBody } from "../support/signed-request.ts";
import { type RealLegs, realLegs } from "./real-legs.ts";

let real: RealLegs;
let urls: { readonly primary: string; readonly fallback: string };
beforeAll(async () => {
  real = await realLegs();
  urls = { primary: `${real.urls.primary}/voice/echo`, fallback: `${real.urls.fallback}/voice-fallback?flow=echo` };
});
afterAll(() => real?.stop());

const legs = ["primary", "fallback"] as const;

// API Gateway hands a form over in base64 [D HTTP API Lambda integration]; who forgets to decode it signs another body
// [O twilio/twilio-agent-connect-aws#44]
describe("a body that API Gateway encodes in base64", () => {
  const CallSid = newCall();
  const params = { CallSid, CallerName: "O'Brien & 東京 +=%", Digits: "" };

  test.each([true, false])("is the same form as one that it does not: isBase64Encoded %s", async (isBase64Encoded) => {
    const got = await real.ask(urls.primary, { params, gateway: { isBase64Encoded } });
    expect([got.status, got.body.includes("speak")]).toEqual([200, true]);
  });

  test("is not a form in its encoded letters", async () => {
    const body = Buffer.from(formBody(params)).toString("base64");
    const gateway = { isBase64Encoded: false };
    expect(await real.ask(urls.primary, { body, signedParams: params, gateway })).toMatchObject({ status: 403 });
  });
});

// JSON is signed by its SHA-256 in the query [D Webhooks Security]; frameworks that mix it up with a form fail silently
// [O lkaric/nestjs-twilio#81]. Twilio Voice sends forms alone, so JSON is refused in plain words, and only to Twilio
describe("a JSON body with bodySHA256", () => {
  const headers = { "content-type": "application/json" };
  const json = JSON.stringify({ CallSid: newCall(), flow: { steps: [1] } });
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const withHash = (url: string, text: string) => `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${hash(text)}`;

  test.each(legs)("that Twilio signed is told that a form is expected, by the %s", async (leg) => {
    // a parameter named like one in our query would stand in its place in a Function's event
    const body = leg === "primary" ? json : json.replace('"flow"', '"widget"');
    const got = await real.ask(withHash(urls[leg], body), { headers, body });
    expect(got).toEqual({ status: 400, contentType: "text/plain", body: "JSON in place of a form" });
  });

  test.each(legs)("that Twilio did not sign is a forgery like any other, at the %s", async (leg) => {
    const url = withHash(urls[leg], json);
    const forged = { status: 403, body: "signature" };
    for (const signedUrl of [urls[leg], `${url}0`, url.replace("https:", "http:")]) {
      expect(await real.ask(url, { headers, body: json, signedUrl })).toMatchObject(forged);
    }
    expect(await real.ask(url, { headers, body: json, token: "another" })).toMatchObject(forged);
  });

  test("that is not the one whose hash was signed is a forgery, at the primary", async () => {
    const url = withHash(urls.primary, json);
    expect(await real.ask(url, { headers, body: `${json} ` })).toMatchObject({ status: 403, body: "signature" });
  });

  test.each(legs)("starts no call and writes nothing, at the %s: a form of the same call begins it", async (leg) => {
    const CallSid = newCall();
    const body = JSON.stringify({ CallSid, Digits: "1" });
    expect(await real.ask(withHash(urls[leg], body), { headers, body })).toMatchObject({ status: 400 });
    const got = await real.ask(urls[leg], { params: { CallSid } });
    expect([got.status, got.body.includes("speak")]).toEqual([200, true]);
    expect(real.lines.at(-1)).toMatchObject({ event: "turn.answered", turn: 1, attempt: 0 });
  });
});
