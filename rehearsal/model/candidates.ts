import type { Flow } from "../../core/flow.ts";
import type { CallerStep } from "../caller-script.ts";
import { documentOf, type ModelState } from "./flow-model.ts";
import { questionOf } from "./question.ts";

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
      return [
        { kind: "dial", status: "completed", durationSec: 10 },
        { kind: "dial", status: "busy", durationSec: 0 },
        { kind: "dial", status: "no-answer", durationSec: 0 },
        { kind: "dial", status: "failed", durationSec: 0 },
      ];
    case "Enqueue":
      return (["bridged", "error", "queue-full"] as const).map((result) => ({ kind: "queue", result, waitSec: 30 }));
    case "Pay":
      return ["success", "payment-connector-error", "too-many-failed-attempts"].map((result) => ({
        kind: "pay",
        result,
      }));
    case "Connect":
      return (["ended", "failed"] as const).map((status) => ({ kind: "connect", status, durationSec: 10, detail: "" }));
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
