import { type Aside, actionUrl, type DialVerb, type Verb } from "../../core/verbs.ts";

const rawQuestions = ["Gather", "Record", "Dial", "Enqueue", "Connect", "Pay", "Refer"] as const;

/** A verb at which the caller does something, as the interpreter sees it. */
export interface Question {
  readonly name: (typeof rawQuestions)[number];
  readonly attributes: Record<string, string>;
  /** the name of its first element: what a Dial calls, what a Connect connects */
  readonly noun: string | undefined;
  /** of a Dial: how many are called */
  readonly targets: number;
  /** what somebody hears beside the call, and may press a key in */
  readonly aside: Aside | undefined;
}

/** The question of a verb, if it is one. A raw verb counts as what it is called. */
export function questionOf(verb: Verb): Question | undefined {
  switch (verb.verb) {
    case "gather":
      return question("Gather", verb.attributes);
    case "record":
      return question("Record", verb.attributes);
    case "dial":
      return dialQuestion(verb);
    case "enqueue":
      return question("Enqueue", verb.attributes, { aside: verb.wait });
    case "pay":
      return question("Pay", verb.attributes);
    case "connect":
      return question("Connect", {}, { noun: verb.noun });
    case "refer":
      return question("Refer", {});
    case "raw": {
      const name = rawQuestions.find((known) => known === verb.name);
      const children = verb.children.filter((one) => typeof one !== "string");
      return (
        name && question(name, verb.attributes, { noun: children[0]?.name, targets: Math.max(1, children.length) })
      );
    }
    default:
      return undefined;
  }
}

/** Of several who are called it is the first who answers, if anybody does. */
function dialQuestion({ attributes, targets }: DialVerb): Question {
  const [first] = targets;
  const aside = first !== undefined && "whisper" in first ? first.whisper : undefined;
  return question("Dial", attributes, { noun: first?.noun, targets: targets.length, aside });
}

function question(
  name: Question["name"],
  attributes: object,
  more: Partial<Pick<Question, "noun" | "targets" | "aside">> = {},
): Question {
  return { name, attributes: toText(attributes), noun: undefined, targets: 1, aside: undefined, ...more };
}

function toText(attributes: object): Record<string, string> {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== actionUrl);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
