import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import type { AttributeValue } from "./attributes.ts";
import { type ElementName, notPlain } from "./elements.ts";
import { FlowError } from "./errors.ts";
import type { YieldingVerb } from "./input.ts";
import { limits } from "./limits.ts";
import { plainText, type SpokenPart } from "./spoken.ts";
import {
  type Aside,
  actionUrl,
  type ConnectVerb,
  type DialTarget,
  type DialVerb,
  type EnqueueVerb,
  type GatherVerb,
  type Language,
  type PayVerb,
  type PlayVerb,
  type PromptVerb,
  type RawVerb,
  type RecordVerb,
  type SayVerb,
  type SessionVerb,
  textIn,
  type Verb,
  wordsIn,
} from "./verbs.ts";

/** What the renderer needs to know of the call; every URL that it returns is absolute. */
export interface RenderContext {
  readonly language: Language;
  /** nothing but what is needed: no voice but the one that a language needs, no SSML, no recording options, no hints */
  readonly plain: boolean;
  /** undefined: no request may come out of this document (last resort) */
  actionUrl(verb: YieldingVerb, index: number): string | undefined;
  statusUrl(verb: YieldingVerb, index: number): string | undefined;
  /** of a document beside this one; undefined: it is left out */
  asideUrl(kind: "whisper" | "wait", aside: Aside): string | undefined;
  /** undefined: the text alternative is said */
  mediaUrl(file: string, index: number): string | undefined;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly children: readonly (Element | string)[];
}

/**
 * How a language is spoken where the author names no voice. The default voice `man` does not speak Japanese, and a
 * voice with another language may fail the Say [D Say page]; English is left to the account's own default.
 */
const spoken: Record<Language, Element["attributes"]> = {
  en: { language: "en-US" },
  ja: { language: "ja-JP", voice: "Polly.Mizuki" },
};

/**
 * Renders numbered verbs as a TwiML document.
 *
 * @throws FlowError for a document that Twilio would refuse: too large, too much text in one Say, a bad raw name
 */
export function renderTwiml(verbs: readonly { verb: Verb; index: number }[], context: RenderContext): string {
  const response = new VoiceResponse();
  const root: XmlNode = response.response;
  for (const { verb, index } of verbs) append(root, toElement(verb, index, context));
  const twiml = response.toString();
  const bytes = Buffer.byteLength(twiml);
  if (bytes > limits.documentBytesMax) {
    throw new FlowError(`a document of ${bytes} bytes; Twilio refuses more than ${limits.documentBytesMax} (11750)`);
  }
  return twiml;
}

function toElement(verb: Verb, index: number, context: RenderContext): Element {
  switch (verb.verb) {
    case "say":
      return sayElement(verb, context);
    case "play":
      return playElement(verb, index, context);
    case "playDigits":
      return element("Play", { digits: verb.digits });
    case "pause":
      return element("Pause", verb.attributes);
    case "gather":
      return gatherElement(verb, index, context);
    case "record":
      return recordElement(verb, index, context);
    case "dial":
      return dialElement(verb, index, context);
    case "enqueue":
      return enqueueElement(verb, index, context);
    case "pay":
      return payElement(verb, index, context);
    case "connect":
      return element("Connect", { action: context.actionUrl("connect", index) }, [sessionElement(verb)]);
    case "start":
    case "stop":
      return element(verb.verb === "start" ? "Start" : "Stop", {}, [sessionElement(verb)]);
    case "refer":
      return element("Refer", { action: context.actionUrl("refer", index) }, [element("Sip", {}, [verb.to])]);
    case "sms": {
      const action = context.actionUrl("sms", index);
      return element("Sms", { ...verb.attributes, action }, [textIn(context.language, verb.text)]);
    }
    case "hangup":
      return element("Hangup", {});
    case "reject":
      return element("Reject", verb.attributes);
    case "redirect":
      return element("Redirect", {}, [verb.url]);
    case "raw":
      return rawElement(verb, context.actionUrl("raw", index));
  }
}

/** The author's attributes; in a plain rendering without those that a document can do without. */
function given(name: ElementName, attributes: Element["attributes"], { plain }: RenderContext): Element["attributes"] {
  const dropped = plain ? notPlain[name] : undefined;
  if (dropped === undefined) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !dropped.includes(key)));
}

function sayElement({ text, attributes }: SayVerb, context: RenderContext): Element {
  const words = wordsIn(context.language, text);
  const characters = plainText(words).length;
  if (characters > limits.sayCharactersMax) {
    throw new FlowError(`a Say of ${characters} characters; Twilio speaks at most ${limits.sayCharactersMax}`);
  }
  const parts = context.plain ? [plainText(words)] : typeof words === "string" ? [words] : words.map(ssmlElement);
  return element("Say", { ...spoken[context.language], ...given("Say", attributes, context) }, parts);
}

function ssmlElement(part: SpokenPart): Element | string {
  return typeof part === "string" ? part : element(part.ssml, part.attributes, part.children.map(ssmlElement));
}

function playElement(verb: PlayVerb, index: number, context: RenderContext): Element {
  const { file, text } = verb.media[context.language];
  const url = context.mediaUrl(file, index);
  if (url === undefined) return sayElement({ verb: "say", text, attributes: {} }, context);
  return element("Play", verb.attributes, [url]);
}

function promptElements(prompts: readonly PromptVerb[], first: number, context: RenderContext): Element[] {
  return prompts.map((prompt, k) => toElement(prompt, first + k, context));
}

function gatherElement(verb: GatherVerb, index: number, context: RenderContext): Element {
  const speaks = verb.attributes.input?.includes("speech") ?? false;
  const language = speaks ? { language: spoken[context.language].language } : {};
  const attributes = { ...language, ...given("Gather", verb.attributes, context) };
  const action = context.actionUrl("gather", index);
  return element("Gather", { ...attributes, action }, promptElements(verb.prompts, index + 1, context));
}

function recordElement(verb: RecordVerb, index: number, context: RenderContext): Element {
  const recordingStatusCallback = context.statusUrl("record", index);
  const action = context.actionUrl("record", index);
  return element("Record", { ...given("Record", verb.attributes, context), action, recordingStatusCallback });
}

function dialElement(verb: DialVerb, index: number, context: RenderContext): Element {
  const statusCallback = context.statusUrl("dial", index);
  const targets = verb.targets.map((target) => targetElement(target, statusCallback, context));
  const attributes = given("Dial", verb.attributes, context);
  return element("Dial", { ...attributes, action: context.actionUrl("dial", index) }, targets);
}

function targetElement(target: DialTarget, statusCallback: string | undefined, context: RenderContext): Element {
  const { noun, to, attributes } = target;
  if (noun === "Conference") {
    // the one event that tells how the Dial ended: this caller has left [D conference page]
    const left = statusCallback === undefined ? {} : { statusCallback, statusCallbackEvent: "leave" };
    return element(noun, { ...attributes, ...left }, [to]);
  }
  const url = target.whisper && context.asideUrl("whisper", target.whisper);
  if (noun === "Queue") return element(noun, { ...attributes, url }, [to]);
  if (noun !== "Client") return element(noun, { ...attributes, url, statusCallback }, [to]);
  const children = [element("Identity", {}, [to]), ...parameterElements(target.parameters)];
  return element(noun, { ...attributes, url, statusCallback }, children);
}

function enqueueElement(verb: EnqueueVerb, index: number, context: RenderContext): Element {
  const waitUrl = verb.wait && context.asideUrl("wait", verb.wait);
  const attributes = { ...verb.attributes, waitUrl, action: context.actionUrl("enqueue", index) };
  if (verb.task === undefined) return element("Enqueue", attributes, [verb.queue ?? ""]);
  return element("Enqueue", attributes, [element("Task", verb.taskAttributes, [JSON.stringify(verb.task)])]);
}

function payElement(verb: PayVerb, index: number, context: RenderContext): Element {
  const prompts = verb.prompts.map(({ attributes, prompts: heard }) =>
    // a payment is never begun again for a file that failed, so its prompts are said
    element("Prompt", attributes, promptElements(heard, index, { ...context, mediaUrl: () => undefined })),
  );
  // Pay speaks de, en, es, fr, it of itself, and no Japanese [the types of the `twilio` package]: write its prompts
  const own = context.language === "en" ? { language: spoken.en.language } : {};
  const attributes = { ...own, statusCallback: context.statusUrl("pay", index), ...verb.attributes };
  const children = [...prompts, ...parameterElements(verb.parameters)];
  return element("Pay", { ...attributes, action: context.actionUrl("pay", index) }, children);
}

function sessionElement({ noun, attributes, parameters }: ConnectVerb | SessionVerb): Element {
  return element(noun, attributes, parameterElements(parameters));
}

function parameterElements(parameters: Readonly<Record<string, string>>): Element[] {
  return Object.entries(parameters).map(([name, value]) => element("Parameter", { name, value }));
}

const namePattern = /^[A-Za-z][A-Za-z0-9]*$/;

function rawElement(verb: RawVerb, action: string | undefined): Element {
  const names = [verb.name, ...Object.keys(verb.attributes)];
  const wrong = names.find((name) => !namePattern.test(name));
  if (wrong !== undefined) throw new FlowError(`raw: '${wrong}' is no name of an element or attribute`);
  const attributes = Object.entries(verb.attributes).map(([key, value]) => [key, value === actionUrl ? action : value]);
  const children = verb.children.map((child) => (typeof child === "string" ? child : rawElement(child, action)));
  return element(verb.name, Object.fromEntries(attributes), children);
}

function element(name: string, attributes: Element["attributes"], children: Element["children"] = []): Element {
  return { name, attributes, children };
}

/**
 * A node of the builder's tree, which Twilio's classes wrap: `addChild` and `addText` call these two. Each wrapper of an element makes a
 * whole document besides that nobody looks at, so the elements are added without (docs/performance.md).
 */
interface XmlNode {
  ele(name: string, attributes: Readonly<Record<string, string>>): XmlNode;
  txt(text: string): XmlNode;
}

function append(parent: XmlNode, { name, attributes, children }: Element): void {
  const set: Record<string, string> = {};
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) set[key] = xmlText(valueText(value));
  }
  const node = parent.ele(name, set);
  for (const child of children) {
    if (typeof child === "string") node.txt(xmlText(child));
    else append(node, child);
  }
}

/** Verbs that stand alone, numbered from 0. */
export function numbered(verbs: readonly Verb[]): { verb: Verb; index: number }[] {
  return verbs.map((verb, index) => ({ verb, index }));
}

/** A list stands in one attribute, separated by spaces, as Twilio writes it. */
function valueText(value: AttributeValue | undefined): string {
  return typeof value === "object" ? value.join(" ") : String(value);
}

/** The builder escapes markup but lets through what XML cannot hold at all: control characters, lone surrogates. */
export function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "");
}
