import { describe, expect, test } from "vitest";
import { defineFlow, defineMedia, gather, goTo, hangup, say } from "../../core/index.ts";
import { type ShedLevel, shedLevel, shedLevels, sheds, sorryUnder } from "../../core/shed.ts";
import { sorryOff } from "../../core/sorry-switch.ts";
import { takeTurn } from "../../core/turn.ts";
import { toVoiceRequest } from "../../core/voice-request.ts";
import { action, callSid, heard, twoLegs } from "../support/legs.ts";

const greeting = { file: "en/greeting.mp3", text: "welcome" };
const play = defineMedia({ greeting: { en: greeting, ja: greeting } });
const flow = defineFlow<"greet" | "end", Record<never, never>>({
  name: "shedding",
  start: "greet",
  steps: {
    greet: { prompt: () => [gather({ numDigits: 1 }, play("greeting"))], next: () => goTo("end") },
    end: { prompt: () => [say("bye"), hangup()] },
  },
  lastResort: () => [say("sorry"), hangup()],
});
/** The first document of a call, as the primary gives it at a level. */
async function firstAt(shed: ShedLevel) {
  const legs = twoLegs(flow);
  const request = toVoiceRequest(new Map([["CallSid", callSid]]));
  const url = legs.primary.urls.parse(legs.voiceUrl);
  if ("kind" in request || url === undefined) throw new Error("not a request");
  return { legs, document: heard(await takeTurn({ ...legs.primary, shed }, request, url)) };
}

test("the levels are an order: each sheds what those before it do", () => {
  const shed = shedLevels.map((level) => (["effects", "media", "sorry"] as const).filter((what) => sheds(level, what)));
  expect(shed).toEqual([[], ["effects"], ["effects", "media"], ["effects", "media", "sorry"]]);
});

test.each([undefined, "", "Media", "everything", "constructor"])("SHED=%s is no level: nothing is shed", (SHED) => {
  expect(shedLevel({ SHED })).toBe("none");
});

describe("a caller whose prompt is played", () => {
  test.each<[ShedLevel, RegExp]>([
    ["none", /^https:\/\/primary\.example\.com\/media\//],
    ["effects", /^https:\/\/primary\.example\.com\/media\//],
    ["media", /^https:\/\/fallback\.example\.com\/prompts\/en\/greeting\.mp3\?c=k1\./],
    ["sorry", /^https:\/\/fallback\.example\.com\/prompts\/en\/greeting\.mp3\?c=k1\./],
  ])("hears it from the right host at level %s, and answers the primary all the same", async (shed, host) => {
    const { document } = await firstAt(shed);
    expect(document.media[0]).toMatch(host);
    expect(action(document)).toMatch(/^https:\/\/primary\.example\.com\/voice\//);
  });

  test("hears its text when the static host fails, and the call stays where it is", async () => {
    const { legs, document } = await firstAt("media");
    const again = await legs.fail(document.media[0] ?? "");
    expect(again.said).toEqual(["welcome"]);
    expect(again.answer).toMatchObject({ outcome: "resumed" });
  });
});

describe("sorry mode", () => {
  test("is on for all new callers at level sorry, and only there", () => {
    expect(shedLevels.map((level) => sorryUnder(level, sorryOff).on)).toEqual([false, false, false, true]);
  });

  test("keeps its message and whom it lets pass, not its end or its flows", () => {
    const say = { en: "too many calls" };
    const switched = { on: false, scope: "all", say, allow: ["mark"], flows: ["survey"], untilMs: 1 } as const;
    expect(sorryUnder("sorry", switched)).toEqual({ on: true, scope: "new-calls", say, allow: ["mark"] });
    expect(sorryUnder("sorry", { ...switched, on: true }).scope).toBe("all");
  });
});
