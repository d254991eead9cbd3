import { expect, test } from "vitest";
import { ssml } from "../../../core/index.ts";
import { pause, playDigits, playMedia, say } from "../../../core/verb-builders.ts";
import type { Media, Verb } from "../../../core/verbs.ts";
import { checkAttributes, type Given, inside, refusalOf, refused, rendered } from "./verb-kit.ts";

const file = (language: string, text = "Hello.") => ({ file: `${language}/hello.mp3`, text });
const media: Media = { en: file("en"), ja: file("ja", "もしもし。") };

test("say speaks a text in the caller's language, with every attribute", () => {
  checkAttributes(
    "Say",
    (attributes) => say("Hello.", attributes as Given),
    undefined,
    () => ({ language: "en-US" }),
  );
  const both = say({ en: "Hello.", ja: "もしもし。" });
  expect(rendered(both)).toMatchObject({ name: "Say", text: "Hello.", attributes: { language: "en-US" } });
  expect(rendered(both, { language: "ja" })).toMatchObject({
    text: "もしもし。",
    attributes: { language: "ja-JP", voice: "Polly.Mizuki" },
  });
});

test("say with SSML is spoken with it, and as plain text in a plain rendering", () => {
  const words = ["Your code is ", ssml.sayAs("digits", "12"), ssml.break("1s"), ssml.sub("Stay line", "SL"), "."];
  const spoken = rendered(say(words));
  expect(spoken.children.map(({ name, attributes, text }) => [name, attributes, text])).toEqual([
    ["say-as", { "interpret-as": "digits" }, "12"],
    ["break", { time: "1s" }, ""],
    ["sub", { alias: "Stay line" }, "SL"],
  ]);
  const plain = rendered(say(words, { voice: "Polly.Amy" }), { plain: true });
  expect(plain).toMatchObject({ text: "Your code is 12 Stay line.", children: [], attributes: { language: "en-US" } });
});

test("say of more than 4,096 characters, or without a text in a language, is refused when the flow loads", () => {
  expect(refusalOf(say("x".repeat(4_096)))).toBe("accepted");
  const problem = "say: a text of 4097 characters; Twilio speaks at most 4096";
  expect(refusalOf(say("x".repeat(4_097)))).toBe(refused(problem));
  expect(refusalOf(say({ en: "x", ja: "x".repeat(4_097) }))).toBe(refused(problem));
  expect(refusalOf(say([ssml.p("x".repeat(4_097))]))).toBe(refused(problem));
  expect(refusalOf(say({ en: "x" } as never))).toBe(refused("say: has no text in this language"));
});

test("a document of more than 64 kB is refused when the flow loads", () => {
  const long = say("x".repeat(4_000));
  expect(refusalOf(...Array<Verb>(15).fill(long))).toBe("accepted");
  expect(refusalOf(...Array<Verb>(16).fill(long))).toMatch(
    /^flow desk: step 'greet': a document of \d+ bytes; Twilio refuses more than 64000 \(11750\)$/,
  );
});

test("play plays the file of the caller's language from its own URL, or says its text where no host has it", () => {
  const verb = playMedia(media);
  checkAttributes("Play", (attributes) => playMedia(media, attributes as Given));
  expect(rendered(verb)).toMatchObject({ name: "Play", text: "https://p.example.com/media/0/en/hello.mp3" });
  expect(rendered(verb, { language: "ja" }).text).toBe("https://p.example.com/media/0/ja/hello.mp3");
  const said = rendered(verb, { mediaUrl: () => undefined, language: "ja" });
  expect(said).toMatchObject({ name: "Say", text: "もしもし。", attributes: { language: "ja-JP" } });
});

test("play without a text alternative, or of no file of ours, is refused when the flow loads", () => {
  const of = (over: Partial<Record<"en" | "ja", unknown>>) => refusalOf(playMedia({ ...media, ...over } as Media));
  expect(of({ ja: file("ja", " ") })).toBe(refused("play: 'ja/hello.mp3' has no text alternative"));
  const none = refused("play: no file like en/name.mp3 in this language");
  expect(of({ ja: undefined })).toBe(none);
  for (const name of ["hello.ogg", "../hello.mp3", "https://example.com/hello.mp3"]) {
    expect(of({ en: { file: name, text: "Hello." } })).toBe(none);
  }
});

test("playDigits sends tones; what is no tone is refused when the flow loads", () => {
  expect(rendered(playDigits("1w2W#*"))).toMatchObject({ name: "Play", attributes: { digits: "1w2W#*" }, text: "" });
  const problem = refused("playDigits: digits are keys, w and W, at most 100 of them");
  for (const digits of ["", "a", "1-2", "1".repeat(101)]) expect(refusalOf(playDigits(digits))).toBe(problem);
  expect(refusalOf(playDigits("w".repeat(100)))).toBe("accepted");
});

test("pause is silent for its length, in a plain rendering too", () => {
  checkAttributes("Pause", (attributes) => ({ verb: "pause", attributes: attributes as Given }));
  expect(rendered(pause())).toMatchObject({ name: "Pause", attributes: { length: "1" } });
  expect(refusalOf(pause(0))).toBe(refused("pause: length is not a whole number from 1 to 14400"));
});

test("every element of SSML stands in the Say with its own attributes", () => {
  const all = [
    ssml.break("1s"),
    ssml.emphasis("strong", "a"),
    ssml.lang("ja-JP", "b"),
    ssml.p(ssml.s("c")),
    ssml.phoneme("ipa", "d", "e"),
    ssml.prosody({ rate: "slow", pitch: "+5%", volume: "loud" }, "f"),
    ssml.sayAs("date", "1/2", "dm"),
    ssml.sub("g", "h"),
    ssml.w("amazon:VB", "i"),
  ];
  const spoken = rendered(say(all));
  expect(refusalOf(say(all))).toBe("accepted");
  expect(spoken.children.map(({ name, attributes }) => [name, attributes])).toEqual([
    ["break", { time: "1s" }],
    ["emphasis", { level: "strong" }],
    ["lang", { "xml:lang": "ja-JP" }],
    ["p", {}],
    ["phoneme", { alphabet: "ipa", ph: "d" }],
    ["prosody", { rate: "slow", pitch: "+5%", volume: "loud" }],
    ["say-as", { "interpret-as": "date", format: "dm" }],
    ["sub", { alias: "g" }],
    ["w", { role: "amazon:VB" }],
  ]);
  expect(inside(spoken, 3, 0)).toMatchObject({ name: "s", text: "c" });
});
