import type { Item, TrailVerb } from "../../core/checkpoint-store.ts";
import { limits } from "../../core/limits.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import type { HeldCall, HeldDocument, HeldEffect, Source } from "./known.ts";
import { formed, given } from "./mask.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** An operator's command may wait, a caller may not. */
const readMs = 5_000;

/**
 * Reads the item of a call; what it holds sealed stays sealed and stays behind.
 *
 * @param table its name, in place of `TABLE_NAME`
 */
export async function readHeld(
  callSid: string,
  env: Env,
  table: string | undefined,
  nowMs: number,
): Promise<{ readonly source: Source; readonly held?: HeldCall }> {
  const not = (what: string) => ({ source: { name: "table", had: false, what } as const });
  const name = table ?? env.TABLE_NAME;
  const region = env.TABLE_REGION || env.AWS_REGION;
  if (!name) return not("TABLE_NAME is not set, nor --table given");
  if (!region) return not("TABLE_REGION is not set");
  const endpoint = env.TABLE_ENDPOINT ? { endpoint: env.TABLE_ENDPOINT } : {};
  const store = dynamodbStore({ table: name, attemptMs: readMs / 2, client: { region, ...endpoint } });
  const read = await store.read(callSid, { nowMs, withinMs: readMs });
  if (read.kind === "nothing") return not("it holds nothing of this call");
  if (read.kind === "unavailable") return not(`it does not answer: ${formed("name", read.reason) ?? "unknown"}`);
  const held = toHeld(read.item, nowMs);
  const what = `documents in the trail: ${held.documents.length}, effects: ${held.effects.length}`;
  return { source: { name: "table", had: true, what }, held };
}

/** What an item tells without its keys. */
export function toHeld(item: Item, nowMs: number): HeldCall {
  const { checkpoint: c, startedAtMs, updatedAtMs, endedAtMs } = item;
  const position = c && {
    flow: formed("flow", c.flow),
    step: formed("step", c.step),
    turn: c.turn,
    attempt: c.attempt,
    resumes: c.resumes,
    leg: c.leg,
    build: formed("build", c.build),
  };
  return given<HeldCall>({
    ...position,
    startedAtMs,
    updatedAtMs,
    endedAtMs,
    documents: documentsOf(item.verbs),
    effects: [...item.effects].map(([key, { state, atMs }]) => toEffect(key, state, atMs, nowMs)),
    pins: [...item.pins.keys()].toSorted((a, b) => a - b),
    outcomes: [...item.outcomes.keys()].toSorted((a, b) => a - b),
  });
}

function toEffect(key: string, state: HeldEffect["state"], atMs: number, nowMs: number): HeldEffect {
  const colon = key.indexOf(":");
  const turn = Number(key.slice(0, colon));
  const left = state === "claimed" && nowMs - atMs > limits.leaseMs;
  return given<HeldEffect>({
    turn: turn > limits.turnsMax ? undefined : turn,
    effect: formed("name", key.slice(colon + 1)) ?? "…",
    state: left ? "in-doubt" : state,
    atMs,
  });
}

/** The trail, one entry for each document. */
function documentsOf(trail: readonly TrailVerb[]): HeldDocument[] {
  const documents: (HeldDocument & { verbs: string[] })[] = [];
  for (const { verb, step, turn, attempt, leg, atMs } of trail) {
    const name = formed("name", verb) ?? "…";
    const last = documents.at(-1);
    if (last?.turn === turn && last.attempt === attempt && last.atMs === atMs) last.verbs.push(name);
    else documents.push({ turn, attempt, step: formed("step", step) ?? "…", leg, atMs, verbs: [name] });
  }
  return documents;
}
