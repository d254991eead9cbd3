import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as v from "valibot";
import type { Item, StoredEffect, StoredPin, TrailEntry } from "../checkpoint-store.ts";
import { limits } from "../limits.ts";
import { decodeTrail, toTrail } from "../trail.ts";

export const itemSchemaVersion = 1;

const text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);
const whole = v.pipe(
  v.object({ N: v.string() }),
  v.transform(({ N }) => Number(N)),
  v.number(),
  v.integer(),
  v.minValue(0),
);
const checkpoint = v.object({
  flow: text,
  step: text,
  turn: whole,
  attempt: whole,
  resumes: whole,
  leg: v.pipe(text, v.picklist(["primary", "fallback"])),
  data: text,
  token: text,
  build: text,
});
const effect = v.object({
  token: text,
  state: v.pipe(text, v.picklist(["claimed", "done", "in-doubt"])),
  atMs: whole,
  result: v.optional(text),
});
const pin = v.object({ token: text, answer: text });
const times = v.object({
  schemaVersion: v.optional(whole),
  startedAtMs: v.optional(whole),
  updatedAtMs: v.optional(whole),
  endedAtMs: v.optional(whole),
});

/**
 * Reads an item of the table.
 *
 * @throws Error when the item is not of this schema: to the caller of the store the table is then unavailable
 */
export function decodeItem(attributes: Record<string, AttributeValue>): Item {
  const { schemaVersion, startedAtMs, updatedAtMs, endedAtMs } = v.parse(times, attributes);
  if (schemaVersion !== undefined && schemaVersion !== itemSchemaVersion) throw new Error("unknown schema version");
  const effects = new Map<string, StoredEffect>();
  const pins = new Map<number, StoredPin>();
  const outcomes = new Map<number, string>();
  const trail: TrailEntry[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    const key = name.slice(2);
    if (name.startsWith("e#")) effects.set(key, toEffect(value));
    else if (name.startsWith("p#")) pins.set(Number(key), v.parse(pin, value.M));
    else if (name.startsWith("o#")) outcomes.set(Number(key), v.parse(text, value));
    else if (name.startsWith("v#")) trail.push(...[decodeTrail(v.parse(text, value))].filter((entry) => !!entry));
  }
  return {
    checkpoint: attributes.turn === undefined ? undefined : v.parse(checkpoint, attributes),
    effects,
    pins,
    outcomes,
    verbs: toTrail(trail, limits.trailVerbsMax),
    startedAtMs,
    updatedAtMs,
    endedAtMs,
  };
}

function toEffect(value: AttributeValue): StoredEffect {
  const { result, ...known } = v.parse(effect, value.M);
  return result === undefined ? known : { ...known, result };
}

export function toEffectAttribute({ token, state, atMs, result }: StoredEffect): AttributeValue {
  const known = { token: { S: token }, state: { S: state }, atMs: { N: String(atMs) } };
  return { M: result === undefined ? known : { ...known, result: { S: result } } };
}
