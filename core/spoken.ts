/** An SSML element of a Say; its names and attributes are those of the voices' providers. [D Say page, text-to-speech] */
export interface SsmlElement {
  readonly ssml: "break" | "emphasis" | "lang" | "p" | "phoneme" | "prosody" | "s" | "say-as" | "sub" | "w";
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly SpokenPart[];
}
export type SpokenPart = string | SsmlElement;
/** What a Say speaks: plain text, or text with SSML in it. */
export type Spoken = string | readonly SpokenPart[];

type Interpretation =
  | ("characters" | "spell-out" | "cardinal" | "number" | "ordinal" | "digits" | "fraction" | "unit" | "date" | "time")
  | ("address" | "expletive" | "telephone");

const element =
  (name: SsmlElement["ssml"]) =>
  (attributes: Readonly<Record<string, string>>, ...children: readonly SpokenPart[]): SsmlElement => ({
    ssml: name,
    attributes,
    children,
  });

/** Builders for SSML. Basic voices ignore it and speak the text [D Say page]. */
export const ssml = {
  /** Silence. @param time like `500ms` or `2s` */
  break: (time: string) => element("break")({ time }),
  emphasis: (level: "strong" | "moderate" | "reduced", ...children: readonly SpokenPart[]) =>
    element("emphasis")({ level }, ...children),
  /** @param language like `ja-JP` */
  lang: (language: string, ...children: readonly SpokenPart[]) =>
    element("lang")({ "xml:lang": language }, ...children),
  p: (...children: readonly SpokenPart[]) => element("p")({}, ...children),
  s: (...children: readonly SpokenPart[]) => element("s")({}, ...children),
  phoneme: (alphabet: string, ph: string, text: string) => element("phoneme")({ alphabet, ph }, text),
  prosody: (
    how: { readonly rate?: string; readonly pitch?: string; readonly volume?: string },
    ...children: readonly SpokenPart[]
  ) => element("prosody")({ ...how }, ...children),
  sayAs: (interpretAs: Interpretation, text: string, format?: string) =>
    element("say-as")({ "interpret-as": interpretAs, ...(format === undefined ? {} : { format }) }, text),
  /** `text` stands in the document, `alias` is heard. */
  sub: (alias: string, text: string) => element("sub")({ alias }, text),
  w: (role: string, text: string) => element("w")({ role }, text),
} as const;

/** The text alone, for a plain rendering and for whoever reads: what a substitution stands for is what is heard. */
export function plainText(spoken: Spoken): string {
  return typeof spoken === "string" ? spoken : spoken.map(partText).join("");
}

function partText(part: SpokenPart): string {
  if (typeof part === "string") return part;
  if (part.ssml === "sub") return part.attributes.alias ?? "";
  return part.ssml === "break" ? " " : plainText(part.children);
}
