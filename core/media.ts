import { FlowError } from "./errors.ts";
import { limits } from "./limits.ts";
import { mediaFile, whole } from "./names.ts";
import { playMedia } from "./verb-builders.ts";
import { languages, type Media, type PlayVerb, type Verb } from "./verbs.ts";

/** The ladder that a failed file steps down, for the rest of the call: where the next attempt comes from. */
export const rungs = ["primary", "fallback", "text"] as const;
export type Rung = 0 | 1 | 2;

/** One rung down, to the text at the last. */
export function stepDown(rung: Rung): Rung {
  return rung === 0 ? 1 : 2;
}

const filePattern = whole(mediaFile);

/** Prompts by name: for each a file below `prompts/` and its text alternative in every language. */
export type Catalogue = Readonly<Record<string, Media>>;

const loaded: Catalogue[] = [];

/**
 * The catalogues of the modules that were loaded, those that `defineMedia` refused included. A flow gets the verb that plays a
 * file from nowhere else, so no file that it can play is missing here, whatever its data are. For the build's check.
 */
export const loadedCatalogues = (): readonly Catalogue[] => loaded;

/**
 * Makes the `play` of a catalogue of prompts.
 *
 * @throws FlowError for a file name that is not a plain path of mp3 or wav, a missing language, or an empty text alternative
 */
export function defineMedia<Name extends string>(
  catalogue: Readonly<Record<Name, Media>>,
): (name: Name, attributes?: PlayVerb["attributes"]) => PlayVerb {
  loaded.push(catalogue);
  const [problem] = problemsInCatalogue(catalogue);
  if (problem !== undefined) throw new FlowError(problem);
  return (name, attributes) => playMedia(catalogue[name], attributes);
}

/** What is wrong with a catalogue whatever its files hold: a sentence for each problem, which names the prompt. */
export function problemsInCatalogue(catalogue: Catalogue): string[] {
  return Object.entries(catalogue).flatMap(([name, media]) =>
    languages.flatMap((language) => {
      const entry: Media["en"] | undefined = media[language];
      if (entry === undefined) return [`media ${name}: has no file in ${language}`];
      const { file, text } = entry;
      const plain = filePattern.test(file) && file.length <= limits.mediaFileCharactersMax;
      return [
        ...(plain ? [] : [`media ${name}: '${file}' is not a path like en/name.mp3`]),
        ...(text.trim() === "" ? [`media ${name}: '${file}' has no text alternative`] : []),
      ];
    }),
  );
}

/** The number of the first verb at or after `from` that plays `file`, if the document has one. */
export function findFile(verbs: readonly Verb[], file: string, from: number): number | undefined {
  const flat = verbs.flatMap((verb): Verb[] => (verb.verb === "gather" ? [verb, ...verb.prompts] : [verb]));
  const found = flat.findIndex(
    (verb, index) =>
      index >= from && verb.verb === "play" && Object.values(verb.media).some((media) => media.file === file),
  );
  return found === -1 ? undefined : found;
}
