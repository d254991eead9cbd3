import { describe, expect, test } from "vitest";
import { readSorry } from "../../core/sorry-switch.ts";
import { catalogue } from "../../flows/media.ts";
import { UsageError } from "../../scripts/command-line.ts";
import { readArguments } from "../../scripts/sorry/arguments.ts";
import { switchOf, toStored } from "../../scripts/sorry/switch.ts";
import { readUntil, spokenEnd } from "../../scripts/sorry/until.ts";

const nowMs = new Date(2026, 0, 31, 15, 0).getTime();
const known = { flows: ["front-desk", "survey"], prompts: Object.keys(catalogue) };
const token = "0123456789abcdef0123456789abcdef";

function made(...args: readonly string[]) {
  const given = readArguments(args, known);
  if (given === undefined) throw new Error("help");
  return switchOf(given, catalogue, token, nowMs);
}

describe("the end", () => {
  test.each([
    ["90m", nowMs + 90 * 60_000],
    ["2h", nowMs + 2 * 3_600_000],
    ["18:30", new Date(2026, 0, 31, 18, 30).getTime()],
    ["9:05", new Date(2026, 1, 1, 9, 5).getTime()],
    ["2026-02-01T00:00Z", Date.UTC(2026, 1, 1)],
  ])("%s is read", (text, untilMs) => expect(readUntil(text, nowMs)).toBe(untilMs));

  test.each(["", "soon", "25:00", "0m", "2026-02-01", "2025-01-01T00:00Z", "1h30m"])("%j is refused", (text) =>
    expect(() => readUntil(text, nowMs)).toThrow(UsageError),
  );

  test("is said in both languages, with the day where it is another one", () => {
    expect(spokenEnd(new Date(2026, 0, 31, 18, 0).getTime(), nowMs)).toEqual({
      en: "We expect to be back at 6:00 PM.",
      ja: "18時ごろ再開する見込みです。",
    });
    expect(spokenEnd(new Date(2026, 1, 1, 9, 5).getTime(), nowMs)).toEqual({
      en: "We expect to be back on Sunday, February 1 at 9:05 AM.",
      ja: "2月1日9時5分ごろ再開する見込みです。",
    });
  });
});

describe("what is said", () => {
  test("is a default message, when nothing is given", () => {
    expect(made("on").say).toEqual({
      en: "We are sorry. We cannot take your call at the moment.",
      ja: "申し訳ございません。ただいまお電話をお受けすることができません。",
    });
  });

  test("is the message, then the reason and the expected end", () => {
    const words = [
      "--message",
      "Closed  for\nnow.",
      "--reason",
      "There is a power cut.",
      "--reason-ja",
      "停電のためです。",
    ];
    expect(made("on", ...words, "--until", "18:00").say).toEqual({
      en: "Closed for now.\nThere is a power cut. We expect to be back at 6:00 PM.",
      ja: "申し訳ございません。ただいまお電話をお受けすることができません。\n停電のためです。18時ごろ再開する見込みです。",
    });
  });

  test("is a recording, whose own text stands behind it", () => {
    const { audio, say } = made("on", "--audio", "not-understood");
    expect(audio).toEqual({ en: "en/not-understood.mp3", ja: "ja/not-understood.mp3" });
    expect(say?.en).toBe("Sorry, that did not come through.");
  });
});

describe("what each leg is given", () => {
  test("reads back as the same switch on both", () => {
    const sorry = made(
      "on",
      "--until",
      "2h",
      "--scope",
      "flow=survey",
      "--allow",
      "+815012345678",
      "--audio",
      "not-understood",
    );
    const { parameter, variables } = toStored(sorry);
    const { SORRY = "", SORRY_EN = "", SORRY_JA = "" } = variables;
    expect(readSorry(parameter)).toEqual(sorry);
    expect(readSorry(SORRY, { en: SORRY_EN, ja: SORRY_JA })).toEqual(sorry);
    // turned last, when what is said is there
    expect(Object.keys(variables).at(-1)).toBe("SORRY");
  });

  test("holds no number", () => {
    const stored = JSON.stringify(toStored(made("on", "--allow", "+815012345678")));
    expect(stored).not.toContain("5012345678");
    expect(stored).not.toContain(token);
  });

  test("is refused when it does not fit into a variable, and says which words to shorten", () => {
    expect(() => toStored(made("on", "--message-ja", "あ".repeat(151)))).toThrow(
      /SORRY_JA would have 453 bytes.*message/,
    );
    const many = Array.from({ length: 40 }, (_, at) => ["--allow", `+8150123456${String(at).padStart(2, "0")}`]).flat();
    expect(() => toStored(made("on", ...many))).toThrow(/SORRY would have .*numbers/);
  });
});

test.each([
  [["on", "off"], "one argument"],
  [["maybe"], "one argument"],
  [["on", "--allow", "12345"], "--allow: E.164"],
  [["on", "--scope", "some"], "--scope: new-calls"],
  [["on", "--scope", "flow=nothing"], "there is no flow 'nothing'"],
  [["on", "--audio", "nothing"], "no prompt of flows/media.ts"],
  [["on", "--audio", "not-understood", "--message", "a"], "--audio or --message"],
  [["off", "--until", "2h"], "off takes no --until"],
  [["status", "--message", "a"], "status takes no message"],
  [["on", "--until", "yesterday"], "--until: 90m"],
])("%j is refused with a reason", (args, reason) => expect(() => made(...args)).toThrow(reason));

test("numbers that pass need the token that hides them", () => {
  const given = readArguments(["on", "--allow", "+815012345678"], known);
  if (given === undefined) throw new Error("help");
  expect(() => switchOf(given, catalogue, undefined, nowMs)).toThrow("TWILIO_AUTH_TOKEN");
});
