import type { Language, Verb } from "../../core/verbs.ts";
import { languages } from "../../core/verbs.ts";

/** Words that a verb speaks, as its author gave them. */
export interface SpokenText {
  /** number of the verb in its document */
  readonly verb: number;
  readonly kind: "say" | "media" | "sms";
  /** a text for all languages at once, or one for each; undefined where one is missing */
  readonly text: string | Readonly<Partial<Record<Language, string>>>;
  /** what it is, for a reader */
  readonly name: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Every text of a document, also of documents beside it (whispers, waits) and of prompts within verbs. */
export function textsOf(verbs: readonly Verb[]): SpokenText[] {
  const texts: SpokenText[] = [];
  let index = 0;
  for (const verb of verbs) {
    const isGather = verb.verb === "gather";
    if (isGather) for (const [at, prompt] of verb.prompts.entries()) collect(prompt, index + 1 + at, texts);
    else collect(verb, index, texts);
    index += isGather ? 1 + verb.prompts.length : 1;
  }
  return texts;
}

function collect(value: unknown, verb: number, texts: SpokenText[]): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, verb, texts);
    return;
  }
  const fields = value as Fields;
  if (fields.verb === "say" || fields.verb === "sms")
    texts.push({ verb, kind: fields.verb, text: textOf(fields.text), name: fields.verb });
  else if (fields.verb === "play") texts.push({ verb, kind: "media", ...mediaText(fields.media) });
  else for (const one of Object.values(fields)) collect(one, verb, texts);
}

function textOf(text: unknown): SpokenText["text"] {
  if (typeof text === "string" || Array.isArray(text)) return wordsOf(text);
  return perLanguage(text, wordsOf);
}

function mediaText(media: unknown): Pick<SpokenText, "text" | "name"> {
  const files = perLanguage(media, (one) => (one as Fields | undefined)?.file);
  const name = Object.values(files).find((file) => typeof file === "string");
  return { text: perLanguage(media, (one) => wordsOf((one as Fields | undefined)?.text)), name: `${name ?? "a file"}` };
}

function perLanguage<T>(value: unknown, of: (one: unknown) => T): Partial<Record<Language, T>> {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Fields;
  const given = languages.flatMap((language) => (fields[language] == null ? [] : [[language, of(fields[language])]]));
  return Object.fromEntries(given);
}

/** Text and SSML as words; what is marked as another language is not judged as this one. */
function wordsOf(spoken: unknown): string {
  if (typeof spoken === "string") return spoken;
  if (Array.isArray(spoken)) return spoken.map(wordsOf).join(" ");
  const { ssml, attributes, children } = (typeof spoken === "object" && spoken !== null ? spoken : {}) as Fields;
  if (ssml === "sub") return String((attributes as Fields | undefined)?.alias ?? "");
  return ssml === "lang" ? "·" : wordsOf(children ?? "");
}
