import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSealer } from "../../core/seal.ts";
import { forgeries, oneCharacterChanged, sendWith, sign } from "../support/forgeries.ts";
import { atBooking, dialling, effectCount, first, newCall, type Target, urlsOf } from "../support/mid-call.ts";
import {
  ask,
  documentOf,
  form,
  formBody,
  itemOf,
  legOf,
  send,
  signatureOf,
  targetOf,
} from "../support/signed-request.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack?.stop());

const targets: [name: string, prepare: () => Promise<Target>][] = [
  [
    "the voice URL of the primary",
    async () => ({ url: urlsOf(stack, "four").voiceUrl, params: { CallSid: newCall() } }),
  ],
  ["an action URL of the primary", () => atBooking(stack, "primary")],
  [
    "the call status URL of the primary",
    async () => ({
      url: urlsOf(stack, "four").statusCallbackUrl,
      params: { CallSid: newCall(), CallStatus: "completed" },
    }),
  ],
  ["an outcome status URL of the primary", () => dialling(stack, "primary")],
  [
    "the fallback URL",
    async () => {
      const { url, params } = await atBooking(stack, "primary");
      return { url: urlsOf(stack, "four").fallbackUrl, params: { ...params, ErrorCode: "11200", ErrorUrl: url } };
    },
  ],
  ["an action URL of the fallback", () => atBooking(stack, "fallback")],
  [
    "the call status URL of the fallback",
    async () => ({
      url: `${stack.fallback.baseUrl}/status-callback?flow=four`,
      params: { CallSid: newCall(), CallStatus: "completed" },
    }),
  ],
  ["an outcome status URL of the fallback", () => dialling(stack, "fallback")],
];

describe.each(targets)("a request to %s", (_, prepare) => {
  test("that Twilio did not make is refused and changes nothing; the one that it made is answered", async () => {
    const [target, other] = await Promise.all([prepare(), prepare()]);
    if (other.url === target.url) Object.assign(other, { url: target.url.replace("four", "appointment") });
    const sids = [target, other].flatMap(({ params }) => [params.ParentCallSid ?? params.CallSid ?? ""]);
    const held = () => Promise.all(sids.map((callSid) => itemOf(stack, callSid)));
    const before = await held();
    for (const [name, forge] of forgeries) {
      const got = await forge(stack, target, other);
      expect
        .soft(got, name)
        .toEqual({ status: 403, contentType: expect.stringMatching("text/plain"), body: "signature" });
    }
    expect(await held()).toEqual(before);
    expect(sids.map((callSid) => effectCount(stack, callSid))).toEqual([0, 0]);

    // the test could notice: the same request, signed, moves the call
    expect(await sendWith(stack, sign(stack, target), target)).toMatchObject({ status: 200 });
    const [after, untouched] = await held();
    expect(after).not.toEqual(before[0]);
    expect(untouched).toEqual(before[1]);
    expect(effectCount(stack, sids[0] ?? "")).toBe(target.params.Digits === undefined ? 0 : 1);
  });
});

const unusual: Readonly<Record<string, string>> = {
  CallToken: '{"parentCallInfoToken":"eyJ+/=="}',
  FromCity: "",
  Unknown: "",
  "Stir[Verstat]": "TN-Validation-Passed-A",
  CallerName: "O'Brien & Søn <東京> 😀 %27 %2527 100% + ~!*()",
  名前: "値",
  Spaces: "  two  ",
  Lines: "one\r\ntwo\tthree",
};

describe("a request that Twilio made is answered", () => {
  test.each(["voiceUrl", "fallbackUrl"] as const)("with whatever parameters it has, at the %s", async (kind) => {
    const params = { CallSid: newCall(), ...unusual };
    expect(documentOf(await ask(stack, urlsOf(stack, "four")[kind], params)).said).toEqual(["color?"]);
  });

  test.each(["voiceUrl", "fallbackUrl"] as const)("with either way to encode its body, at the %s", async (kind) => {
    const url = urlsOf(stack, "four")[kind];
    for (const encode of [encodeURIComponent, (text: string) => encodeURIComponent(text).replace(/%20/g, "+")]) {
      const params: Record<string, string> = { CallSid: newCall(), ...unusual };
      const body = Object.entries(params).map((pair) => pair.map(encode).join("="));
      const headers = { "x-twilio-signature": signatureOf(stack.authToken, url, params) };
      const got = await send(legOf(stack, url), targetOf(url), { headers, body: body.join("&") });
      expect(documentOf(got).said).toEqual(["color?"]);
    }
  });

  // API Gateway hands forms over in base64 and text as text
  test.each([form, "text/plain; charset=utf-8"])("with its body as the primary gets it for %s", async (contentType) => {
    const url = urlsOf(stack, "four").voiceUrl;
    const params = { CallSid: newCall(), ...unusual };
    const headers = { "x-twilio-signature": signatureOf(stack.authToken, url, params), "content-type": contentType };
    const got = await send(stack.primary.baseUrl, targetOf(url), { headers, body: formBody(params) });
    expect(documentOf(got).said).toEqual(["color?"]);
  });

  test.each([
    "?lang=ja",
    "?lang=ja&name=O'Brien",
    "?lang=ja&name=O%27Brien",
    "?name=a+b%20c&lang=ja&empty=&bare",
    "?lang=ja&utf8=%E6%9D%B1%E4%BA%AC&case=%e6%9d%b1",
  ])("at the voice URL with the query %s, which is signed as it was sent", async (query) => {
    const url = `${stack.primary.baseUrl}/voice/appointment${query}`;
    const got = await ask(stack, url, { CallSid: newCall() });
    expect(documentOf(got).actions).not.toEqual([]);
    expect(got.body).toContain("/ja/");
    const forged = await ask(stack, url, { CallSid: newCall() }, { url: url.replace("lang=ja", "lang=en") });
    expect(forged.status).toBe(403);
  });

  test("at the fallback URL with a language", async () => {
    const url = `${stack.fallback.baseUrl}/voice-fallback?flow=appointment&lang=ja`;
    expect((await ask(stack, url, { CallSid: newCall() })).body).toContain("/ja/");
  });

  test("in a GET, whose parameters are all in the signed URL, at the primary", async () => {
    const url = `${stack.primary.baseUrl}/voice/four?CallSid=${newCall()}&From=%2B15005550001`;
    const get = (signed: string) => {
      const headers = { "x-twilio-signature": signatureOf(stack.authToken, signed, {}) };
      return send(stack.primary.baseUrl, targetOf(url), { method: "GET", headers });
    };
    expect(documentOf(await get(url)).said).toEqual(["color?"]);
    expect((await get(`${url}0`)).status).toBe(403);
  });
});

test("behind https the request that Twilio made is answered, signed with and without the port, and no other", async () => {
  const publicUrls = { primary: "https://line.example.com", fallback: "https://fallback.example.com/" };
  const secure = await testStack({ publicUrls });
  try {
    const { voiceUrl, fallbackUrl, statusCallbackUrl } = secure.flows.four ?? urlsOf(stack, "four");
    for (const url of [voiceUrl, fallbackUrl, statusCallbackUrl]) {
      const params = { CallSid: newCall(), CallStatus: "completed" };
      expect(url).toMatch(/^https:\/\/(line|fallback)\.example\.com\//);
      const askSigned = async (signed: string) => (await ask(secure, url, params, { url: signed })).status;
      expect(await askSigned(url)).toBe(200);
      expect(await askSigned(url.replace(".com/", ".com:443/"))).toBe(200);
      expect(await askSigned(url.replace(".com/", ".com:8443/"))).toBe(403);
      expect(await askSigned(url.replace("https:", "http:"))).toBe(403);
      expect(await askSigned(`${legOf(secure, url)}${targetOf(url)}`)).toBe(403);
    }
  } finally {
    await secure.stop();
  }
});

/** What a sealed checkpoint can be that is not the one of this call, made from the one that is. */
const strangeSeals: [name: string, change: (seal: string, callSid: string) => string | Promise<string>][] = [
  ["has one character changed", (seal) => oneCharacterChanged(seal)],
  ["has its last character changed", (seal) => oneCharacterChanged(seal, seal.length - 1)],
  ["is cut short", (seal) => seal.slice(0, -8)],
  ["is cut to almost nothing", (seal) => `${seal.split(".")[0]}.A`],
  ["is of another call", async () => sealOf((await atBooking(stack, "primary")).url)],
  ["is sealed with an unknown key", (seal, callSid) => sealerWith("k9").seal("url", callSid, opened(seal, callSid))],
  [
    "is sealed with another key of the same name",
    (seal, callSid) => sealerWith("k1").seal("url", callSid, opened(seal, callSid)),
  ],
  [
    "is sealed for another purpose",
    (seal, callSid) => createSealer(stack.sealKeys).seal("item", callSid, opened(seal, callSid)),
  ],
  ["holds something else", (_seal, callSid) => createSealer(stack.sealKeys).seal("url", callSid, '[1,"four"]')],
];
const sealerWith = (id: string) => createSealer(`${id}:${Buffer.alloc(32, 7).toString("base64")}`);
const sealOf = (url: string) => /k1\.[\w-]+/.exec(url)?.[0] ?? "";
function opened(seal: string, callSid: string): string {
  const plaintext = createSealer(stack.sealKeys).unseal("url", callSid, seal);
  if (plaintext === undefined) throw new Error("the seal of the document does not open");
  return plaintext;
}

describe.each(strangeSeals)("a sealed checkpoint that %s", (_, change) => {
  const prepare = async (leg: "primary" | "fallback") => {
    const target = await atBooking(stack, leg);
    const callSid = target.params.CallSid ?? "";
    const seal = sealOf(target.url);
    const strange = await change(seal, callSid);
    expect(strange).not.toBe(seal);
    return { callSid, target, url: target.url.replace(seal, strange) };
  };
  const bookedOnce = async (callSid: string, action: string) => {
    const { said } = documentOf(await ask(stack, action, { CallSid: callSid, Digits: "1" }));
    expect(said.at(-1)).toMatch(/^color 2, told R-\w+, last\?$/);
    expect(effectCount(stack, callSid)).toBe(1);
  };

  test.each(["primary", "fallback"] as const)(
    "counts as absent on the %s: the caller hears the present document again and nothing is lost or run",
    async (leg) => {
      const { callSid, target, url } = await prepare(leg);
      const before = await itemOf(stack, callSid);
      const { said, actions } = documentOf(await ask(stack, url, target.params));
      expect(said.at(-1)).toBe("color 2, book?");
      expect(effectCount(stack, callSid)).toBe(0);
      expect(await itemOf(stack, callSid)).toEqual(before);
      await bookedOnce(callSid, first(actions));
    },
  );

  test("counts as absent in ErrorUrl: the call goes on from the table, and the answer is not taken for its position", async () => {
    const { callSid, target, url } = await prepare("primary");
    const failure = { ...target.params, ErrorCode: "11200", ErrorUrl: url };
    const { said, actions } = documentOf(await ask(stack, urlsOf(stack, "four").fallbackUrl, failure));
    expect(said.at(-1)).toBe("color 2, book? again");
    expect(effectCount(stack, callSid)).toBe(0);
    await bookedOnce(callSid, first(actions));
  });

  test("about a call that nobody knows starts nothing: the primary fails, the fallback has the last resort", async () => {
    const { target, url } = await prepare("primary");
    const params = { ...target.params, CallSid: newCall() };
    expect(await ask(stack, url, params)).toMatchObject({ status: 503 });
    const failure = { ...params, ErrorCode: "11200", ErrorUrl: url };
    expect(documentOf(await ask(stack, urlsOf(stack, "four").fallbackUrl, failure)).said).toEqual(["last resort"]);
    expect(await itemOf(stack, params.CallSid)).toBeUndefined();
    expect(effectCount(stack, params.CallSid)).toBe(0);
  });
});

test("a sealed checkpoint in a status callback that is not of its call is not taken for an outcome", async () => {
  for (const leg of ["primary", "fallback"] as const) {
    const [target, other] = await Promise.all([dialling(stack, leg), dialling(stack, leg)]);
    const ParentCallSid = other.params.ParentCallSid ?? "";
    const before = await itemOf(stack, ParentCallSid);
    expect(await ask(stack, target.url, { ...target.params, ParentCallSid })).toMatchObject({ status: 200 });
    expect(await itemOf(stack, ParentCallSid)).toEqual(before);
  }
});

test.each(["primary", "fallback"] as const)(
  "an ErrorCode without an ErrorUrl is no failure: the caller's answer is taken as ever on the %s",
  async (leg) => {
    const { url, params } = await atBooking(stack, leg);
    const { said } = documentOf(await ask(stack, url, { ...params, ErrorCode: "64105", ErrorMessage: "gone" }));
    expect(said.at(-1)).toMatch(/told R-\w+, last\?$/);
    expect(effectCount(stack, params.CallSid ?? "")).toBe(1);
  },
);

test("an ErrorCode without an ErrorUrl at the fallback URL is a voice webhook: the caller is greeted", async () => {
  const got = await ask(stack, urlsOf(stack, "four").fallbackUrl, { CallSid: newCall(), ErrorCode: "64105" });
  expect(documentOf(got).said).toEqual(["color?"]);
});
