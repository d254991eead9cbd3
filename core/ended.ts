/** The end of a call: what its flow still has to do then, and what is kept for a caller who dials again. */

import { type Checkpoint, unsealItem } from "./checkpoint.ts";
import type { Item } from "./checkpoint-store.ts";
import type { Engine } from "./engine.ts";
import { describe } from "./errors.ts";
import type { Flow } from "./flow.ts";
import { limits } from "./limits.ts";
import { type EffectScope, effectScope } from "./once.ts";
import type { StatusResult } from "./outcome.ts";
import { keepForRedial } from "./redial.ts";
import { type Table, tableFor } from "./table.ts";
import type { VoiceRequest } from "./voice-request.ts";
import { withoutBefore } from "./work.ts";

/** Call statuses after which nothing more happens. [D Call resource] */
const endStatuses = ["completed", "busy", "failed", "no-answer", "canceled"] as const;
export type EndStatus = (typeof endStatuses)[number];

/** Effects of the end have a turn of their own, behind every turn that a call can have. */
const endedTurn = limits.turnsMax + 1;

/** @returns the status with which the call ended; undefined while it goes on, and for a called person's leg */
export function endOf({ callStatus, parentCallSid }: VoiceRequest): EndStatus | undefined {
  return parentCallSid === undefined ? endStatuses.find((status) => status === callStatus) : undefined;
}

/**
 * Takes the end of a call, by whichever leg and request hears of it first: the number's status callback, or the action request
 * that Twilio still makes when the caller has hung up. Whoever hears of it later finds it done. The flow's `ended` runs, its
 * effects at most once, then the end is written; so a crash in between is taken up by the next who hears of it.
 *
 * @param begun the flow with which the call began, if it is known: a call stays in its flow
 */
export async function takeEnd(
  engine: Engine,
  request: VoiceRequest,
  status: EndStatus,
  begun?: string,
): Promise<StatusResult> {
  const { callSid } = request;
  const table = tableFor(engine.store, callSid, engine.clock, engine.tableBudgetMs);
  const mark = async (effects: EffectScope["effects"] = new Map(), reason?: string): Promise<StatusResult> => {
    const noted = await table.note({ effects, endedAtMs: engine.clock.nowMs() });
    if (noted.kind === "unavailable") return noted;
    return { kind: "stored", turn: undefined, ...(reason === undefined ? {} : { reason }) };
  };
  // a flow that does not ask what became of its calls: one write, as for every webhook
  const known = begun === undefined ? undefined : engine.flows.get(begun);
  const asked = known === undefined ? [...engine.flows.values()].some(wantsEnd) : wantsEnd(known);
  if (!asked) return mark();

  const read = await table.read();
  if (read.kind === "unavailable") return read;
  if (read.kind === "nothing") return mark();
  const { item } = read;
  if (item.endedAtMs !== undefined) return { kind: "ignored" };
  const stored = item.checkpoint;
  const c = stored && unsealItem(engine.sealer, callSid, stored.data, stored);
  const flow = c && engine.flows.get(c.flow);
  if (c === undefined || flow === undefined || !wantsEnd(flow)) return mark();

  const done = await runEnded({ engine, request, status, flow, c, table }, item);
  if (done.kind === "unavailable") {
    if (done.effects.size > 0) await table.note({ effects: done.effects });
    return { kind: "unavailable", reason: done.reason };
  }
  const kept = flow.redial && (await keepForRedial(engine, request, flow, c, item, table));
  // an older position must not be offered again: Twilio asks once more
  if (kept?.kind === "unavailable") return kept;
  return mark(done.effects, done.reason);
}

/** Has this flow something to do when a call ends? */
export function wantsEnd({ ended, redial }: Flow): boolean {
  return ended !== undefined || redial !== undefined;
}

interface End {
  readonly engine: Engine;
  readonly request: VoiceRequest;
  readonly status: EndStatus;
  readonly flow: Flow;
  readonly c: Checkpoint;
  readonly table: Table;
}

type Done =
  | { readonly kind: "done"; readonly effects: EffectScope["effects"]; readonly reason: string | undefined }
  /** to be asked again: Twilio retries status callbacks */
  | { readonly kind: "unavailable"; readonly effects: EffectScope["effects"]; readonly reason: string };

/** Runs the flow's `ended`, again with the claims of somebody who began before us (rule 3). */
async function runEnded({ engine, request, status, flow, c, table }: End, first: Item): Promise<Done> {
  const { leg, sealer, clock, newToken, settings } = engine;
  const { callSid, from, to } = request;
  const base = { ...c, turn: endedTurn, attempt: 0 };
  const { step, unsure, language } = c;
  const data = withoutBefore(c.data);
  let known = first;
  for (let tries = 0; tries <= limits.pinsPerWebhookMax; tries++) {
    const pin = known.pins.get(endedTurn);
    const input = { kind: "hangup" } as const;
    const scope = effectScope({ leg, callSid, base, input, pin, known, table, sealer, clock, newToken });
    const call = { sid: callSid, from, to };
    const context = { status, data, step, unsure, language, call, settings, once: scope.once };
    const error = await attempt(async () => flow.ended?.(context));
    await scope.settled();
    const why = scope.interruption();
    const { effects } = scope;
    // the author's own error is the same the next time: the call is over all the same
    if (why === undefined) return { kind: "done", effects, reason: error && describe(error.error) };
    if (why.kind === "in-doubt") return { kind: "done", effects, reason: "effect in doubt" };
    if (why.kind === "pinned" || why.kind === "fenced") known = why.item;
    else return { kind: "unavailable", effects, reason: why.reason };
  }
  return { kind: "unavailable", effects: new Map(), reason: "pinned again and again" };
}

async function attempt(work: () => unknown): Promise<{ readonly error: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { error };
  }
}
