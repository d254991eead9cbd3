import { describe, expect, test } from "vitest";
import { defineMedia, findFile, rungs, stepDown } from "../../core/media.ts";
import { gather, hangup, playMedia, say } from "../../core/verb-builders.ts";

const hello = { en: { file: "en/hello.mp3", text: "Hello." }, ja: { file: "ja/hello.wav", text: "もしもし。" } };
const menu = { en: { file: "en/menu.mp3", text: "Press 1." }, ja: { file: "menu.mp3", text: "1を押してください。" } };

describe("the media ladder", () => {
  test("goes from the primary media host to the fallback media host to the text, and stays there", () => {
    expect([stepDown(0), stepDown(1), stepDown(2)]).toEqual([1, 2, 2]);
    expect(rungs[stepDown(stepDown(0))]).toBe("text");
  });
});

describe("a catalogue of prompts", () => {
  test("plays its files by name", () => {
    expect(defineMedia({ hello, menu })("menu", { loop: 2 })).toEqual(playMedia(menu, { loop: 2 }));
  });

  test.each([
    "",
    "hello",
    "hello.ogg",
    "hello.mp3.exe",
    "/hello.mp3",
    "../hello.mp3",
    "en/../hello.mp3",
    "en/deep/hello.mp3",
    "EN/hello.mp3",
    "en/hello world.mp3",
    "en/hello.mp3?x",
    "en/hello.mp3\n",
    "https://example.com/hello.mp3",
    "-hello.mp3",
  ])("refuses the file '%s', by the prompt's name", (file) => {
    const wrong = { greeting: { ...hello, ja: { file, text: "x" } } };
    expect(() => defineMedia(wrong)).toThrow("media greeting: ");
  });

  test.each(["", "  ", "\n"])("refuses a prompt without a text alternative: '%s'", (text) => {
    const wrong = { greeting: { ...hello, en: { file: "en/a.mp3", text } } };
    expect(() => defineMedia(wrong)).toThrow("media greeting: 'en/a.mp3' has no text alternative");
  });
});

describe("the verb that plays a file", () => {
  const verbs = [say("x"), gather({}, playMedia(hello), playMedia(menu)), playMedia(hello), hangup()];

  test.each([
    ["en/hello.mp3", 0, 2],
    ["ja/hello.wav", 0, 2],
    ["en/hello.mp3", 2, 2],
    ["en/hello.mp3", 3, 4],
    ["menu.mp3", 0, 3],
    ["en/menu.mp3", 4, undefined],
    ["en/other.mp3", 0, undefined],
  ])("is found by %s from verb %s on, in the order in which verbs are numbered", (file, from, index) => {
    expect(findFile(verbs, file, from)).toBe(index);
  });
});
