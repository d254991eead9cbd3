import type { Input } from "../../core/input.ts";

/** Answers that a picture of the flow need not tell apart. */
export interface AnswerClass {
  readonly kind: ClassKind;
  /** the key, the word, the status; "" where the kind says it all */
  readonly value: string;
}

/** `other-…`: worth no more than silence. */
export type ClassKind =
  | ("key" | "other-keys" | "digits" | "other-digits")
  | ("word" | "words" | "other-words")
  | ("silence" | "onward" | "recording" | "outcome" | "lost" | "doubt" | "gone");

/** @param idle it leads where silence leads, with the same data */
export function classOf(input: Input, idle: boolean, asksNothing: boolean): AnswerClass {
  switch (input.kind) {
    case "digits":
      if (input.digits.length > 1) return { kind: idle ? "other-digits" : "digits", value: "" };
      return idle ? { kind: "other-keys", value: "" } : { kind: "key", value: input.digits };
    case "speech":
      if (idle) return { kind: "other-words", value: "" };
      // nobody lists a whole sentence: where it is understood, anything is
      return input.text.length > sentenceCharacters
        ? { kind: "words", value: "" }
        : { kind: "word", value: input.text };
    case "nothing":
      return { kind: asksNothing ? "onward" : "silence", value: "" };
    case "recording":
      if (input.endedBy === "hangup") return { kind: "gone", value: "" };
      return { kind: "recording", value: input.durationSec === 0 ? "empty recording" : "recording" };
    case "hangup":
      return { kind: "gone", value: "" };
    case "lost":
      return { kind: "lost", value: "" };
    default:
      return { kind: "outcome", value: outcomeOf(input) };
  }
}

const sentenceCharacters = 16;

/** The word that tells how a dial, a queue, a payment or a session went. */
function outcomeOf(input: Input): string {
  const { kind, ...told } = input as Input & Readonly<Record<string, unknown>>;
  const words = Object.entries(told).filter(([name, value]) => typeof value === "string" && namesOutcome.test(name));
  return String(words[0]?.[1] ?? kind);
}

const namesOutcome = /status|result|reason/i;

/** A class that was seen on the way from one step to another, at the fewest visits in a row. */
export interface Seen extends AnswerClass {
  readonly visits: number;
}

/** Classes as text: `1–3`, `2; 3× silence, other keys`. Parts may be set on lines of their own. */
export function labelParts(seen: readonly Seen[]): string[] {
  const of = (kind: ClassKind) => seen.filter((one) => one.kind === kind);
  const has = (kind: ClassKind) => of(kind).length > 0;
  const keys = [...new Set(of("key").map(({ value }) => value))];
  const allKeys = keys.length + (has("other-keys") ? 1 : 0) >= keyCount || keys.length === keyCount;
  const parts: string[] = [];
  if (allKeys) parts.push("any key");
  else if (keys.length > 0) parts.push(keyRanges(keys));
  if (has("digits")) parts.push("digits");
  const words = [...new Set(of("word").map(({ value }) => `“${value}”`))];
  if (has("words")) parts.push("speech");
  else if (words.length > 0)
    parts.push([...words.slice(0, wordsMax), ...(words.length > wordsMax ? ["…"] : [])].join(", "));
  parts.push(...new Set(of("recording").map(({ value }) => value)));
  const outcomes = [...new Set(of("outcome").map(({ value }) => value))];
  if (outcomes.length > 0) parts.push(outcomes.join(", "));
  if (has("onward")) parts.push("goes on");
  parts.push(...idleParts(seen));
  if (has("lost")) parts.push("answer lost");
  if (has("doubt")) parts.push("in doubt");
  return parts;
}

const idleNames = {
  silence: "silence",
  "other-keys": "other keys",
  "other-digits": "other digits",
  "other-words": "other words",
} as const;
const keyCount = 12;
const wordsMax = 3;

/** Silence and what is worth no more, by the number of visits after which it leads here. */
function idleParts(seen: readonly Seen[]): string[] {
  const byVisits = new Map<number, Set<string>>();
  for (const [kind, name] of Object.entries(idleNames)) {
    const visits = seen.filter((one) => one.kind === kind).map((one) => one.visits);
    if (visits.length === 0) continue;
    const fewest = Math.min(...visits);
    byVisits.set(fewest, (byVisits.get(fewest) ?? new Set()).add(name));
  }
  return [...byVisits].map(([visits, names]) => `${visits > 1 ? `${visits}× ` : ""}${[...names].join(", ")}`);
}

/** `1, 2`, `1–5`, `1–3, *` */
function keyRanges(keys: readonly string[]): string {
  const order = "0123456789*#";
  const sorted = [...keys].toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
  const runs: string[][] = [];
  for (const key of sorted) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && /^\d\d$/.test(last + key) && Number(key) === Number(last) + 1)
      run.push(key);
    else runs.push([key]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(", "))).join(", ");
}
