import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { atBooking, effectCount, first, newCall, urlsOf } from "../support/mid-call.ts";
import {
  ask,
  documentOf,
  form,
  formBody,
  type Got,
  legOf,
  type Params,
  type Sent,
  send,
  signatureOf,
  targetOf,
} from "../support/signed-request.ts";
import { type TestStack, testStack } from "../support/stack.ts";
import {
  anyParams,
  anyText,
  errorCodes,
  errorUrls,
  forgedJson,
  plainText,
  validParams,
} from "../support/strange-input.ts";

let stack: TestStack;
let pids: number[];
const pidsNow = () => [stack.primary.pid, stack.fallback.pid];
beforeAll(async () => {
  stack = await testStack();
  pids = pidsNow();
});
afterAll(() => stack?.stop());
afterEach(async () => {
  const { voiceUrl, fallbackUrl } = urlsOf(stack, "four");
  for (const url of [voiceUrl, fallbackUrl]) {
    expect(documentOf(await ask(stack, url, { CallSid: newCall() })).said).toEqual(["color?"]);
  }
  expect(pidsNow()).toEqual(pids);
});

const webhooks = {
  primary: () => [urlsOf(stack, "four").voiceUrl, urlsOf(stack, "four").statusCallbackUrl],
  fallback: () =>
    ["/voice-fallback?flow=four", "/voice-webhook?c=k1.AAAA", "/status-callback?flow=four"].map(
      (target) => `${stack.fallback.baseUrl}${target}`,
    ),
};
const legs = ["primary", "fallback"] as const;

/** A 4xx whose reason a stranger can read: a few words of ours, or the platform's own answer. */
function expectRefused(got: Got): void {
  expect(got.status, got.body).toBeGreaterThanOrEqual(400);
  expect(got.status, got.body).toBeLessThan(500);
  if (got.contentType.startsWith("text/plain")) expect(got.body).toMatch(/^[\w -]{5,40}$/);
}
const refuses = async (url: string, sent: Sent) => expectRefused(await send(legOf(stack, url), targetOf(url), sent));

const refused = (status: number, body: string) => ({ status, contentType: expect.stringMatching("text/plain"), body });

/** As Twilio would sign it, were it to send such a thing. */
const signed = (url: string, params: Params): Sent => ({
  headers: { "x-twilio-signature": signatureOf(stack.authToken, url, params) },
  body: formBody(params),
});
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, "x"]));
const CallSid = newCall();

const strange: [name: string, make: (url: string) => Sent][] = [
  ["a body of 70 kB", (url) => signed(url, { CallSid, Big: "x".repeat(70_000) })],
  ["a body of 1 MB", (url) => signed(url, { CallSid, Big: "x".repeat(1_000_000) })],
  ["a body of 7 MB", () => ({ body: Buffer.alloc(7_000_000, "x") })],
  ["600 parameters", (url) => signed(url, { CallSid, ...many(600) })],
  ["10,000 parameters", (url) => signed(url, { CallSid, ...many(10_000) })],
  ["10,000 separators", () => ({ body: "&".repeat(10_000) })],
  ["invalid UTF-8", () => ({ body: Buffer.from([0x43, 0x3d, 0xff, 0xfe, 0xc0, 0x80]) })],
  ["invalid UTF-8, percent-encoded", () => ({ body: `CallSid=${CallSid}&a=%FF%C0%80` })],
  ["an encoded half of a surrogate pair", () => ({ body: `CallSid=${CallSid}&a=%ED%A0%80` })],
  ["malformed percent-encoding", () => ({ body: `CallSid=${CallSid}&a=%&b=%zz&%E3%81=1` })],
  ["a control character in a value", (url) => signed(url, { CallSid, From: "a\u0000b" })],
  ["a control character in a name", (url) => signed(url, { CallSid, "a\u001bb": "x" })],
  ["a duplicated parameter", (url) => signed(url, { CallSid, Digits: ["1", "2"] })],
  ["a parameter duplicated with the same value", (url) => signed(url, { CallSid, Digits: ["1", "1"] })],
  ["a parameter without a name", (url) => signed(url, { CallSid, "": "x" })],
  ["no CallSid", (url) => signed(url, { From: "+15005550001" })],
  ["a CallSid that is none", (url) => signed(url, { CallSid: `${CallSid}'` })],
  ["request=hack", () => ({ body: `CallSid=${CallSid}&request=hack` })],
  [
    "the signature among the parameters",
    (url) => ({
      body: formBody({
        CallSid,
        "request[headers][x-twilio-signature]": signatureOf(stack.authToken, url, { CallSid }),
      }),
    }),
  ],
  ["__proto__=x", () => ({ body: "__proto__=x&constructor=y&__proto__[a]=z" })],
  ["JSON", () => ({ headers: json, body: JSON.stringify({ CallSid }) })],
  [
    "JSON with a signature that is a number",
    () => ({
      headers: json,
      body: JSON.stringify({ CallSid, request: { headers: { "x-twilio-signature": 1 } } }),
    }),
  ],
  [
    "JSON so deep that it has no text",
    () => ({
      headers: json,
      body: '{"a":{"b":{"c":{"d":{"e":{"f":{"toString":1,"valueOf":1}}}}}}}',
    }),
  ],
  ["JSON with a prototype", () => ({ headers: json, body: '{"__proto__":{"CallSid":"x"},"a":[1,{"b":null}]}' })],
  ["a list of JSON", () => ({ headers: json, body: "[1,[2],{}]" })],
  ["half of JSON", () => ({ headers: json, body: '{"CallSid":' })],
  ["no body", () => ({})],
  ["an empty body", () => ({ body: "" })],
  ["a content type that is wrong", () => ({ headers: { "content-type": "multipart/form-data" }, body: "--x" })],
  [
    "a character set that nobody has",
    () => ({ headers: { "content-type": `${form.split(";")[0]}; charset=x` }, body: "a=b" }),
  ],
  ["a body that is not compressed as it says", () => ({ headers: { "content-encoding": "gzip" }, body: "a=b" })],
  ["a huge header", () => ({ headers: { "x-big": "x".repeat(20_000) }, body: formBody({ CallSid }) })],
  ["two signatures", () => ({ headers: { "x-twilio-signature": ["a", "b"] }, body: formBody({ CallSid }) })],
  ["a method that is not Twilio's", () => ({ method: "PUT", body: formBody({ CallSid }) })],
  ["GET in place of POST", () => ({ method: "GET" })],
];
const json = { "content-type": "application/json" };

test.each([
  ["a body of 70 kB", 413, "body too large"],
  ["10,000 separators", 413, "too many parameters"],
  ["600 parameters", 413, "too many parameters"],
  ["invalid UTF-8", 400, "body is not UTF-8"],
  ["malformed percent-encoding", 400, "malformed percent-encoding"],
  ["a control character in a value", 400, "control character"],
  ["a duplicated parameter", 400, "duplicated parameter"],
  ["no CallSid", 400, "CallSid missing or malformed"],
  ["a method that is not Twilio's", 405, "method not allowed"],
  ["no body", 403, "signature"],
])("the primary refuses %s with %i, %s", async (name, status, reason) => {
  const [, make] = strange.find(([known]) => known === name) ?? [];
  if (make === undefined) throw new Error(`nothing strange is called ${name}`);
  for (const url of webhooks.primary()) {
    const got = await send(stack.primary.baseUrl, targetOf(url), make(url));
    expect(got).toEqual(refused(status, reason));
  }
});

describe.each(legs)("on the %s", (leg) => {
  test.each(strange)("refuses %s with a reason, and answers the next caller", async (_, make) => {
    for (const url of webhooks[leg]()) await refuses(url, make(url));
  });

  test.each(["/", "/voice", "/nothing", "/voice/four/../..", "/%", "/%00", "//", "/voice-webhook/", "/media/x/y", "*"])(
    "the path %s is no URL of ours, signed or not",
    async (target) => {
      const url = `${stack[leg].baseUrl}${target}`;
      for (const sent of [{}, { method: "GET" }, signed(url, { CallSid })]) {
        expectRefused(await send(stack[leg].baseUrl, target, sent));
      }
    },
  );

  test("names of nested parameters are names like others", async () => {
    const params = { CallSid: newCall(), "a[b]": "c", "a[b][c]": "d", "list[]": "e", __proto__x: "f", toString: "g" };
    for (const url of webhooks[leg]().slice(0, 1)) {
      expect(documentOf(await ask(stack, url, params)).said).toEqual(["color?"]);
    }
  });

  test("whatever bytes come, unsigned, under whatever content type: refused", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array)),
      anyText.map((text) => Buffer.from(text)),
      anyParams.map((params) => Buffer.from(formBody(params))),
    );
    const types = [form, "application/json", "text/plain", "text/xml", "application/x-www-form-urlencoded", "x", ""];
    const [method, type] = [fc.constantFrom("POST", "GET", "PUT"), fc.constantFrom(...types)];
    await fc.assert(
      fc.asyncProperty(fc.nat(2), method, type, bytes, async (at, method, type, body) => {
        const url = webhooks[leg]()[at] ?? first(webhooks[leg]());
        await refuses(url, { method, headers: { "content-type": type }, body });
      }),
      { numRuns: 80 },
    );
  });

  test("whatever JSON comes in place of the platform's own event: refused", async () => {
    const property = fc.asyncProperty(fc.nat(2), forgedJson, async (at, body) => {
      const url = webhooks[leg]()[at] ?? first(webhooks[leg]());
      await refuses(url, { headers: json, body: JSON.stringify(body) });
    });
    await fc.assert(property, { numRuns: 80 });
  });

  test("whatever parameters come, signed: refused with a reason or answered in TwiML", async () => {
    const property = fc.asyncProperty(fc.nat(2), anyParams, async (at, params) => {
      const url = webhooks[leg]()[at] ?? first(webhooks[leg]());
      const got = await ask(stack, url, { CallSid: newCall(), ...params });
      if (got.status === 200) documentOf(got);
      else expectRefused(got);
    });
    await fc.assert(property, { numRuns: 80 });
  });

  test("whatever a caller says is said back, and nothing of it becomes TwiML", async () => {
    const words = fc.oneof(plainText, fc.constantFrom(...markup), fc.array(fc.constantFrom(...markup)).map(String));
    const property = fc.asyncProperty(words, validParams, async (said, more) => {
      fc.pre(said !== "");
      const call = { ...more, CallSid: newCall() };
      const { voiceUrl, fallbackUrl } = urlsOf(stack, "echo");
      const started = documentOf(await ask(stack, leg === "primary" ? voiceUrl : fallbackUrl, call));
      const answer = { ...call, SpeechResult: said, Confidence: "0.9" };
      const got = await ask(stack, first(started.actions), answer);
      // XML cannot hold these two characters at all
      const speakable = said.replace(/[\uFFFE\uFFFF]/g, "");
      expect(documentOf(got)).toEqual({ said: [`heard ${speakable}`], actions: [], statuses: [] });
    });
    await fc.assert(property, { numRuns: 80 });
  });
});
const markup = [
  "<Hangup/>",
  "</Say><Dial>+1</Dial>",
  "]]>",
  "<![CDATA[",
  "&lt;",
  "&#0;",
  "<!--",
  "<?xml?>",
  "😀",
  "'\"",
  "\n\t",
  "one\r\ntwo\rthree",
  "\uFFFE\uFFFF\u0085\u2028\u202E",
];

test("whatever a genuine request tells the fallback of a failure, the caller gets TwiML, and no effect runs twice", async () => {
  const { url: actionUrl, params } = await atBooking(stack, "primary");
  const sids = fc.oneof(fc.constant(params.CallSid), fc.constant("").map(newCall));
  const paths = fc.constantFrom(
    "/voice-fallback?flow=four",
    "/voice-fallback?flow=no-such",
    "/voice-fallback",
    "/voice-webhook",
  );
  const answers = fc.record({ Digits: plainText, SpeechResult: plainText }, { requiredKeys: [] });
  const given = fc.record({ path: paths, CallSid: sids, ErrorCode: errorCodes, answers, more: validParams });
  const property = fc.asyncProperty(given, errorUrls(stack, actionUrl), async (request, ErrorUrl) => {
    const { path, CallSid, ErrorCode, answers, more } = request;
    const sent = { ...more, ...answers, CallSid: CallSid ?? newCall(), ErrorCode, ErrorUrl };
    const { actions, said } = documentOf(await ask(stack, `${stack.fallback.baseUrl}${path}`, sent));
    expect(said.length + actions.length).toBeGreaterThan(0);
  });
  await fc.assert(property, { numRuns: 150 });
  expect(effectCount(stack, params.CallSid ?? "")).toBeLessThanOrEqual(1);
});
