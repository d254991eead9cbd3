import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { readAudio } from "../../scripts/build/audio.ts";
import { root } from "../../scripts/build/bundle.ts";
import { checkMedia } from "../../scripts/build/check-media.ts";
import { build } from "../../scripts/build.ts";

const shipped = path.join(root, "assets", "prompts", "en", "not-understood.mp3");
const mp3 = await readFile(shipped);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-media-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A flow whose catalogue is this text, and prompts with these contents. @returns options of `checkMedia` */
async function flowWith(catalogue: string, files: Readonly<Record<string, Buffer | string>> = {}) {
  const index = JSON.stringify(path.join(root, "core", "index.ts"));
  const flowsEntry = path.join(folder, "flows.ts");
  const prompts = path.join(folder, "prompts");
  const code = `import { defineMedia } from ${index};
    export const play = defineMedia(${catalogue} as never); export const flows = [];`;
  await writeFile(flowsEntry, code);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(prompts, name)), { recursive: true });
    await writeFile(path.join(prompts, name), content);
  }
  return { flowsEntry, prompts };
}

const both = (file: string, text = "Hello.") => {
  const entry = `{ file: ${JSON.stringify(file)}, text: ${JSON.stringify(text)} }`;
  return `{ en: ${entry}, ja: ${entry} }`;
};

interface Sound {
  readonly codec?: number;
  readonly bits?: number;
  readonly seconds?: number;
}

function wav({ codec = 1, bits = 16, seconds = 1 }: Sound = {}): Buffer {
  const rate = 8_000;
  const size = (rate * seconds * bits) / 8;
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + size, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(codec, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * bits) / 8, 28);
  head.writeUInt16LE(bits / 8, 32);
  head.writeUInt16LE(bits, 34);
  head.write("data", 36);
  head.writeUInt32LE(size, 40);
  return Buffer.concat([head, Buffer.alloc(size)]);
}

/** A frame of 36 ms at 8 kbit/s. */
const slowFrame = Buffer.concat([Buffer.from([0xff, 0xf3, 0x18, 0xc4]), Buffer.alloc(32)]);
const id3 = Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 2]), Buffer.alloc(130)]);

describe("what a file holds", () => {
  test.each([
    ["an mp3", mp3, { kind: "mp3", durationSec: expect.closeTo(2.8, 0) }],
    ["an mp3 behind a tag", Buffer.concat([id3, mp3]), { kind: "mp3", durationSec: expect.closeTo(2.8, 0) }],
    ["an mp3 before a tag", Buffer.concat([mp3, Buffer.from("TAG"), Buffer.alloc(125)]), { kind: "mp3" }],
    ["a wav of 16 bits", wav({ seconds: 2 }), { kind: "wav", durationSec: 2 }],
    ["a wav of 8 bits", wav({ bits: 8 }), { kind: "wav", durationSec: 1 }],
    ["a wav in mu-law", wav({ codec: 7, bits: 8, seconds: 3 }), { kind: "wav", durationSec: 3 }],
  ])("%s is played", (_, bytes, expected) => {
    expect(readAudio(bytes)).toMatchObject(expected);
  });

  test.each([
    ["nothing", Buffer.alloc(0), "is empty"],
    ["zeros", Buffer.alloc(1_000), "holds neither mp3 nor wav"],
    ["text", Buffer.from("say hello"), "holds neither mp3 nor wav"],
    ["a tag without sound", id3, "holds no sound"],
    ["a web page", Buffer.from("<!doctype html><p>404"), "holds a web page or XML, neither mp3 nor wav"],
    ["Ogg", Buffer.from("OggS and more"), "holds Ogg audio, neither mp3 nor wav"],
    ["MP4", Buffer.from("\0\0\0\u0018ftypM4A "), "holds MP4 (AAC) audio, neither mp3 nor wav"],
    ["half an upload", mp3.subarray(0, mp3.length - 20), "is cut short in its last frame"],
    ["a hole", Buffer.concat([mp3, Buffer.from("xxxx"), mp3]), `is damaged: no mp3 frame at byte ${mp3.length}`],
    ["a wav of 24 bits", wav({ bits: 24 }), "is a wav of codec 1 with 24 bits, not PCM of 8 or 16 or mu-law"],
    ["a wav of floats", wav({ codec: 3, bits: 32 }), "is a wav of codec 3 with 32 bits, not PCM of 8 or 16 or mu-law"],
    ["half a wav", wav().subarray(0, 1_000), "is cut short in its 'data' chunk"],
    ["a wav without sound", wav({ seconds: 0 }), "holds no sound"],
    ["the head of a wav", wav().subarray(0, 36), "is a wav without sound"],
  ])("%s is not played", (_, bytes, what) => {
    expect(readAudio(bytes)).toEqual({ kind: "unplayable", what });
  });
});

describe("the prompts of the flows that are built", () => {
  test("are all there as shipped, and none too many", async () => {
    const { problems, warnings, files } = await checkMedia();
    expect([...problems, ...warnings]).toEqual([]);
    expect(files.length).toBeGreaterThanOrEqual(20);
    expect(files.every(({ bytes, durationSec }) => bytes > 1_000 && durationSec > 1)).toBe(true);
  });

  test("are reported all at once: each missing, foreign, renamed, too large or too long file, and what has no text", async () => {
    const catalogue = `{
      gone: ${both("en/gone.mp3")}, foreign: ${both("en/foreign.mp3")}, renamed: ${both("en/renamed.wav")},
      large: ${both("en/large.wav")}, long: ${both("en/long.mp3")}, good: ${both("good.wav")},
      silent: ${both("good.wav", " ")}, outside: ${both("../good.wav")}, english: { en: { file: "good.wav", text: "x" } },
    }`;
    const options = await flowWith(catalogue, {
      "en/foreign.mp3": "OggS",
      "en/renamed.wav": mp3,
      "en/large.wav": wav({ seconds: limits.mediaFileBytesMax / 16_000 + 1 }),
      "en/long.mp3": Buffer.concat(Array(Math.ceil(limits.mediaFileSecMax / 0.036) + 1).fill(slowFrame)),
      "good.wav": wav(),
      "en/forgotten.mp3": mp3,
    });
    const { problems, warnings, files } = await checkMedia(options);
    expect(problems).toEqual([
      expect.stringMatching(/^media silent: 'good.wav' has no text alternative; /),
      expect.stringMatching(/^media silent: 'good.wav' has no text alternative; /),
      expect.stringMatching(/^media outside: '..\/good.wav' is not a path like en\/name.mp3; /),
      expect.stringMatching(/^media outside: '..\/good.wav' is not a path like en\/name.mp3; /),
      expect.stringMatching(/^media english: has no file in ja; /),
      expect.stringMatching(
        /^en\/gone.mp3 \(prompt gone in en, prompt gone in ja\): is not in assets\/prompts; record/,
      ),
      expect.stringMatching(/^en\/foreign.mp3 \(.*\): holds Ogg audio, neither mp3 nor wav; save it again/),
      expect.stringMatching(/^en\/renamed.wav \(.*\): holds mp3; change its name/),
      expect.stringMatching(/^en\/large.wav \(.*\): has 4016044 bytes; make it smaller than 4000000/),
      expect.stringMatching(/^en\/long.mp3 \(.*\): lasts 2400 s; cut it/),
    ]);
    expect(problems.every((line) => !line.includes("\n"))).toBe(true);
    expect(warnings).toEqual(["en/forgotten.mp3: no prompt of these flows names it; remove it or name it"]);
    expect(files).toEqual([{ file: "good.wav", bytes: 16_044, durationSec: 1 }]);
  });

  test("are known whatever a flow's data are: a file behind a condition is not missed", async () => {
    const options = await flowWith(`{ seldom: ${both("en/seldom.mp3")} }`);
    expect((await checkMedia(options)).problems).toHaveLength(1);
    await mkdir(path.join(options.prompts, "en"), { recursive: true });
    await copyFile(shipped, path.join(options.prompts, "en", "seldom.mp3"));
    expect((await checkMedia(options)).problems).toEqual([]);
  });
});

test("a build with a broken prompt writes nothing and says why, a line for each problem", async () => {
  const { flowsEntry } = await flowWith(`{ gone: ${both("en/gone.mp3")}, silent: ${both("en/survey-visit.mp3", "")} }`);
  const outDir = path.join(folder, "out");
  const message = await build({ flowsEntry, outDir }).then(
    () => "built",
    (error: Error) => error.message,
  );
  expect(message.split("\n")).toEqual([
    "build: 3 problems in the prompts of the flows",
    expect.stringMatching(/^media silent: .* has no text alternative/),
    expect.stringMatching(/^media silent: .* has no text alternative/),
    expect.stringMatching(/^en\/gone\.mp3 .* is not in assets\/prompts/),
  ]);
  expect(existsSync(outDir)).toBe(false);
});

test("a flow that cannot be loaded fails the build with the reason", async () => {
  const flowsEntry = path.join(folder, "broken.ts");
  await writeFile(flowsEntry, `export const flows = []; throw new Error("flow desk: start step 'a' does not exist");`);
  const built = build({ flowsEntry, outDir: path.join(folder, "out") });
  await expect(built).rejects.toThrow("the flows cannot be loaded: flow desk: start step 'a' does not exist");
});
