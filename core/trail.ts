import type { TrailEntry, TrailVerb } from "./checkpoint-store.ts";
import { limits } from "./limits.ts";

/**
 * The slot of the item that holds a document's part of the trail. Slots are a ring over turns, so that the trail is
 * bounded without a read: DynamoDB cannot cut a list and append to it in one write.
 */
export function trailSlot(entry: TrailEntry): string {
  return `${entry.turn % limits.trailVerbsMax}.${entry.attempt}`;
}

/** The last `verbsMax` verbs, oldest first. */
export function toTrail(entries: readonly TrailEntry[], verbsMax: number): TrailVerb[] {
  return entries
    .toSorted((a, b) => a.turn - b.turn || a.attempt - b.attempt)
    .flatMap(({ verbs, from, ...entry }) => verbs.map((verb, k) => ({ ...entry, verb, index: from + k })))
    .slice(-verbsMax);
}

/** A trail entry as one short line, which costs a tenth of a list of maps in the table. */
export function encodeTrail(entry: TrailEntry): string {
  const { turn, attempt, leg, atMs, step, from, verbs } = entry;
  return [turn, attempt, leg, atMs, step, from, verbs.join(",")].join("|");
}

/** @returns undefined for a line that is no trail entry */
export function decodeTrail(line: string): TrailEntry | undefined {
  const [turn, attempt, leg, atMs, step, from, verbs] = line.split("|");
  if (verbs === undefined || step === undefined || (leg !== "primary" && leg !== "fallback")) return undefined;
  const numbers = { turn: Number(turn), attempt: Number(attempt), atMs: Number(atMs), from: Number(from) };
  if (!Object.values(numbers).every(Number.isSafeInteger)) return undefined;
  return { ...numbers, leg, step, verbs: verbs === "" ? [] : verbs.split(",") };
}
