/**
 * A caller who was cut off and calls again is offered to go on where the call was. When a call ends in the middle, its
 * position is kept under a keyed hash of the caller's number, sealed; the next call from there reads it once, with its first
 * request. Opt-in per flow: whoever calls from that number is offered it.
 */
import { type Checkpoint, parseJson } from "./checkpoint.ts";
import type { Item, WriteResult } from "./checkpoint-store.ts";
import { askingVerb } from "./document.ts";
import type { Engine } from "./engine.ts";
import { type Flow, findStep } from "./flow.ts";
import { limits } from "./limits.ts";
import type { Table } from "./table.ts";
import { type Language, yielding } from "./verbs.ts";
import type { VoiceRequest } from "./voice-request.ts";

/** Where an earlier call of the same caller broke off. */
export interface Before {
  readonly step: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly language: Language;
}

/** Under this name the data of a call carries where the earlier one was, until the offer is answered. */
export const beforeKey = "stayline:before";

/**
 * What Twilio gives as `From` where the number is withheld: the words anonymous, restricted, blocked, unknown, unavailable as a
 * telephone's keys spell them [O doorkeeper.jp, "Using Twilio to Screen Nuisance Callers"]. Many callers' at once.
 */
const nobodys = new Set(["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"]);
const numberPattern = /^\+[1-9]\d{7,14}$/;

/**
 * The item under which the position of a caller's last call is kept: no plain number is stored.
 *
 * @returns undefined for a call that has no number of its own to be known by, and for one that we placed
 */
export function redialKey(engine: Engine, flow: Flow, { from, params }: VoiceRequest): string | undefined {
  const outgoing = params.get("Direction")?.startsWith("outbound") ?? false;
  if (outgoing || !numberPattern.test(from) || nobodys.has(from)) return undefined;
  return `redial#${engine.sealer.hash("caller", `${flow.name}|${from}`)}`;
}

/**
 * Keeps where a call was that has ended, or that there is nothing to go on with. Not kept: a call that came to its own end, a
 * step that dials, charges or queues (that would be done again), a turn whose effect is not known to be done.
 *
 * @returns what the table said; undefined where there is nobody to keep it for
 */
export async function keepForRedial(
  engine: Engine,
  request: VoiceRequest,
  flow: Flow,
  c: Checkpoint,
  item: Item,
  table: Table,
): Promise<WriteResult | undefined> {
  const key = redialKey(engine, flow, request);
  if (key === undefined) return undefined;
  const left: Before | undefined = openBefore(c.data) ?? { step: c.step, data: c.data, language: c.language };
  const kept = {
    endedAtMs: engine.clock.nowMs(),
    callSid: request.callSid,
    left: canGoOn(engine, c, item) ? left : null,
  };
  const answer = engine.sealer.seal("redial", key, JSON.stringify(kept));
  return table.of(key).note({ outcome: { turn: 0, answer } });
}

function canGoOn(engine: Engine, c: Checkpoint, item: Item): boolean {
  const step = engine.flows.get(c.flow)?.steps.get(c.step);
  if (step?.next === undefined || c.unsure || item.pins.has(c.turn)) return false;
  const verb = askingVerb(engine, c);
  return verb === undefined || verb === "next" || yielding[verb].whenLost === "ask";
}

/**
 * Looks for an earlier call of this caller that can be gone on with, and takes it: offered to one call only.
 *
 * @returns undefined when there is none, it is too old, another call has it, or the table does not tell
 */
export async function findBefore(
  engine: Engine,
  request: VoiceRequest,
  flow: Flow,
  table: Table,
): Promise<Before | undefined> {
  const key = flow.redial && redialKey(engine, flow, request);
  if (flow.redial === undefined || key === undefined) return undefined;
  const pointer = table.of(key);
  const read = await pointer.read();
  const sealed = read.kind === "found" ? read.item.outcomes.get(0) : undefined;
  const opened = sealed === undefined ? undefined : engine.sealer.unseal("redial", key, sealed);
  const kept = opened === undefined ? undefined : (parseJson(opened) as Kept | undefined);
  if (!kept?.left || findStep(flow, kept.left.step) === undefined) return undefined;
  const ageMs = engine.clock.nowMs() - kept.endedAtMs;
  // a primary that was suspended in the earlier call may live as long as a lease: until then its turn is not ours
  if (ageMs < limits.leaseMs || ageMs > flow.redial.withinSec * 1000) return undefined;
  const claimed = await pointer.claim({
    from: { turn: 0, attempt: 0, resumes: 0 },
    effectKey: `0:${kept.callSid}`,
    effect: { token: request.callSid, state: "claimed", atMs: engine.clock.nowMs() },
    pin: { token: "redial", answer: "" },
    effects: new Map(),
  });
  const taker = claimed.kind === "refused" ? claimed.item.effects.get(`0:${kept.callSid}`)?.token : request.callSid;
  return claimed.kind === "unavailable" || taker !== request.callSid ? undefined : kept.left;
}

interface Kept {
  readonly endedAtMs: number;
  readonly callSid: string;
  readonly left: Before | null;
}

/** Where the earlier call was, as long as the data of this one carries it. */
export function openBefore(data: Readonly<Record<string, unknown>>): Before | undefined {
  return data[beforeKey] as Before | undefined;
}
