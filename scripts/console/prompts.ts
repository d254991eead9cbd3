import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { loadedCatalogues } from "../../core/media.ts";
import { languages } from "../../core/verbs.ts";
import { readAudio } from "../build/audio.ts";

export interface Prompt {
  readonly type: "audio/mpeg" | "audio/wav";
  readonly bytes: Buffer;
  readonly lengthMs: number;
  /** its text alternative, if a catalogue has it */
  readonly text: string | undefined;
}

/** By file, as `en/hello.mp3`. What is not in it is not served. */
export type Prompts = ReadonlyMap<string, Prompt>;

const filesMax = 1_000;
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(mp3|wav)$/;

/** Reads the audio files of all languages. The flows must be loaded before: their catalogues have the texts. */
export async function loadPrompts(folder: string): Promise<Prompts> {
  const texts = textsOfFiles();
  const prompts = new Map<string, Prompt>();
  for (const language of languages) {
    const files = await readdir(path.join(folder, language)).catch(() => []);
    for (const file of files.filter((one) => name.test(one)).slice(0, filesMax)) {
      const bytes = await readFile(path.join(folder, language, file));
      const audio = readAudio(bytes);
      if (audio.kind === "unplayable") continue;
      const id = `${language}/${file}`;
      const type = audio.kind === "mp3" ? "audio/mpeg" : "audio/wav";
      prompts.set(id, { type, bytes, lengthMs: Math.round(audio.durationSec * 1_000), text: texts.get(id) });
    }
  }
  return prompts;
}

function textsOfFiles(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const catalogue of loadedCatalogues()) {
    for (const media of Object.values(catalogue)) {
      for (const language of languages) {
        const { file, text } = media[language];
        texts.set(file, text);
      }
    }
  }
  return texts;
}
