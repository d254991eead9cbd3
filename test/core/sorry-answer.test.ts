import { describe, expect, test } from "vitest";
import { type Leg as LegName, sealUrl } from "../../core/checkpoint.ts";
import { createLeg } from "../../core/leg.ts";
import { sorryAnswer } from "../../core/sorry.ts";
import { type SorrySwitch, sorryOff, sorryOn } from "../../core/sorry-switch.ts";
import { toVoiceRequest } from "../../core/voice-request.ts";
import { flows } from "../flows/index.ts";
import { callSid, checkpointAt, sealKey } from "./call.ts";

const bases = { primary: "https://p.example.com", fallback: "https://f.example.com" };
const env = {
  PRIMARY_BASE_URL: bases.primary,
  FALLBACK_BASE_URL: bases.fallback,
  SEAL_KEYS: sealKey("k1", 1),
  TWILIO_AUTH_TOKEN: "token",
  TABLE_NAME: "none",
  TABLE_REGION: "us-east-1",
};
const legOf = (leg: LegName) =>
  createLeg({ leg, flows, env, authTokenName: "TWILIO_AUTH_TOKEN", newToken: () => "new" });
const legs = { primary: legOf("primary"), fallback: legOf("fallback") };

const said: SorrySwitch["say"] = { en: "Closed.\nUntil five.", ja: "閉まっています。" };
const on: SorrySwitch = { ...sorryOn, say: said };
const all: SorrySwitch = { ...on, scope: "all" };
const sealedIn = (language: "en" | "ja") =>
  sealUrl(legs.primary.engine.sealer, callSid, checkpointAt({ language }), "gather", 0);
const sealed = sealedIn("en");

interface Asked {
  readonly leg?: LegName;
  readonly target: string;
  readonly params?: Readonly<Record<string, string>>;
}

function answer(sorry: SorrySwitch, { leg = "primary", target, params = {} }: Asked) {
  const request = toVoiceRequest(new Map(Object.entries({ CallSid: callSid, From: "+815012345678", ...params })));
  if ("kind" in request) throw new Error(request.reason);
  return sorryAnswer(legs[leg], sorry, { kind: "request", request, target });
}
const failover = (url: string) => ({ ErrorCode: "11200", ErrorUrl: url });
const heard = (twiml: string | undefined) =>
  [...(twiml ?? "").matchAll(/<(?:Say|Play)[^>]*>([^<]*)</g)].map(([, text]) => text);

const begins: Record<string, Asked> = {
  "the voice webhook": { target: "/voice/four" },
  "the voice webhook with a language": { target: "/voice/four?lang=ja" },
  "the fallback URL after the voice webhook failed": {
    leg: "fallback",
    target: "/voice-fallback?flow=four",
    params: failover(`${bases.primary}/voice/four#rt=4500`),
  },
  "the fallback URL as a number's voice URL": { leg: "fallback", target: "/voice-fallback?flow=four" },
  "the fallback leg's own voice URL": { leg: "fallback", target: "/voice-webhook?flow=four" },
};
const goesOn: Record<string, Asked> = {
  "an action URL": { target: `/voice/four/${sealed}`, params: { Digits: "1" } },
  "an action URL whose seal was lost": { target: "/voice/four/nothing" },
  "an action URL of the fallback leg": { leg: "fallback", target: `/voice-webhook?c=${sealed}` },
  "the fallback URL after an action failed": {
    leg: "fallback",
    target: "/voice-fallback?flow=four",
    params: failover(`${bases.primary}/voice/four/${sealed}`),
  },
  "the fallback URL after a file failed": {
    leg: "fallback",
    target: "/voice-fallback?flow=four",
    params: failover(`${bases.primary}/media/${sealed}/en/not-understood.mp3`),
  },
  "the fallback URL after a URL failed that is none of ours": {
    leg: "fallback",
    target: "/voice-fallback?flow=four",
    params: failover("https://elsewhere.example.com/voice/four"),
  },
  "the voice webhook of a call that we placed": { target: "/voice/four", params: { Direction: "outbound-api" } },
};
const beside: Record<string, Asked> = {
  "a whisper or wait document": { target: `/voice/four/${sealed}/aside` },
  "a wait document of the fallback leg": { leg: "fallback", target: `/voice-aside?c=${sealed}` },
  "a called person's document": { target: "/voice/four", params: { ParentCallSid: `CA${"1".repeat(32)}` } },
  "a partial result of speech": {
    target: `/voice/four/${sealed}`,
    params: { UnstableSpeechResult: "yes", SequenceNumber: "1" },
  },
  "a status callback": { target: "/status/four" },
  "a URL that is none of ours": { target: "/elsewhere" },
};

describe("a new call is", () => {
  test.each(Object.entries(begins))("%s", (_, asked) => {
    expect(answer(on, asked)).toMatchObject({ outcome: "sorry", reason: "new call", trouble: undefined });
    expect(answer(sorryOff, asked)).toBeUndefined();
  });
});

describe("a call in progress is", () => {
  test.each(Object.entries(goesOn))("%s", (_, asked) => {
    expect(answer(on, asked)).toBeUndefined();
    expect(answer(all, asked)).toMatchObject({ outcome: "sorry", reason: "in-progress call" });
  });
});

describe("no turn of a call, and never answered with the message, is", () => {
  test.each(Object.entries(beside))("%s", (_, asked) => expect(answer(all, asked)).toBeUndefined());
});

describe("the message", () => {
  test("is said in the language of the call, and needs no further request", () => {
    const english = answer(on, { target: "/voice/four" })?.twiml;
    expect(heard(english)).toEqual(["Closed.", "Until five."]);
    expect(english).toMatch(/<Hangup\/><\/Response>$/);
    expect(english).not.toMatch(/https?:/);
    expect(heard(answer(on, { target: "/voice/four?lang=ja" })?.twiml)).toEqual(["閉まっています。"]);
  });

  test("is said in the language that a call in progress speaks", () => {
    const target = `/voice/appointment/${sealedIn("ja")}`;
    expect(heard(answer(all, { target })?.twiml)).toEqual(["閉まっています。"]);
  });

  test("is a default one where nothing is set", () => {
    expect(heard(answer(sorryOn, { target: "/voice/four" })?.twiml).join(" ")).toMatch(/sorry/i);
  });

  test("is a recording on the leg's own host, and text where the other leg's recording failed", () => {
    const sorry = { ...on, audio: { en: "en/closed.mp3" } };
    const [url, after] = heard(answer(sorry, { target: "/voice/four" })?.twiml);
    expect([url?.slice(0, bases.primary.length), after]).toEqual([bases.primary, "Until five."]);
    const params = failover(String(url).replaceAll("&amp;", "&"));
    const other = answer({ ...sorry, on: false }, { leg: "fallback", target: "/voice-fallback?flow=four", params });
    expect(heard(other?.twiml)).toEqual(["Closed.", "Until five."]);
    const own = answer(sorry, { leg: "fallback", target: "/voice-fallback?flow=four" });
    expect(heard(own?.twiml)[0]).toContain(`${bases.fallback}/prompts/en/closed.mp3?c=`);
  });
});
