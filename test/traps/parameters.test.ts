import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { placeCall } from "../../rehearsal/place-call.ts";
import { account } from "../rehearsal/twiml-server.ts";
import { newCall } from "../support/mid-call.ts";
import { type RealLegs, realLegs } from "./real-legs.ts";

let real: RealLegs;
let urls: { readonly primary: string; readonly fallback: string };
beforeAll(async () => {
  real = await realLegs();
  urls = { primary: `${real.urls.primary}/voice/echo`, fallback: `${real.urls.fallback}/voice-fallback?flow=echo` };
});
afterAll(() => real?.stop());

const legs = ["primary", "fallback"] as const;
const heard = (got: { status: number; body: string }) => [got.status, got.body.includes("speak")];
const answered = [200, true];
const refused = { status: 403, body: "signature" };

// Only US and Canadian numbers mostly have geography; the others' come as empty strings, and an empty value still
// contributes its name to what is signed [O captured requests; D Webhooks Security, "do not trim"]
describe("geography that is not known", () => {
  const parts = ["City", "State", "Zip", "Country"];
  const names = ["From", "To", "Caller", "Called"].flatMap((side) => parts.map((part) => `${side}${part}`));
  const empty = Object.fromEntries(names.map((name) => [name, ""]));

  test.each(legs)("comes as empty parameters, and the caller is answered by the %s", async (leg) => {
    const params = { CallSid: newCall(), ...empty };
    expect(heard(await real.ask(urls[leg], { params }))).toEqual(answered);
  });

  test.each(legs)("is part of what is signed: an empty parameter more or less is a forgery, at the %s", async (leg) => {
    const CallSid = newCall();
    const { FromCity: _, ...less } = empty;
    const forge = (params: Record<string, string>, signedParams: Record<string, string>) =>
      real.ask(urls[leg], { params: { CallSid, ...params }, signedParams: { CallSid, ...signedParams } });
    expect(await forge(less, empty)).toMatchObject(refused);
    expect(await forge(empty, less)).toMatchObject(refused);
  });

  test.each(legs)("and blanks around a value are signed as they came, at the %s", async (leg) => {
    const CallSid = newCall();
    const params = { CallSid, FromCity: " KYOTO ", CallerName: " " };
    expect(heard(await real.ask(urls[leg], { params }))).toEqual(answered);
    const signedParams = { CallSid, FromCity: "KYOTO", CallerName: "" };
    expect(await real.ask(urls[leg], { params, signedParams })).toMatchObject(refused);
  });
});

// All received parameters are signed, known or not; Twilio adds new ones without notice [D Webhooks Security]. `msg` and
// `FinishedOnKey` are sent and documented nowhere [O captured requests]
describe("a parameter that nobody knew when this was written", () => {
  const unknown = {
    ...{ msg: "Gather End", FinishedOnKey: "", StirVerstat: "TN-Validation-Passed-A", CallToken: '{"a":"eyJ+/=="}' },
    ...{ "New.Name": "1", "new[name]": "2", zeta: "3", Alpha: "4", 名前: "値" },
  };

  test.each(legs)("is part of the signature, and the caller is answered by the %s", async (leg) => {
    const CallSid = newCall();
    const params = { CallSid, ...unknown };
    expect(heard(await real.ask(urls[leg], { params }))).toEqual(answered);
    expect(await real.ask(urls[leg], { params, signedParams: { CallSid } })).toMatchObject(refused);
    for (const name of Object.keys(unknown)) {
      const signedParams = { ...params, [name]: "changed" };
      expect(await real.ask(urls[leg], { params, signedParams }), name).toMatchObject(refused);
    }
  });

  test("travels with every request of a call, and the call goes its way", async () => {
    const { primary, fallback } = urls;
    const record = await placeCall({
      voiceUrl: primary,
      fallbackUrl: fallback,
      ...account,
      callSid: newCall(),
      script: [{ kind: "speech", text: "hello" }],
      exchange: real.exchange,
      extraParameters: unknown,
    });
    expect([record.heard, record.ended, record.alerts]).toEqual([["speak", "heard hello"], "hangup", []]);
  });
});

// The libraries sign the values of a name once each, in order [C twilio-node, twilio-python: array vectors]; a Function's
// event and a Map keep a list or the last one. No voice webhook is documented to repeat a name, so what would be read
// differently by different readers is read by none
describe("a parameter that comes twice", () => {
  test.each(legs)("is refused by name however it is signed, and moves no call, at the %s", async (leg) => {
    const CallSid = newCall();
    for (const Digits of [
      ["1", "2"],
      ["2", "1"],
      ["1", "1"],
    ]) {
      const params = { CallSid, Digits };
      const got = await real.ask(urls[leg], { params });
      expect(got).toEqual({ status: 400, contentType: "text/plain", body: "duplicated parameter" });
      expect(await real.ask(urls[leg], { params, signedParams: { CallSid, Digits: "1" } })).toMatchObject({
        status: 400,
      });
    }
    expect(heard(await real.ask(urls[leg], { params: { CallSid } }))).toEqual(answered);
    expect(real.lines.at(-1)).toMatchObject({ event: "turn.answered", turn: 1, attempt: 0 });
  });

  test("in the query and in the body is the body's own at the fallback, whose query then is not as signed", async () => {
    const params = { CallSid: newCall(), flow: "appointment" };
    expect(await real.ask(urls.fallback, { params })).toMatchObject(refused);
  });
});
