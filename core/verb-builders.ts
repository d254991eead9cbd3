/** How an author writes verbs. One function for each verb of TwiML, with Twilio's attributes. */
import type { Attributes } from "./elements.ts";
import type {
  Aside,
  ConnectVerb,
  DialAttributes,
  DialTarget,
  DialVerb,
  EnqueueVerb,
  GatherAttributes,
  GatherVerb,
  HangupVerb,
  Media,
  PauseVerb,
  PayPrompt,
  PayVerb,
  PlayDigitsVerb,
  PlayVerb,
  PromptVerb,
  RawVerb,
  RecordAttributes,
  RecordVerb,
  RedirectVerb,
  ReferVerb,
  RejectVerb,
  SayVerb,
  SessionVerb,
  SmsVerb,
  Text,
} from "./verbs.ts";

type Parameters = Readonly<Record<string, string>>;

/** Speaks a text, in the language of the call. */
export const say = (text: Text, attributes: SayVerb["attributes"] = {}): SayVerb => ({ verb: "say", text, attributes });

/** Plays a prompt from a catalogue, see `defineMedia`. */
export const playMedia = (media: Media, attributes: PlayVerb["attributes"] = {}): PlayVerb => ({
  verb: "play",
  media,
  attributes,
});

/** Plays tones. @param digits keys; `w` waits half a second, `W` a second [D play page] */
export const playDigits = (digits: string): PlayDigitsVerb => ({ verb: "playDigits", digits });

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

/**
 * Calls somebody, or several at once, or lets the caller into a conference or to the head of a queue. The outcome also
 * arrives on the other leg, by status callback.
 *
 * @param to an E.164 number, or what `number`, `sip`, `client`, `conference`, `queue` make; or a list of them
 */
export const dial = (
  to: string | DialTarget | readonly (string | DialTarget)[],
  attributes: DialAttributes = {},
): DialVerb => {
  const list = typeof to === "string" || !Array.isArray(to) ? [to as string | DialTarget] : to;
  return { verb: "dial", targets: list.map((one) => (typeof one === "string" ? number(one) : one)), attributes };
};

interface Whispering {
  /** what the called person hears first; made by `whisper` */
  readonly whisper?: Aside;
}
const whispered = (whisper: Aside | undefined) => (whisper === undefined ? {} : { whisper });

/** A telephone number to dial, E.164. */
export const number = (to: string, { whisper, ...attributes }: Attributes<"Number"> & Whispering = {}): DialTarget => ({
  noun: "Number",
  to,
  attributes,
  ...whispered(whisper),
});

/** A SIP address to dial. */
export const sip = (to: string, { whisper, ...attributes }: Attributes<"Sip"> & Whispering = {}): DialTarget => ({
  noun: "Sip",
  to,
  attributes,
  ...whispered(whisper),
});

/** A Twilio Client to dial, with parameters for it. */
export const client = (identity: string, parameters: Parameters = {}, { whisper }: Whispering = {}): DialTarget => ({
  noun: "Client",
  to: identity,
  attributes: {},
  parameters,
  ...whispered(whisper),
});

/** A conference to let the caller into. */
export const conference = (name: string, attributes: Attributes<"Conference"> = {}): DialTarget => ({
  noun: "Conference",
  to: name,
  attributes,
});

/** A queue whose first caller is connected with this one. */
export const queue = (name: string, { whisper, ...attributes }: Attributes<"Queue"> & Whispering = {}): DialTarget => ({
  noun: "Queue",
  to: name,
  attributes,
  ...whispered(whisper),
});

/** What the called person hears before being connected. @param options.accept only who presses this key is connected */
export const whisper = (prompts: readonly PromptVerb[], options: { readonly accept?: string } = {}): Aside =>
  aside(prompts, options.accept);

/** What a caller hears in a queue, again and again. @param options.leave who presses this key leaves the queue */
export const wait = (prompts: readonly PromptVerb[], options: { readonly leave?: string } = {}): Aside =>
  aside(prompts, options.leave);

const aside = (prompts: readonly PromptVerb[], key: string | undefined): Aside =>
  key === undefined ? { prompts } : { prompts, key };

/** Puts the caller into a queue. The answer comes when they leave it: bridged, given up, or full. */
export const enqueue = (
  name: string,
  { wait: heard, ...attributes }: Attributes<"Enqueue"> & { readonly wait?: Aside } = {},
): EnqueueVerb => ({
  verb: "enqueue",
  queue: name,
  task: undefined,
  taskAttributes: {},
  attributes,
  ...(heard && { wait: heard }),
});

/** Makes a TaskRouter task of the call. @param task its attributes, which must survive JSON */
export const enqueueTask = (
  workflowSid: string,
  task: Readonly<Record<string, unknown>>,
  options: { readonly wait?: Aside } & Attributes<"Task"> = {},
): EnqueueVerb => {
  const { wait: heard, ...taskAttributes } = options;
  const rest = { task, taskAttributes, attributes: { workflowSid } };
  return { verb: "enqueue", queue: undefined, ...rest, ...(heard && { wait: heard }) };
};

/** Takes a payment. Never repeated: an answer that is lost is an input of kind `lost`. */
export const pay = (
  attributes: PayVerb["attributes"],
  prompts: readonly PayPrompt[] = [],
  parameters: Parameters = {},
): PayVerb => ({ verb: "pay", attributes, prompts, parameters });

/** What is heard at one moment of a payment. */
export const payPrompt = (attributes: PayPrompt["attributes"], ...prompts: PayPrompt["prompts"]): PayPrompt => ({
  attributes,
  prompts,
});

/** Connects the call with a media stream in both directions, until the other side closes it. */
export const connectStream = (
  url: string,
  attributes: Attributes<"Stream"> = {},
  parameters: Parameters = {},
): ConnectVerb => ({ verb: "connect", noun: "Stream", attributes: { url, ...attributes }, parameters });

/** Connects the call with a conversational agent. Its hand-off data come back as the answer. */
export const conversationRelay = (
  url: string,
  attributes: Attributes<"ConversationRelay"> = {},
  parameters: Parameters = {},
): ConnectVerb => ({ verb: "connect", noun: "ConversationRelay", attributes: { url, ...attributes }, parameters });

const session =
  (verb: SessionVerb["verb"], noun: SessionVerb["noun"]) =>
  (attributes: SessionVerb["attributes"], parameters: Parameters = {}): SessionVerb => ({
    verb,
    noun,
    attributes,
    parameters,
  });

/** Starts what runs beside the call. Give each a name: a document that is given again then starts the same once more. */
export const start = {
  stream: (url: string, attributes: Attributes<"Stream"> = {}, parameters: Parameters = {}) =>
    session("start", "Stream")({ url, ...attributes }, parameters),
  recording: (attributes: Attributes<"Recording"> = {}) => session("start", "Recording")(attributes),
  transcription: (attributes: Attributes<"Transcription"> = {}) => session("start", "Transcription")(attributes),
  siprec: (attributes: Attributes<"Siprec">, parameters: Parameters = {}) =>
    session("start", "Siprec")(attributes, parameters),
} as const;

/** Stops what was started under this name. */
export const stop = {
  stream: (name: string) => session("stop", "Stream")({ name }),
  recording: () => session("stop", "Recording")({}),
  transcription: (name: string) => session("stop", "Transcription")({ name }),
  siprec: (name: string) => session("stop", "Siprec")({ name }),
} as const;

/** Hands a SIP call over to another SIP address. @param to like `sip:desk@example.com` */
export const refer = (to: string): ReferVerb => ({ verb: "refer", to });

/**
 * Sends a message. For a message that must be sent exactly once use an effect (`once`): here only Twilio knows whether it
 * was sent when the answer is lost; it is not sent again.
 */
export const sms = (text: Text, attributes: SmsVerb["attributes"] = {}): SmsVerb => ({ verb: "sms", text, attributes });

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
