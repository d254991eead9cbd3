import { limits } from "../../core/limits.ts";
import { defaultDialect } from "../dialect.ts";
import { type EarlierCall, earlierSid } from "../model/earlier-calls.ts";
import type { TableRun } from "./faulty-table.ts";
import type { RehearsalCase } from "./rehearse-call.ts";
import type { RehearsedCall } from "./rehearsed-call.ts";
import type { Stage } from "./stage.ts";

/** What earlier calls left in the table, and when the next one begins. */
export interface LeftBehind {
  readonly runs: readonly TableRun[];
  readonly nextMs: number;
}

/** A caller who was cut off does not wait longer. */
const redialAfterMs = 60_000;

/** By the call that comes after it: one call may be the first of some and the second of others. */
const known = new WeakMap<Stage, WeakMap<EarlierCall, Map<string, Promise<LeftBehind>>>>();

/**
 * Places an earlier call, without any fault, once for all calls that come after it.
 *
 * @param callSid of the call that comes after it
 */
export function leftBehind(
  stage: Stage,
  earlier: EarlierCall,
  callSid: string,
  rehearse: (given: RehearsalCase) => Promise<RehearsedCall>,
): Promise<LeftBehind> {
  const ofStage = known.get(stage) ?? new WeakMap<EarlierCall, Map<string, Promise<LeftBehind>>>();
  known.set(stage, ofStage);
  const ofCall = ofStage.get(earlier) ?? new Map<string, Promise<LeftBehind>>();
  ofStage.set(earlier, ofCall);
  const before = ofCall.get(callSid);
  if (before !== undefined) return before;
  const made = place(stage, earlier, callSid, rehearse);
  ofCall.set(callSid, made);
  return made;
}

async function place(...[stage, earlier, callSid, rehearse]: Parameters<typeof leftBehind>): Promise<LeftBehind> {
  const { script, isTold } = earlier;
  const sid = earlierSid(callSid);
  const untold = ({ name }: { readonly name: string }): string => (name === "status" ? "lost" : "-");
  const call = await rehearse({
    stage,
    script,
    callSid: sid,
    chosen: new Map(),
    settled: defaultDialect,
    ...(isTold ? {} : { otherwise: untold }),
  });
  const still = script.earlier && (await leftBehind(stage, script.earlier, sid, rehearse));
  const withinMs = (stage.flow.redial?.withinSec ?? 0) * 1_000;
  const afterMs = Math.min(redialAfterMs, (limits.leaseMs + withinMs) / 2);
  return { runs: [...(still?.runs ?? []), ...call.beside], nextMs: call.nowMs + afterMs };
}
