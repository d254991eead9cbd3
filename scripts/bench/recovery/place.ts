import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import { checkCall } from "../../../rehearsal/checkers/check-call.ts";
import { declaredLoss } from "../../../rehearsal/declared.ts";
import type { PointKind } from "../../../rehearsal/fault-kinds.ts";
import type { Script } from "../../../rehearsal/model/derive-scripts.ts";
import type { Chosen } from "../../../rehearsal/world/choices.ts";
import { rehearseCall } from "../../../rehearsal/world/rehearse-call.ts";
import type { RehearsedCall } from "../../../rehearsal/world/rehearsed-call.ts";
import { longestSilence } from "./silence.ts";
import { dialect, type Rehearsed } from "./worlds.ts";

/** What faults did to one call. */
export interface Outcome {
  /** more silence than in the same call without them, in ms that Twilio waited, and in round trips */
  readonly addedMs: number;
  readonly addedTrips: number;
  /** for TwiML, Twilio's retries included, more than in the same call without them */
  readonly moreRequests: number;
  /** The call came to an ending that its answers lead to, with every effect once. */
  readonly goesOn: boolean;
  /** So it does without any help of a fallback URL: it was never asked. */
  readonly withoutFallback: boolean;
}

/** Calls by what went wrong in them. */
export type Outcomes<Key extends string> = ReadonlyMap<Key, readonly Outcome[]>;

/** Places one call on the virtual clock. */
export function place({ stage }: Rehearsed, script: Script, chosen: Chosen): Promise<RehearsedCall> {
  return rehearseCall({ stage, script, chosen, settled: dialect.dialect });
}

/** @param usual the same call without faults */
export async function judge({ expect }: Rehearsed, usual: RehearsedCall, call: RehearsedCall): Promise<Outcome> {
  const findings = checkCall(call, await expect(call));
  // how long it takes is measured here, not judged
  const others = findings.filter(({ checker }) => checker !== "silence-bounded");
  const goesOn = others.length === 0 && declaredLoss(call) === undefined;
  const [silence, before] = [longestSilence(call.record.events), longestSilence(usual.record.events)];
  return {
    addedMs: silence.waitedMs - before.waitedMs,
    addedTrips: silence.moreTrips - before.moreTrips,
    moreRequests: call.record.attemptCount - usual.record.attemptCount,
    goesOn,
    withoutFallback: goesOn && !call.record.requests.some(({ isFallback }) => isFallback),
  };
}

export interface Breakable {
  readonly at: number;
  readonly kind: PointKind;
}

/** Where a call can break while its caller is there; of all kinds unless told. */
export function breakable(call: RehearsedCall, from = 0, kinds?: readonly PointKind[]): readonly Breakable[] {
  const until = leftAt(call);
  return call.points.flatMap(({ what, name }, at) => {
    const kind = name as PointKind;
    const fits = kinds === undefined || kinds.includes(kind);
    return what === "fault" && fits && at >= from && at < until ? [{ at, kind }] : [];
  });
}

/** The point of the first webhook that the caller does not wait for, having hung up. */
function leftAt({ points, record }: RehearsedCall): number {
  let attempts = 0;
  for (const event of record.events) {
    if (event.kind === "request" && isWebhook(event.request.kind)) attempts += 1;
    if (event.kind === "caller" && isLeaving(event.step)) break;
  }
  let met = 0;
  const next = points.findIndex(({ what, name }) => {
    if (what === "fault" && (name === "request" || name === "fallback")) met += 1;
    return met > attempts;
  });
  return next < 0 ? points.length : next;
}

function isWebhook(kind: string): boolean {
  return kind !== "media" && kind !== "status";
}

function isLeaving(step: CallerStep): boolean {
  return step.kind === "hangup" || (step.kind === "record" && step.endedBy === "hangup");
}
