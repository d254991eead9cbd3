import { problemWith } from "./attributes.ts";
import { type ElementName, elements } from "./elements.ts";
import { FlowError } from "./errors.ts";
import { limits } from "./limits.ts";
import { mediaFile, whole } from "./names.ts";
import { plainText, type Spoken } from "./spoken.ts";
import { numbered, renderTwiml } from "./twiml.ts";
import { type Aside, type DialTarget, type Language, type PromptVerb, type Verb, wordsIn } from "./verbs.ts";

const filePattern = whole(mediaFile);
const promptVerbs: readonly string[] = ["say", "play", "pause"];
const keyPattern = /^[0-9*#]$/;

/** Stands for every URL where a document's size is estimated: that of a call with some data. */
const typicalUrl = `https://${"a".repeat(limits.typicalUrlCharacters)}`;

/**
 * What makes a document wrong whatever happens in the call: its verbs, and its size with URLs of the usual length.
 *
 * @returns the first problem as a sentence that names the verb; undefined when there is none
 */
export function problemInDocument(verbs: readonly Verb[], language: Language): string | undefined {
  const problem = problemInVerbs(verbs, language);
  if (problem !== undefined) return problem;
  const usual = () => typicalUrl;
  const context = { language, plain: false, actionUrl: usual, statusUrl: usual, asideUrl: usual, mediaUrl: usual };
  try {
    renderTwiml(numbered(verbs), context);
    return undefined;
  } catch (error) {
    if (error instanceof FlowError) return error.message;
    throw error;
  }
}

/**
 * What makes verbs wrong whatever happens in the call: attributes and limits of Twilio, and combinations that it refuses.
 *
 * @param language in which texts are measured
 * @returns the first problem as a sentence that names the verb by its name; undefined when there is none
 */
export function problemInVerbs(verbs: readonly Verb[], language: Language): string | undefined {
  return first(verbs, (verb) => {
    const problem = problemInVerb(verb, language);
    return problem && `${verb.verb}: ${problem}`;
  });
}

function problemInVerb(verb: Verb, language: Language): string | undefined {
  switch (verb.verb) {
    case "say":
    case "play":
    case "pause":
      return problemInPrompt(verb, language);
    case "playDigits":
      return /^[0-9*#wW]{1,100}$/.test(verb.digits) ? undefined : "digits are keys, w and W, at most 100 of them";
    case "gather":
      return attributes("Gather", verb.attributes) ?? hints(verb.attributes.hints) ?? prompts(verb.prompts, language);
    case "record":
      return attributes("Record", verb.attributes);
    case "dial":
      return attributes("Dial", verb.attributes) ?? targets(verb.targets, language);
    case "enqueue": {
      const { queue, task, attributes: given } = verb;
      if ((queue === undefined) === (task === undefined)) return "either a queue's name or a task";
      if (queue?.trim() === "") return "has no name of a queue";
      if (task !== undefined && given.workflowSid === undefined) return "a task needs workflowSid";
      if (task !== undefined && !survivesJson(task)) return "a task that does not survive JSON";
      const waiting = aside(verb.wait, language);
      const wrong = attributes("Enqueue", given) ?? attributes("Task", verb.taskAttributes);
      return wrong ?? (waiting && `wait: ${waiting}`);
    }
    case "pay":
      return (
        attributes("Pay", verb.attributes) ??
        first(verb.prompts, (one) => attributes("Prompt", one.attributes) ?? prompts(one.prompts, language))
      );
    case "connect":
    case "start":
    case "stop":
      return attributes(verb.noun, verb.attributes);
    case "refer":
      return /^sips?:\S+$/.test(verb.to) ? undefined : "goes to a SIP address, like sip:desk@example.com";
    case "sms":
      return attributes("Sms", verb.attributes) ?? spokenProblem(wordsIn(language, verb.text));
    case "reject":
      return attributes("Reject", verb.attributes);
    case "redirect":
      return /^https?:$/.test(URL.parse(verb.url)?.protocol ?? "") ? undefined : "goes to an absolute URL";
    default:
      return undefined;
  }
}

function problemInPrompt(verb: PromptVerb, language: Language): string | undefined {
  switch (verb.verb) {
    case "say":
      return attributes("Say", verb.attributes) ?? spokenProblem(wordsIn(language, verb.text));
    case "play": {
      const media = verb.media?.[language];
      if (media === undefined || !filePattern.test(media.file)) return "no file like en/name.mp3 in this language";
      if (media.text.trim() === "") return `'${media.file}' has no text alternative`;
      return attributes("Play", verb.attributes);
    }
    case "pause":
      return attributes("Pause", verb.attributes);
  }
}

/** [D gather page; the same for the documents that we make of asides] */
function prompts(nested: readonly Verb[], language: Language): string | undefined {
  return first(nested, (verb) => {
    if (!promptVerbs.includes(verb.verb)) return `'${verb.verb}' cannot stand in it: only say, play, pause`;
    const problem = problemInPrompt(verb as PromptVerb, language);
    return problem && `${verb.verb}: ${problem}`;
  });
}

function survivesJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function aside(one: Aside | undefined, language: Language): string | undefined {
  if (one === undefined) return undefined;
  if (one.key !== undefined && !keyPattern.test(one.key)) return "its key is one of 0-9 * #";
  return prompts(one.prompts, language);
}

function targets(all: readonly DialTarget[], language: Language): string | undefined {
  if (all.length === 0 || all.length > limits.dialTargetsMax) return `calls 1 to ${limits.dialTargetsMax} at once`;
  if (all.length > 1 && all.some(({ noun }) => noun === "Conference" || noun === "Queue")) {
    return "a conference or a queue stands alone";
  }
  return first(all, (target) => {
    const wrong = target.to.trim() === "" ? "has no name or number" : undefined;
    const problem = wrong ?? attributes(target.noun, target.attributes);
    const heard = "whisper" in target ? target.whisper : undefined;
    // Twilio takes no Gather there [D queue page]
    if (target.noun === "Queue" && heard?.key !== undefined) return "Queue whisper takes no key";
    const whisper = aside(heard, language);
    return problem ? `${target.noun} ${problem}` : whisper && `whisper: ${whisper}`;
  });
}

function attributes(element: ElementName, given: Readonly<Record<string, unknown>>): string | undefined {
  const known: Readonly<Record<string, Parameters<typeof problemWith>[0]>> = elements[element];
  return first(Object.entries(given), ([name, value]) => {
    const spec = known[name];
    if (spec === undefined) return `has no attribute ${name} here`;
    const problem = problemWith(spec, value);
    return problem && `${name} ${problem}`;
  });
}

/** [D gather page] */
function hints(text: string | undefined): string | undefined {
  const entries = text?.split(",") ?? [];
  if (entries.length > limits.hintsMax) return `more than ${limits.hintsMax} hints`;
  const long = entries.some((entry) => entry.trim().length > limits.hintCharactersMax);
  return long ? `a hint of more than ${limits.hintCharactersMax} characters` : undefined;
}

function spokenProblem(spoken: Spoken | undefined): string | undefined {
  if (spoken === undefined) return "has no text in this language";
  const { length } = plainText(spoken);
  return length > limits.sayCharactersMax
    ? `a text of ${length} characters; Twilio speaks at most ${limits.sayCharactersMax}`
    : undefined;
}

function first<T>(all: readonly T[], problemOf: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const problem = problemOf(one);
    if (problem) return problem;
  }
  return undefined;
}
