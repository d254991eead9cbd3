/**
 * Makes the prompt audio of `flows/media.ts` with speech synthesisers from Debian:
 *   node scripts/make-prompts.ts [--all | <name>...] [--out <folder>]
 * Without arguments only missing files are made, so that a studio recording is never overwritten by accident.
 * The same package versions give the same bytes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { catalogue } from "../flows/media.ts";
import { commandLine, UsageError } from "./command-line.ts";
import { shown } from "./shown.ts";

const debianPackages = { flite: "flite", mecab: "mecab", "espeak-ng": "espeak-ng", sox: "sox", lame: "lame" } as const;
const dictionary = { folder: "/var/lib/mecab/dic/ipadic-utf8", debianPackage: "mecab-ipadic-utf8" };
const toolTimeoutMs = 30_000;

const sampleRateHz = 16_000;
const bitRateKbps = 16;
const speechLevelDb = -20;
const silenceSec = 0.15;
// The codec itself puts 576 samples (LAME) and 529 samples (decoder) of silence in front: 69 ms at 16 kHz.
const codecDelaySec = (576 + 529) / sampleRateHz;

class ToolError extends Error {}

function run(tool: keyof typeof debianPackages, args: string[], input = ""): { stdout: string; stderr: string } {
  const done = spawnSync(tool, args, { input, encoding: "utf8", timeout: toolTimeoutMs });
  if (done.error && "code" in done.error && done.error.code === "ENOENT") {
    throw new ToolError(`${tool} is missing: apt-get install ${debianPackages[tool]}`);
  }
  if (done.status !== 0) throw new ToolError(`${tool} failed: ${done.error?.message ?? done.stderr.trim()}`);
  return done;
}

/** Sentence by sentence: flite alone leaves only 0.2 s between them, too hurried for a menu. */
function speakEnglish(text: string, wav: string): void {
  const parts = text.split(/(?<=[.?]) /).map((sentence, index) => {
    const bare = `${wav}.${index}.bare.wav`;
    const paused = `${wav}.${index}.wav`;
    run("flite", ["-voice", "slt", "--setf", "duration_stretch=1.1", "-t", sentence, "-o", bare]);
    run("sox", ["-R", "-D", bare, paused, "pad", "0", "0.05"]);
    return paused;
  });
  run("sox", ["-R", "-D", ...parts, wav]);
}

const digitReadings = ["ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー"];

// Words that the dictionary reads wrongly: 方 is a person here (kata), not a direction (hou).
const corrections: Record<string, string> = { 方: "カタ" };

/** Katakana as it is pronounced, a space between phrases: espeak-ng spells kanji out as "Chinese letter". */
function toReading(text: string): string {
  if (!existsSync(dictionary.folder)) {
    throw new ToolError(`the mecab dictionary is missing: apt-get install ${dictionary.debianPackage}`);
  }
  const nodeFormat = ["-F", "%m\\t%f[0]\\t%f[1]\\t%f[8]\\n", "-U", "%m\\t%f[0]\\t%f[1]\\t\\n", "-E", ""];
  // As written, the dictionary cuts it into "ohanashi" and "shi", and says "shi" twice.
  const unambiguous = text.replaceAll("お話しください", "お話ください");
  let reading = "";
  let afterPrefix = false;
  for (const line of run("mecab", ["-d", dictionary.folder, ...nodeFormat], `${unambiguous}\n`).stdout.split("\n")) {
    const [surface = "", kind = "", subkind = "", pronunciation = ""] = line.split("\t");
    if (surface === "") continue;
    const spoken = digitReadings[Number(surface)] ?? corrections[surface] ?? (pronunciation || surface);
    if (/[\p{Script=Han}]/u.test(spoken)) throw new ToolError(`mecab knows no reading of ${surface} in: ${text}`);
    const opensPhrase = !["助詞", "助動詞", "記号"].includes(kind) && !["接尾", "非自立"].includes(subkind);
    reading += opensPhrase && !afterPrefix ? ` ${spoken}` : spoken;
    afterPrefix = kind === "接頭詞";
  }
  return reading.trim();
}

function speakJapanese(text: string, wav: string): void {
  run("espeak-ng", ["-v", "ja", "-s", "140", "-w", wav, toReading(text)]);
}

/** Telephone band, mono, one speech level for all files, the same silence at both ends. */
function master(wav: string, mp3: string): void {
  const band = `${wav}.band.wav`;
  const level = `${wav}.level.wav`;
  const trimEnd = ["reverse", "silence", "1", "0.01", "0.3%"];
  const toBand = ["highpass", "250", "rate", String(sampleRateHz), "lowpass", "3400", "norm", "-6"];
  run("sox", ["-R", "-D", wav, "-b", "16", "-c", "1", band, ...toBand, ...trimEnd, ...trimEnd]);
  const rmsDb = Number(/^RMS lev dB\s+(\S+)/m.exec(run("sox", [band, "-n", "stats"]).stderr)?.[1]);
  if (!(rmsDb > -60)) throw new ToolError(`the synthesiser gave silence for ${mp3}`);
  const gain = ["gain", "-l", (speechLevelDb - rmsDb).toFixed(2)];
  const pad = ["pad", (silenceSec - codecDelaySec).toFixed(4), silenceSec.toFixed(4)];
  run("sox", ["-R", "-D", band, "-b", "16", level, ...gain, ...pad]);
  // -t leaves out the Info frame, which names the encoder's version and is not audio.
  run("lame", ["--quiet", "-t", "-m", "m", "-q", "0", "--cbr", "-b", String(bitRateKbps), level, mp3]);
}

function main(): void {
  const { values, positionals } = commandLine({
    options: { all: { type: "boolean", default: false }, out: { type: "string", default: "assets/prompts" } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !Object.hasOwn(catalogue, name));
  if (unknown !== undefined) throw new ToolError(`no prompt is named ${shown(unknown)} in flows/media.ts`);
  const scratch = mkdtempSync(join(tmpdir(), "prompts-"));
  try {
    for (const [name, languages] of Object.entries(catalogue)) {
      for (const [language, { file, text }] of Object.entries(languages)) {
        const mp3 = join(values.out, file);
        const wanted = values.all || positionals.includes(name) || (positionals.length === 0 && !existsSync(mp3));
        if (!wanted || !file.endsWith(".mp3")) continue;
        const wav = join(scratch, `${language}-${name}.wav`);
        mkdirSync(dirname(mp3), { recursive: true });
        (language === "ja" ? speakJapanese : speakEnglish)(text, wav);
        master(wav, mp3);
        console.log(mp3);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof ToolError)) throw error;
  console.error(`make-prompts: ${error.message}`);
  process.exitCode = 1;
}
