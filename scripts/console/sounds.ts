import type { ConsoleEvent, Language } from "../../console/protocol.ts";
import { languages } from "../../core/verbs.ts";
import type { Sound } from "../../rehearsal/line-state.ts";
import type { Prompts } from "./prompts.ts";

export type Heard = Omit<Extract<ConsoleEvent, { kind: "heard" }>, "kind" | "atMs" | "callId">;

/** How long a voice takes for one character. */
const msPerCharacter: Readonly<Record<Language, number>> = { en: 60, ja: 150 };
/** Music without end is cut: a person at the page hangs up, or waits no longer. */
const soundMsMax = 600_000;

/** What the page is told of a sound: its words, its file, its real length. */
export function heardOf(
  { kind, text, url, language, lengthMs, repeats }: Sound,
  prompts: Prompts,
  usual: Language,
): Heard {
  const times = (ms: number) => Math.min(Math.round(ms) * repeats, soundMsMax);
  const spoken = languages.find((one) => language?.toLowerCase().startsWith(one)) ?? usual;
  switch (kind) {
    case "say":
      return { sound: "speech", text, language: spoken, lengthMs: times([...text].length * msPerCharacter[spoken]) };
    case "pause":
      return { sound: "pause", text, language: usual, lengthMs: times(lengthMs) };
    case "tones":
      return { sound: "tones", text, language: usual, lengthMs: times(lengthMs) };
    case "play": {
      const file = promptOf(url ?? "");
      const prompt = prompts.get(file);
      if (prompt === undefined) return { sound: "media", text, language: usual, lengthMs: times(lengthMs) };
      const of = languages.find((one) => file.startsWith(`${one}/`)) ?? usual;
      const words = prompt.text ?? text;
      return { sound: "media", text: words, mediaFile: file, language: of, lengthMs: times(prompt.lengthMs) };
    }
  }
}

/** Either leg's media URL ends with the language's folder and the file. */
function promptOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? "";
  return path.split("/").slice(-2).join("/");
}
