/**
 * TwiML verbs as data. Names and attributes keep Twilio's spelling; times keep Twilio's unit (seconds), as in the
 * TwiML reference. A document is a list of verbs; `core/twiml.ts` turns it into XML.
 */
import type { YieldingVerb } from "./input.ts";

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

/** One text for all languages, or one per language. */
export type Text = string | Readonly<Record<Language, string>>;

export interface MediaFile {
  /** path below `prompts/`, for example `en/choose-day.mp3` */
  readonly file: string;
  /** what is said when no host can deliver the file; every file has one */
  readonly text: string;
}

export type Media = Readonly<Record<Language, MediaFile>>;

/** Marks where a `raw` element wants the action URL of this turn. */
export const actionUrl: unique symbol = Symbol("action URL");

export interface SayVerb {
  readonly verb: "say";
  readonly text: Text;
  readonly attributes: { readonly voice?: string; readonly loop?: number };
}
export interface PlayVerb {
  readonly verb: "play";
  readonly media: Media;
  readonly attributes: { readonly loop?: number };
}
export interface PauseVerb {
  readonly verb: "pause";
  readonly attributes: { readonly length?: number };
}
export interface GatherAttributes {
  readonly input?: "dtmf" | "speech" | "dtmf speech";
  readonly numDigits?: number;
  readonly timeout?: number;
  readonly speechTimeout?: number | "auto";
  readonly finishOnKey?: string;
  readonly hints?: string;
}
export interface GatherVerb {
  readonly verb: "gather";
  readonly attributes: GatherAttributes;
  readonly prompts: readonly (SayVerb | PlayVerb | PauseVerb)[];
}
export interface RecordAttributes {
  readonly maxLength?: number;
  readonly timeout?: number;
  readonly finishOnKey?: string;
  readonly playBeep?: boolean;
  readonly trim?: "trim-silence" | "do-not-trim";
}
export interface RecordVerb {
  readonly verb: "record";
  readonly attributes: RecordAttributes;
}
export interface DialAttributes {
  readonly timeout?: number;
  readonly timeLimit?: number;
  readonly callerId?: string;
  readonly answerOnBridge?: boolean;
}
export interface DialVerb {
  readonly verb: "dial";
  /** E.164 numbers; several ring at once [D dial page] */
  readonly numbers: readonly string[];
  readonly attributes: DialAttributes;
}
export interface HangupVerb {
  readonly verb: "hangup";
}
export interface RejectVerb {
  readonly verb: "reject";
  readonly attributes: { readonly reason?: "rejected" | "busy" };
}
/** Leaves the flow for another absolute URL; the call is then no longer ours. */
export interface RedirectVerb {
  readonly verb: "redirect";
  readonly url: string;
}
/** Any TwiML that has no typed verb yet. `actionUrl` as an attribute's value becomes this turn's action URL. */
export interface RawVerb {
  readonly verb: "raw";
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean | typeof actionUrl>>;
  readonly children: readonly (string | RawVerb)[];
}

export type Verb =
  | SayVerb
  | PlayVerb
  | PauseVerb
  | GatherVerb
  | RecordVerb
  | DialVerb
  | HangupVerb
  | RejectVerb
  | RedirectVerb
  | RawVerb;

/** Speaks a text, in the language of the call. */
export const say = (text: Text, attributes: SayVerb["attributes"] = {}): SayVerb => ({ verb: "say", text, attributes });

/** Plays a prompt from a catalogue, see `defineMedia`. */
export const playMedia = (media: Media, attributes: PlayVerb["attributes"] = {}): PlayVerb => ({
  verb: "play",
  media,
  attributes,
});

/** Silence. @param length seconds */
export const pause = (length = 1): PauseVerb => ({ verb: "pause", attributes: { length } });

/** Asks for keys or speech while its prompts are heard. */
export const gather = (attributes: GatherAttributes, ...prompts: GatherVerb["prompts"]): GatherVerb => ({
  verb: "gather",
  attributes,
  prompts,
});

/** Records the caller. Its outcome also arrives on the other leg, by status callback. */
export const record = (attributes: RecordAttributes = {}): RecordVerb => ({ verb: "record", attributes });

/** Calls one number, or several at once. Its outcome also arrives on the other leg, by status callback. */
export const dial = (numbers: string | readonly string[], attributes: DialAttributes = {}): DialVerb => ({
  verb: "dial",
  numbers: typeof numbers === "string" ? [numbers] : numbers,
  attributes,
});

export const hangup = (): HangupVerb => ({ verb: "hangup" });

export const reject = (reason: "rejected" | "busy" = "rejected"): RejectVerb => ({
  verb: "reject",
  attributes: { reason },
});

export const redirect = (url: string): RedirectVerb => ({ verb: "redirect", url });

export const raw = (
  name: string,
  attributes: RawVerb["attributes"] = {},
  ...children: RawVerb["children"]
): RawVerb => ({ verb: "raw", name, attributes, children });

/** The verb's text in one language. */
export function textIn(language: Language, text: Text): string {
  return typeof text === "string" ? text : text[language];
}

/** Does this verb hand the call to a request of its own? @returns the name under which its answer comes back */
export function yields(verb: Verb): YieldingVerb | undefined {
  switch (verb.verb) {
    case "gather":
    case "record":
    case "dial":
      return verb.verb;
    case "raw":
      return Object.values(verb.attributes).includes(actionUrl) ? "raw" : undefined;
    default:
      return undefined;
  }
}

/**
 * Is nothing after this verb ever reached? [D dial, redirect, hangup pages] A gather falls through on silence, and so
 * did a record with nothing in it, by an older reference page; the present one is silent about it.
 */
export function endsDocument(verb: Verb): boolean {
  return ["dial", "hangup", "reject", "redirect"].includes(verb.verb);
}

/**
 * The document from verb `from` on. Verbs are numbered in document order, a gather before its prompts. A gather is
 * given whole: Twilio fetches all its prompts before the first is heard [D gather page], so none of them was.
 */
export function verbsFrom(verbs: readonly Verb[], from: number): { index: number; verb: Verb }[] {
  let end = 0;
  return verbs.flatMap((verb) => {
    const index = end;
    end += verbLength(verb);
    return end > from ? [{ index, verb }] : [];
  });
}

/** How many numbers a verb takes. */
export function verbLength(verb: Verb): number {
  return verb.verb === "gather" ? 1 + verb.prompts.length : 1;
}

/** The names of a document's verbs in the order of their numbers. */
export function verbNames(verbs: readonly Verb[]): string[] {
  return verbs.flatMap((verb) =>
    verb.verb === "gather" ? [verb.verb, ...verb.prompts.map((prompt) => prompt.verb)] : [verb.verb],
  );
}
