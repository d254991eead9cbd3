import type { Flow } from "../../core/flow.ts";
import type { CallerStep } from "../caller-script.ts";
import { documentOf, type ModelState } from "./flow-model.ts";
import { type Question, questionOf } from "./question.ts";

const keys = [..."0123456789*#"];
const words = {
  en: ["yes", "no", "one", "two", "three", "four", "five", "I would like to speak to somebody"],
  ja: ["はい", "いいえ", "いち", "に", "さん", "よん", "ご", "担当の方とお話ししたいのですが"],
} as const;

/**
 * What a caller may do at a state's document, without silence and hanging up: keys before words, the lowest first. Empty
 * where the document asks nothing.
 */
export function candidatesAt(flow: Flow, state: ModelState): readonly CallerStep[] {
  const question = documentOf(flow, state)
    .map(questionOf)
    .find((found) => found !== undefined);
  if (question === undefined) return [];
  const { name, attributes } = question;
  switch (name) {
    case "Gather": {
      const inputs = (attributes.input ?? "dtmf").split(/\s+/);
      const pressed = inputs.includes("dtmf") ? digitsFor(attributes) : [];
      const spoken = inputs.includes("speech") ? wordsFor(attributes.hints, state.language) : [];
      return [
        ...pressed.map((digits): CallerStep => ({ kind: "digits", digits })),
        ...spoken.map((text): CallerStep => ({ kind: "speech", text })),
      ];
    }
    case "Record":
      return [
        { kind: "record", durationSec: 5, endedBy: "key" },
        { kind: "record", durationSec: 5, endedBy: "silence" },
      ];
    case "Dial":
      return dialsAt(question);
    case "Enqueue":
      return waitsAt(question);
    case "Pay":
      return ["success", "payment-connector-error", "too-many-failed-attempts"].map((result) => ({
        kind: "pay",
        result,
      }));
    case "Connect":
      return sessionsAt(question);
    case "Refer":
      return [202, 603].map((sipStatus) => ({ kind: "refer", sipStatus }));
  }
}

/** How a caller hangs up here: in the middle of a message where there is one. */
export function hangupAt(flow: Flow, state: ModelState): CallerStep | undefined {
  const question = documentOf(flow, state)
    .map(questionOf)
    .find((found) => found !== undefined);
  if (question === undefined) return undefined;
  return question.name === "Record" ? { kind: "record", durationSec: 5, endedBy: "hangup" } : { kind: "hangup" };
}

/** Who is asked for a key in a whisper presses it, another one, or nothing. In a conference there is always somebody: the caller. */
function dialsAt({ noun, aside }: Question): readonly CallerStep[] {
  const talks = { kind: "dial", status: "completed", durationSec: 10 } as const;
  if (noun === "Conference") return [talks];
  const answered = pressesIn(aside).map((pressed): CallerStep => ({ ...talks, ...pressed }));
  const statuses = noun === "Queue" ? (["no-answer", "failed"] as const) : (["busy", "no-answer", "failed"] as const);
  return [...answered, ...statuses.map((status): CallerStep => ({ kind: "dial", status, durationSec: 0 }))];
}

/** Long enough for a wait document with a question to be heard more than once. */
const shortWaitSec = 10;

function waitsAt({ aside }: Question): readonly CallerStep[] {
  const waitSec = aside === undefined ? 30 : shortWaitSec;
  const waits = pressesIn(aside).map(
    (pressed): CallerStep => ({ kind: "queue", result: "bridged", waitSec, ...pressed }),
  );
  const [still = {}] = pressesIn(aside).toReversed();
  const ends = (["error", "queue-full"] as const).map(
    (result): CallerStep => ({ kind: "queue", result, waitSec, ...still }),
  );
  return [...waits, ...ends];
}

/** The key, another one, nothing; without a key there is nothing to press. */
function pressesIn(aside: Question["aside"]): readonly { readonly pressed?: string }[] {
  if (aside?.key === undefined) return [{}];
  const other = keys.find((key) => key !== aside.key) ?? "0";
  return [{ pressed: aside.key }, { pressed: other }, { pressed: "" }];
}

/** What a stream hands over, nobody is told. */
function sessionsAt({ noun }: Question): readonly CallerStep[] {
  const ends = { kind: "connect", durationSec: 10 } as const;
  if (noun !== "ConversationRelay") return [{ ...ends, status: "ended", detail: "" }];
  return [
    { ...ends, status: "ended", detail: "" },
    { ...ends, status: "ended", detail: "handed over" },
    { ...ends, status: "failed", detail: "39001" },
  ];
}

const ascending = (length: number): string => "1234567890".repeat(Math.ceil(length / 10)).slice(0, length);

/** Every key where one is asked for; else enough, too few, too many, and input that is ended by its key. */
function digitsFor(attributes: Record<string, string>): readonly string[] {
  const count = Number(attributes.numDigits ?? "") || undefined;
  if (count === 1) return keys;
  const end = (attributes.finishOnKey ?? "#").slice(0, 1);
  const enough = Math.min(count ?? 4, 40);
  const lengths = [...new Set([enough, enough - 1, Math.ceil(enough / 2), 1])];
  const repeated = keys.slice(0, 10).map((key) => key.repeat(enough));
  const short = lengths.map((length) => ascending(length) + end);
  const single = count === undefined ? keys : [];
  return [...new Set([...single, ascending(enough), ...repeated, ...short, ascending(enough + 1)])];
}

/** A hint that holds a comma cannot be: commas part them [D gather page]. */
function wordsFor(hints: string | undefined, language: ModelState["language"]): readonly string[] {
  const hinted = (hints ?? "")
    .split(",")
    .map((hint) => hint.trim())
    .filter((hint) => hint !== "" && !hint.startsWith("$"));
  return [...new Set([...hinted.slice(0, 20), ...words[language]])];
}
