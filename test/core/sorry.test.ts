import { describe, expect, test } from "vitest";
import { type SorryAsked, sorryFor } from "../../core/sorry.ts";
import { sorryPage } from "../../core/sorry-page.ts";
import { allowMark, isSorryOn, readSorry, type SorrySwitch, sorryOff, sorryOn } from "../../core/sorry-switch.ts";

const nowMs = 1_000_000;
const token = "0123456789abcdef0123456789abcdef";
const staff = "+815012345678";
const marks = [allowMark(token, staff)];

function caller(over: Partial<SorryAsked> & { readonly from?: string } = {}): SorryAsked {
  const { from = "+815087654321", ...rest } = over;
  const isAmong = (all: readonly string[]) => all.includes(allowMark(token, from));
  return { call: "new", flow: "front-desk", preview: false, audioFailed: false, isAmong, ...rest };
}

const ends: SorrySwitch = { ...sorryOn, untilMs: nowMs };
const all: SorrySwitch = { ...sorryOn, scope: "all" };
const oneFlow: SorrySwitch = { ...sorryOn, flows: ["survey", "appointment"] };
const passes: SorrySwitch = { ...sorryOn, allow: marks };

describe("who hears the message", () => {
  test.each<[who: string, sorry: SorrySwitch, asked: SorryAsked, hears: ReturnType<typeof sorryFor>]>([
    ["a new caller goes on while it is off", sorryOff, caller(), undefined],
    ["a new caller hears it while it is on", sorryOn, caller(), "new"],
    ["a call in progress finishes", sorryOn, caller({ call: "in-progress" }), undefined],
    ["a call in progress hears it when all calls do", all, caller({ call: "in-progress" }), "in-progress"],
    ["whoever waits or was called never hears it", all, caller({ call: "beside" }), undefined],
    ["a new caller hears it until just before its end", { ...ends, untilMs: nowMs + 1 }, caller(), "new"],
    ["a new caller goes on from its end on", ends, caller(), undefined],
    ["a new caller of another flow goes on", oneFlow, caller(), undefined],
    ["a new caller of a named flow hears it", oneFlow, caller({ flow: "appointment" }), "new"],
    ["a new caller of no known flow goes on when flows are named", oneFlow, caller({ flow: undefined }), undefined],
    ["a named number passes", passes, caller({ from: staff }), undefined],
    ["a number that is not named does not pass", passes, caller(), "new"],
    ["a named number passes when all calls hear it", { ...all, allow: marks }, caller({ from: staff }), undefined],
    ["a preview hears it while it is off", sorryOff, caller({ preview: true }), "preview"],
    ["a preview hears it after its end", ends, caller({ preview: true }), "preview"],
    ["a preview hears it from a named number", passes, caller({ preview: true, from: staff }), "preview"],
    ["a call in progress is no preview", sorryOff, caller({ preview: true, call: "in-progress" }), undefined],
    ["whose recording failed hears its text, on or off", sorryOff, caller({ audioFailed: true }), "new"],
  ])("%s", (_, sorry, asked, hears) => expect(sorryFor(sorry, asked, nowMs)).toBe(hears));
});

describe("a switch", () => {
  test("is a word that a person can set by hand", () => {
    expect(readSorry("on")).toEqual({ ...sorryOn, say: {}, audio: {} });
    expect(readSorry(" off\n")).toEqual({ ...sorryOff, say: {}, audio: {} });
  });

  test("holds the rest behind the word", () => {
    const rest = { scope: "all", untilMs: 5, flows: ["survey"], allow: marks, say: { ja: "申し訳ございません。" } };
    const audio = { en: "en/sorry.mp3" };
    expect(readSorry(`on ${JSON.stringify({ ...rest, audio })}`)).toEqual({ on: true, ...rest, audio });
  });

  test("takes its texts from elsewhere where they are given", () => {
    expect(readSorry('on {"say":{"en":"a","ja":"b"}}', { en: "c" })?.say).toEqual({ en: "c", ja: "b" });
  });

  test.each(["", "yes", "on {", 'on {"a":1', "on []", 'on {"untilMs":}', "one", "{}"])("is not %j", (text) =>
    expect(readSorry(text)).toBeUndefined(),
  );

  test("that was written by hand with mistakes holds nothing that could end a call", () => {
    const wrong = {
      scope: 7,
      untilMs: "soon",
      flows: "survey",
      allow: {},
      say: { en: 5, de: "x" },
      audio: { en: "../x" },
    };
    expect(readSorry(`on ${JSON.stringify(wrong)}`)).toEqual({ ...sorryOn, say: {}, audio: {} });
    expect(readSorry(`on ${JSON.stringify({ say: { en: "x".repeat(9_000) } })}`)?.say?.en).toHaveLength(1_000);
    expect(readSorry('on {"say":null,"audio":3}')).toEqual({ ...sorryOn, say: {}, audio: {} });
  });

  test("tells no number: its mark depends on the account's token", () => {
    expect(allowMark(token, staff)).toMatch(/^[\w-]{16}$/);
    expect(allowMark(token, staff)).not.toBe(allowMark(`${token}0`, staff));
    expect(allowMark(token, staff)).not.toBe(allowMark(token, `${staff}0`));
  });
});

describe("a browser", () => {
  test("gets 503, when to come back, and nothing to keep, while it is on", () => {
    const sorry = { ...sorryOn, untilMs: nowMs + 61_500, say: { en: "Closed <today>\nat 5 & after" } };
    const page = sorryPage(sorry, nowMs, undefined);
    expect(page).toMatchObject({ status: 503, headers: { "retry-after": "62", "cache-control": "no-store" } });
    expect(page?.body).toContain('<p lang="en">Closed &#60;today&#62;\nat 5 &#38; after</p>');
    expect(page?.contentType).toMatch(/^text\/html/);
  });

  test("is told a time to come back where no end is known, and something where nothing is said", () => {
    const page = sorryPage(sorryOn, nowMs, undefined);
    expect(Number(page?.headers["retry-after"])).toBeGreaterThan(60);
    expect(page?.body).toContain("out of service");
  });

  test("gets nothing of it while it is off, and Twilio never", () => {
    expect(sorryPage({ ...sorryOn, untilMs: nowMs }, nowMs, undefined)).toBeUndefined();
    expect(sorryPage(sorryOn, nowMs, "a signature")).toBeUndefined();
    expect(isSorryOn(sorryOff, nowMs)).toBe(false);
  });
});
