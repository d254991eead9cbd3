import { FlowError } from "./errors.ts";
import { limits } from "./limits.ts";
import { mediaFile, whole } from "./names.ts";
import { playMedia } from "./verb-builders.ts";
import type { Media, PlayVerb, Verb } from "./verbs.ts";

/** The ladder that a failed file steps down, for the rest of the call: where the next attempt comes from. */
export const rungs = ["primary", "fallback", "text"] as const;
export type Rung = 0 | 1 | 2;

/** One rung down, to the text at the last. */
export function stepDown(rung: Rung): Rung {
  return rung === 0 ? 1 : 2;
}

const filePattern = whole(mediaFile);

/**
 * Makes the `play` of a catalogue of prompts.
 *
 * @param catalogue for each name, a file below `prompts/` and its text alternative in every language
 * @throws FlowError for a file name that is not a plain path of mp3 or wav, or an empty text alternative
 */
export function defineMedia<Name extends string>(
  catalogue: Readonly<Record<Name, Media>>,
): (name: Name, attributes?: PlayVerb["attributes"]) => PlayVerb {
  for (const [name, media] of Object.entries<Media>(catalogue)) {
    for (const { file, text } of Object.values(media)) {
      if (!filePattern.test(file) || file.length > limits.mediaFileCharactersMax)
        throw new FlowError(`media ${name}: '${file}' is not a path like en/name.mp3`);
      if (text.trim() === "") throw new FlowError(`media ${name}: '${file}' has no text alternative`);
    }
  }
  return (name, attributes) => playMedia(catalogue[name], attributes);
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
