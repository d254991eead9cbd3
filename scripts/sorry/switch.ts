import type { Media } from "../../core/index.ts";
import { limits } from "../../core/limits.ts";
import { allowMark, type SorrySwitch } from "../../core/sorry-switch.ts";
import { languages } from "../../core/verbs.ts";
import { UsageError } from "../command-line.ts";
import type { GivenWords, SorryArguments } from "./arguments.ts";
import { readUntil, spokenEnd } from "./until.ts";

export const defaultMessage = {
  en: "We are sorry. We cannot take your call at the moment.",
  ja: "申し訳ございません。ただいまお電話をお受けすることができません。",
};
/** [D Functions variables, error 82006] */
const variableBytesMax = 450;
/** [D Systems Manager quotas] */
const parameterCharactersMax = 4_096;

/** How a leg stores the switch. */
export interface Stored {
  /** of the primary's one parameter */
  readonly parameter: string;
  /** of the fallback's service, by name */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The switch as the command line asks for it.
 *
 * @param authToken the account's, with which the numbers that pass are hidden
 * @throws UsageError for a time that is past, or numbers without a token
 */
export function switchOf(
  given: SorryArguments,
  catalogue: Readonly<Record<string, Media>>,
  authToken: string | undefined,
  nowMs: number,
): SorrySwitch {
  const untilMs = given.until === undefined ? undefined : readUntil(given.until, nowMs);
  const { scope, flows, allow, words } = given;
  if (allow.length > 0 && !authToken)
    throw new UsageError("--allow needs TWILIO_AUTH_TOKEN: numbers are kept as marks");
  const media = words.audio === undefined ? undefined : catalogue[words.audio];
  return {
    on: given.command === "on",
    scope,
    ...(untilMs !== undefined && { untilMs }),
    ...(flows && { flows }),
    ...(allow.length > 0 && authToken && { allow: allow.map((number) => allowMark(authToken, number)) }),
    say: saidIn(words, media, untilMs === undefined ? undefined : spokenEnd(untilMs, nowMs)),
    ...(media && { audio: Object.fromEntries(languages.map((language) => [language, media[language].file])) }),
  };
}

/** In every language: the message, and on a second line the reason and the expected end, where they are known. */
function saidIn(words: GivenWords, media: Media | undefined, end: Record<"en" | "ja", string> | undefined) {
  const said = languages.map((language) => {
    const message = media?.[language].text ?? words.message[language] ?? defaultMessage[language];
    const after = [words.reason[language], end?.[language]].filter((part) => part !== undefined);
    const lines = [message, after.join(language === "ja" ? "" : " ")].map((line) => line.replace(/\s+/g, " ").trim());
    return [language, lines.filter((line) => line !== "").join("\n")];
  });
  return Object.fromEntries(said) as Record<"en" | "ja", string>;
}

/**
 * What each leg is given.
 * @throws UsageError naming what is too long for it
 */
export function toStored({ on, say = {}, audio, ...rest }: SorrySwitch): Stored {
  const word = on ? "on" : "off";
  const more = { ...rest, ...(audio && Object.keys(audio).length > 0 && { audio }) };
  const parameter = `${word} ${JSON.stringify({ ...more, say })}`;
  const texts = Object.entries(say).map(([language, text]) => [`SORRY_${language.toUpperCase()}`, text]);
  // the switch comes last: when it is turned, what is said is there
  const variables: Record<string, string> = { ...Object.fromEntries(texts), SORRY: `${word} ${JSON.stringify(more)}` };
  for (const [name, value] of Object.entries(variables)) {
    const bytes = Buffer.byteLength(value);
    if (bytes <= variableBytesMax) continue;
    const mend = name === "SORRY" ? "fewer numbers or flows" : "a shorter message or reason";
    throw new UsageError(`${name} would have ${bytes} bytes; Twilio allows ${variableBytesMax}: ${mend}`);
  }
  if (Object.values(say).some((text) => text.length > limits.sorryTextCharactersMax)) {
    throw new UsageError(`more than ${limits.sorryTextCharactersMax} characters to say`);
  }
  if (parameter.length > parameterCharactersMax) throw new UsageError("too much for one parameter: a shorter message");
  return { parameter, variables };
}
