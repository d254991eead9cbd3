/**
 * TwiML verbs as data. Names and attributes keep Twilio's spelling; times keep Twilio's unit (seconds), as in the
 * TwiML reference. A document is a list of verbs; `core/twiml.ts` turns it into XML.
 */
import type { Attributes } from "./elements.ts";
import type { YieldingVerb } from "./input.ts";
import { plainText, type Spoken } from "./spoken.ts";

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

/** One text for all languages, or one per language; with SSML where a voice can speak it. */
export type Text = Spoken | Readonly<Record<Language, Spoken>>;

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
  readonly attributes: Attributes<"Say">;
}
export interface PlayVerb {
  readonly verb: "play";
  readonly media: Media;
  readonly attributes: Attributes<"Play">;
}
/** `<Play digits>`: tones instead of a file. */
export interface PlayDigitsVerb {
  readonly verb: "playDigits";
  readonly digits: string;
}
export interface PauseVerb {
  readonly verb: "pause";
  readonly attributes: Attributes<"Pause">;
}
export type PromptVerb = SayVerb | PlayVerb | PauseVerb;
export type GatherAttributes = Attributes<"Gather">;
export interface GatherVerb {
  readonly verb: "gather";
  readonly attributes: GatherAttributes;
  readonly prompts: readonly PromptVerb[];
}
export type RecordAttributes = Attributes<"Record">;
export interface RecordVerb {
  readonly verb: "record";
  readonly attributes: RecordAttributes;
}

/**
 * A document beside the call: what a called person hears before being connected (whisper), what a caller hears in a
 * queue (wait). It is no turn: it writes nothing, may be fetched any number of times, and fails without harm to the call.
 */
export interface Aside {
  readonly prompts: readonly PromptVerb[];
  /** a whisper: only who presses it is connected; a wait: who presses it leaves the queue */
  readonly key?: string;
}

type Parameters = Readonly<Record<string, string>>;
export type DialTarget =
  | {
      readonly noun: "Number";
      readonly to: string;
      readonly attributes: Attributes<"Number">;
      readonly whisper?: Aside;
    }
  | { readonly noun: "Sip"; readonly to: string; readonly attributes: Attributes<"Sip">; readonly whisper?: Aside }
  | {
      readonly noun: "Client";
      readonly to: string;
      readonly attributes: Attributes<"Client">;
      readonly parameters: Parameters;
      readonly whisper?: Aside;
    }
  | { readonly noun: "Conference"; readonly to: string; readonly attributes: Attributes<"Conference"> }
  | { readonly noun: "Queue"; readonly to: string; readonly attributes: Attributes<"Queue">; readonly whisper?: Aside };
export type DialAttributes = Attributes<"Dial">;
export interface DialVerb {
  readonly verb: "dial";
  /** several ring at once, or one after the other with `sequential` [D dial page] */
  readonly targets: readonly DialTarget[];
  readonly attributes: DialAttributes;
}
export interface EnqueueVerb {
  readonly verb: "enqueue";
  /** name of the queue; undefined for a TaskRouter task */
  readonly queue: string | undefined;
  /** a TaskRouter task's attributes, which must survive JSON; needs `workflowSid` */
  readonly task: Readonly<Record<string, unknown>> | undefined;
  readonly taskAttributes: Attributes<"Task">;
  readonly wait?: Aside;
  readonly attributes: Attributes<"Enqueue">;
}
export interface PayPrompt {
  readonly attributes: Attributes<"Prompt">;
  readonly prompts: readonly PromptVerb[];
}
export interface PayVerb {
  readonly verb: "pay";
  readonly attributes: Attributes<"Pay">;
  readonly prompts: readonly PayPrompt[];
  readonly parameters: Parameters;
}
/** Hands the call to another side over a socket, until that ends the session. */
export interface ConnectVerb {
  readonly verb: "connect";
  readonly noun: "Stream" | "ConversationRelay";
  readonly attributes: Attributes<"Stream"> | Attributes<"ConversationRelay">;
  readonly parameters: Parameters;
}
/** Begins or ends something beside the call; the next verb follows at once. */
export interface SessionVerb {
  readonly verb: "start" | "stop";
  readonly noun: "Stream" | "Recording" | "Transcription" | "Siprec";
  readonly attributes: Attributes<"Stream" | "Recording" | "Transcription" | "Siprec">;
  readonly parameters: Parameters;
}
/** Hands the call over to a SIP address, for calls that came by SIP [D refer page]. */
export interface ReferVerb {
  readonly verb: "refer";
  readonly to: string;
}
export interface SmsVerb {
  readonly verb: "sms";
  readonly text: Text;
  readonly attributes: Attributes<"Sms">;
}
export interface HangupVerb {
  readonly verb: "hangup";
}
export interface RejectVerb {
  readonly verb: "reject";
  readonly attributes: Attributes<"Reject">;
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
  | (SayVerb | PlayVerb | PlayDigitsVerb | PauseVerb | GatherVerb | RecordVerb | DialVerb | EnqueueVerb | PayVerb)
  | (ConnectVerb | SessionVerb | ReferVerb | SmsVerb | HangupVerb | RejectVerb | RedirectVerb | RawVerb);

/** The verb's text in one language, as it is heard. */
export function textIn(language: Language, text: Text): string {
  return plainText(wordsIn(language, text));
}

/** The verb's text in one language, with its SSML. */
export function wordsIn(language: Language, text: Text): Spoken {
  if (typeof text === "string" || Array.isArray(text)) return text as Spoken;
  return (text as Readonly<Record<Language, Spoken>>)[language];
}

/** What a verb that hands the call to a request of its own leaves behind when the request is lost. */
export interface Yielding {
  /** `ask`: hearing it again is harmless. `go-on`: somebody was called, charged or queued; never again. */
  readonly whenLost: "ask" | "go-on";
  /** the status callback, on the other leg, by which the outcome becomes known all the same */
  readonly crossed: string | undefined;
}

/** Every verb whose answer comes back in a request [D each verb's page]. */
export const yielding: { readonly [V in Exclude<YieldingVerb, "next">]: Yielding } = {
  gather: { whenLost: "ask", crossed: undefined },
  record: { whenLost: "ask", crossed: "recordingStatusCallback" },
  dial: { whenLost: "go-on", crossed: "statusCallback of Number, Sip, Client; of a Conference, leaving it" },
  enqueue: { whenLost: "go-on", crossed: undefined },
  pay: { whenLost: "go-on", crossed: "statusCallback, once the transaction has a result" },
  connect: { whenLost: "go-on", crossed: undefined },
  refer: { whenLost: "go-on", crossed: undefined },
  sms: { whenLost: "go-on", crossed: undefined },
  raw: { whenLost: "go-on", crossed: undefined },
};

/** Does this verb hand the call to a request of its own? @returns the name under which its answer comes back */
export function yields(verb: Verb): YieldingVerb | undefined {
  switch (verb.verb) {
    case "gather":
    case "record":
    case "dial":
    case "enqueue":
    case "pay":
    case "connect":
    case "refer":
    case "sms":
      return verb.verb;
    case "raw":
      return Object.values(verb.attributes).includes(actionUrl) ? "raw" : undefined;
    default:
      return undefined;
  }
}

const ending: ReadonlySet<Verb["verb"]> = new Set<Verb["verb"]>([
  ...(["dial", "enqueue", "pay", "connect", "refer", "sms"] as const),
  ...(["hangup", "reject", "redirect"] as const),
]);

/**
 * Is nothing after this verb ever reached, its action URL given? [D each verb's page] A gather falls through on silence,
 * and so did a record with nothing in it, by an older reference page; the present one is silent about it.
 */
export function endsDocument(verb: Verb): boolean {
  return ending.has(verb.verb);
}

/** The documents beside a document, in its order: their number is part of their URLs. */
export function asidesOf(verbs: readonly Verb[]): Aside[] {
  return verbs.flatMap((verb) => {
    if (verb.verb === "enqueue") return verb.wait === undefined ? [] : [verb.wait];
    if (verb.verb !== "dial") return [];
    return verb.targets.flatMap((target) => ("whisper" in target && target.whisper ? [target.whisper] : []));
  });
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
