import { parseJson, unsealUrl } from "./checkpoint.ts";
import { endOf, takeEnd } from "./ended.ts";
import type { Engine } from "./engine.ts";
import { type Input, toOutcome } from "./input.ts";
import type { Sealer } from "./seal.ts";
import { tableFor } from "./table.ts";
import type { VoiceRequest } from "./voice-request.ts";

export type StatusResult =
  /** `reason`: what was wrong with the flow's own code, if something was */
  | { readonly kind: "stored"; readonly turn: number | undefined; readonly reason?: string }
  | { readonly kind: "ignored" }
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * Stores what a status callback tells: the outcome of a record or dial (with a sealed checkpoint: of that turn), or the
 * end of the call. Facts only, so one that comes late or twice changes nothing else.
 *
 * @param flow as the URL names it, if it does
 */
export async function takeStatus(
  engine: Engine,
  request: VoiceRequest,
  sealed: string | undefined,
  flow?: string,
): Promise<StatusResult> {
  // a dialled leg reports under its own CallSid; the checkpoint belongs to the call that dialled
  const callSid = request.parentCallSid ?? request.callSid;
  const table = tableFor(engine.store, callSid, engine.clock, engine.tableBudgetMs);
  if (sealed === undefined) {
    // a dialled leg's end is not the end of the call that dialled it
    const status = endOf(request);
    return status === undefined ? { kind: "ignored" } : takeEnd(engine, request, status, flow);
  }
  const known = unsealUrl(engine.sealer, callSid, sealed);
  const turn = known?.checkpoint.turn;
  const outcome = known && toOutcome(known.verb, request.params);
  if (turn === undefined || outcome === undefined) return { kind: "ignored" };
  const answer = engine.sealer.seal("outcome", `${callSid}|${turn}`, JSON.stringify(outcome));
  const noted = await table.note({ outcome: { turn, answer } });
  return noted.kind === "unavailable" ? noted : { kind: "stored", turn };
}

/** Opens the outcome that a status callback stored for a turn. */
export function openOutcome(
  sealer: Sealer,
  callSid: string,
  turn: number,
  sealed: string | undefined,
): Input | undefined {
  const opened = sealed === undefined ? undefined : sealer.unseal("outcome", `${callSid}|${turn}`, sealed);
  return opened === undefined ? undefined : (parseJson(opened) as Input | undefined);
}
