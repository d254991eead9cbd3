import { actionUrl, type Verb } from "../../core/verbs.ts";

const rawQuestions = ["Gather", "Record", "Dial", "Enqueue", "Connect", "Pay", "Refer"] as const;

/** A verb at which the caller does something, as the interpreter sees it. */
export interface Question {
  readonly name: (typeof rawQuestions)[number];
  readonly attributes: Record<string, string>;
  /** the name of a raw verb's first element */
  readonly noun: string | undefined;
}

/** The question of a verb, if it is one. A raw verb counts as what it is called. */
export function questionOf(verb: Verb): Question | undefined {
  switch (verb.verb) {
    case "gather":
      return { name: "Gather", attributes: toText(verb.attributes), noun: undefined };
    case "record":
      return { name: "Record", attributes: toText(verb.attributes), noun: undefined };
    case "dial":
      return { name: "Dial", attributes: toText(verb.attributes), noun: undefined };
    case "raw": {
      const name = rawQuestions.find((known) => known === verb.name);
      const child = verb.children.find((one) => typeof one !== "string");
      return name && { name, attributes: toText(verb.attributes), noun: child?.name };
    }
    default:
      return undefined;
  }
}

function toText(attributes: object): Record<string, string> {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== actionUrl);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
