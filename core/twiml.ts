import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import { FlowError } from "./errors.ts";
import type { YieldingVerb } from "./input.ts";
import { limits } from "./limits.ts";
import { actionUrl, type GatherVerb, type Language, type PlayVerb, type RawVerb, textIn, type Verb } from "./verbs.ts";

/** What the renderer needs to know of the call; every URL that it returns is absolute. */
export interface RenderContext {
  readonly language: Language;
  /** nothing but what is needed: no voice but the one that a language needs, no recording options, no hints */
  readonly plain: boolean;
  /** undefined: no request may come out of this document (last resort) */
  actionUrl(verb: YieldingVerb, index: number): string | undefined;
  statusUrl(verb: YieldingVerb, index: number): string | undefined;
  /** undefined: the text alternative is said */
  mediaUrl(file: string, index: number): string | undefined;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
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
  for (const { verb, index } of verbs) append(response, toElement(verb, index, context));
  const twiml = response.toString();
  const bytes = Buffer.byteLength(twiml);
  if (bytes > limits.documentBytesMax) {
    throw new FlowError(`a document of ${bytes} bytes; Twilio refuses more than ${limits.documentBytesMax} (11750)`);
  }
  return twiml;
}

function toElement(verb: Verb, index: number, context: RenderContext): Element {
  switch (verb.verb) {
    case "say": {
      const { voice, ...rest } = verb.attributes;
      return sayElement(textIn(context.language, verb.text), context, context.plain ? rest : verb.attributes);
    }
    case "play":
      return playElement(verb, index, context);
    case "pause":
      return element("Pause", verb.attributes);
    case "gather":
      return gatherElement(verb, index, context);
    case "record": {
      const { trim, ...rest } = verb.attributes;
      const recordingStatusCallback = context.statusUrl("record", index);
      const action = context.actionUrl("record", index);
      return element("Record", { ...(context.plain ? rest : verb.attributes), action, recordingStatusCallback });
    }
    case "dial": {
      const statusCallback = context.statusUrl("dial", index);
      const numbers = verb.numbers.map((number) => element("Number", { statusCallback }, [number]));
      return element("Dial", { ...verb.attributes, action: context.actionUrl("dial", index) }, numbers);
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

function sayElement(text: string, context: RenderContext, attributes: Element["attributes"] = {}): Element {
  if (text.length > limits.sayCharactersMax) {
    throw new FlowError(`a Say of ${text.length} characters; Twilio speaks at most ${limits.sayCharactersMax}`);
  }
  return element("Say", { ...spoken[context.language], ...attributes }, [text]);
}

function playElement(verb: PlayVerb, index: number, context: RenderContext): Element {
  const { file, text } = verb.media[context.language];
  const url = context.mediaUrl(file, index);
  return url === undefined ? sayElement(text, context) : element("Play", verb.attributes, [url]);
}

function gatherElement(verb: GatherVerb, index: number, context: RenderContext): Element {
  const { hints, ...rest } = verb.attributes;
  const speaks = verb.attributes.input?.includes("speech") ?? false;
  const language = speaks ? { language: spoken[context.language].language } : {};
  const attributes = { ...(context.plain ? rest : verb.attributes), ...language };
  const prompts = verb.prompts.map((prompt, k) => toElement(prompt, index + 1 + k, context));
  return element("Gather", { ...attributes, action: context.actionUrl("gather", index) }, prompts);
}

const namePattern = /^[A-Za-z][A-Za-z0-9]*$/;

function rawElement(verb: RawVerb, action: string | undefined): Element {
  const names = [verb.name, ...Object.keys(verb.attributes)];
  const wrong = names.find((name) => !namePattern.test(name));
  if (wrong !== undefined) throw new FlowError(`raw: '${wrong}' is no name of an element or attribute`);
  const given = Object.entries(verb.attributes).map(([name, value]) => [name, value === actionUrl ? action : value]);
  const children = verb.children.map((child) => (typeof child === "string" ? child : rawElement(child, action)));
  return element(verb.name, Object.fromEntries(given), children);
}

function element(name: string, attributes: Element["attributes"], children: Element["children"] = []): Element {
  return { name, attributes, children };
}

type Parent = Pick<InstanceType<typeof VoiceResponse>, "addChild" | "addText">;

function append(parent: Parent, { name, attributes, children }: Element): void {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const node = parent.addChild(name, Object.fromEntries(given.map(([key, value]) => [key, xmlText(String(value))])));
  for (const child of children) {
    if (typeof child === "string") node.addText(xmlText(child));
    else append(node, child);
  }
}

/** The builder escapes markup but lets through what XML cannot hold at all: control characters, lone surrogates. */
export function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "");
}
