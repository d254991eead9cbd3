import { unsealItem } from "../../core/checkpoint.ts";
import { beforeKey } from "../../core/redial.ts";
import { type EndEffect, effectsOfEnd, endTurn, type Told } from "../model/end-effects.ts";
import type { Executed } from "../world/outside-service.ts";
import type { EndNews, RehearsedCall } from "../world/rehearsed-call.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import { callSid, type Stage } from "../world/stage.ts";
import { modelWorld } from "./model-world.ts";

export type { EndEffect };

/** The idempotency key of an effect of the end. */
export function endKey(name: string): string {
  return `${callSid}:${endTurn}:${name}`;
}

/** Was this done by the flow's `ended`? */
export function isOfEnd({ key }: Executed): boolean {
  return key?.startsWith(endKey("")) ?? false;
}

/** What the outside was asked for while the call went on. */
export function duringCall({ flow, executed }: RehearsedCall): Executed[] {
  return flow.ended === undefined ? [...executed] : executed.filter((one) => !isOfEnd(one));
}

/** Has a leg said that it took the news of the end, or does the table say so? */
export function isEndTaken({ ends, item }: RehearsedCall): boolean {
  return item?.endedAtMs !== undefined || ends.some(({ by, isTaken }) => by === "status" && isTaken);
}

const rememberedMax = 1_000;

/** Makes the oracle of what a flow's `ended` asks for, by each document that it may have been told of. */
export function expectEnds(stage: Stage): (call: RehearsedCall) => Promise<(readonly EndEffect[])[]> {
  const remembered = new Map<string, readonly EndEffect[]>();
  const effectsOf = async (told: Told): Promise<readonly EndEffect[]> => {
    const key = JSON.stringify(told);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    if (remembered.size >= rememberedMax) remembered.clear();
    const effects = await effectsOfEnd(stage.flow, told, modelWorld(stage));
    remembered.set(key, effects);
    return effects;
  };
  return async (call) => {
    const outcomes = new Map<string, readonly EndEffect[]>();
    for (const news of call.ends) {
      for (const at of documentsFor(call, news)) {
        const to = call.writes[at]?.to;
        const c = to && unsealItem(stage.sealer, callSid, to.data, to);
        // nothing was ever written of the call
        if (c === undefined) outcomes.set("", []);
        else {
          const { step, unsure, language } = c;
          // an offer to go on is nothing that was said in this call
          const { [beforeKey]: _, ...data } = c.data;
          const effects = await effectsOf({ status: "completed", data, step: nameBefore(step), unsure, language });
          outcomes.set(JSON.stringify(effects), effects);
        }
      }
    }
    return [...outcomes.values()];
  };
}

/** The last document that the table held then, and whatever was written after that; a replica may lack the last one. */
function documentsFor({ writes, faults }: RehearsedCall, { writes: count, atMs }: EndNews): number[] {
  const isStale = faults.some(({ fault, atMs: at }) => fault === "stale" && at >= atMs);
  const first = count - 1 - (isStale ? 1 : 0);
  return Array.from({ length: Math.max(1, writes.length - first) }, (_, k) => first + k);
}
