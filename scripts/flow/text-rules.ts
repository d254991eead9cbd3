import type { Flow } from "../../core/flow.ts";
import { type Language, languages, type Verb } from "../../core/verbs.ts";
import type { Heard, HeardDocument } from "./documents.ts";
import type { Finding } from "./finding.ts";
import { type SpokenText, textsOf } from "./texts.ts";

type Found = Omit<Finding, "flow">;
type Problem = Omit<Found, "step" | "verb">;

const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
const letter = /\p{L}/u;
const languageNames: Readonly<Record<Language, string>> = { en: "English", ja: "Japanese" };

/** Texts that are missing, or in the wrong language. A flow that never speaks both languages is asked for no second one. */
export function textFindings(flow: Flow, { documents }: Heard): readonly Found[] {
  const own: HeardDocument = {
    step: "(last resort)",
    goesOn: false,
    verbs: Object.fromEntries(languages.map((one) => [one, flow.lastResort(one)])) as HeardDocument["verbs"],
  };
  const all = [...documents, own];
  const speaksBoth = all.some(({ verbs }) => isInBoth(verbs));
  const found = new Map<string, Found>();
  for (const { step, verbs } of all) {
    for (const { verb, problems } of languages.flatMap((language) => judge(verbs, language, speaksBoth))) {
      for (const problem of problems) {
        // a warning once for a verb: it may say something else for all data
        const key = JSON.stringify([step, verb, problem.level === "error" ? problem.what : problem.rule]);
        if (!found.has(key)) found.set(key, { step, verb, ...problem });
      }
    }
  }
  return [...found.values()];
}

/** A text of its own for each language, or another document for each. */
function isInBoth(verbs: HeardDocument["verbs"]): boolean {
  if (textsOf(verbs.en).some(({ text }) => typeof text !== "string")) return true;
  return wordsOf(verbs.en) !== wordsOf(verbs.ja);
}

const wordsOf = (verbs: readonly Verb[]) => JSON.stringify(textsOf(verbs).map(({ text }) => text));

function judge(verbs: HeardDocument["verbs"], language: Language, speaksBoth: boolean) {
  const other = textsOf(verbs[language === "en" ? "ja" : "en"]);
  return textsOf(verbs[language]).map((spoken, at) => ({
    verb: spoken.verb,
    problems: problemsOf(spoken, other[at]?.text, language, speaksBoth),
  }));
}

function problemsOf(
  { kind, text, name }: SpokenText,
  other: SpokenText["text"] | undefined,
  language: Language,
  speaksBoth: boolean,
): Problem[] {
  const words = typeof text === "string" ? text : text[language];
  const spoken = languageNames[language];
  if (words === undefined || words.trim() === "") {
    const what = kind === "media" ? `${name} has no ${spoken} text alternative` : `the ${spoken} text is empty`;
    return [{ level: "error", rule: "missing-text", what, mend: "write it" }];
  }
  if (!speaksBoth || !letter.test(words)) return [];
  if (typeof text === "string" && (other === undefined || other === text)) {
    const what = `“${shortened(words)}” is said in both languages`;
    return [{ level: "warning", rule: "one-language", what, mend: "give `{ en, ja }`" }];
  }
  if (japanese.test(words) === (language === "ja")) return [];
  const what = language === "ja" ? "the Japanese text has no Japanese in it" : "the English text has Japanese in it";
  return [{ level: "warning", rule: "wrong-language", what: `${what}: “${shortened(words)}”`, mend: "translate it" }];
}

const shownMax = 30;
const shortened = (text: string) => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
