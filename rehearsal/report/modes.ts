import { declaredLoss } from "../declared.ts";
import type { RehearsedCall } from "../world/rehearsed-call.ts";

/** What may follow from a fault, in the order in which a page lists it. */
export const consequences = [
  "the caller notices nothing",
  "the committed document is given again",
  "the fallback leg starts the flow",
  "the fallback leg takes the turn",
  "the question is asked again",
  "the prompt comes from the next rung of the media ladder",
  "the effect is reported in doubt",
  "later prompts are told `unsure`",
  "the last resort",
  "Twilio ends the call",
] as const;

export type Consequence = (typeof consequences)[number];

/** What followed from one kind of fault in all calls that met nothing else. */
export interface Mode {
  /** the longest silence */
  silenceMs: number;
  readonly follows: Set<Consequence>;
}

/** What a call shows of what went wrong in it. */
export function whatFollows(call: RehearsedCall): readonly Consequence[] {
  const found: Consequence[] = [];
  let rung = 0;
  for (const { answer, resuming } of call.given) {
    const { checkpoint, outcome } = answer;
    if (outcome === "last-resort") found.push("the last resort");
    if (checkpoint === undefined) continue;
    if (checkpoint.unsure) found.push("later prompts are told `unsure`");
    if (call.flow.steps.get(checkpoint.step) === undefined) continue;
    if (resuming && outcome !== "last-resort") found.push(resumed(outcome, checkpoint, rung));
    rung = checkpoint.rung;
  }
  const effects = [...(call.item?.effects.values() ?? [])];
  if (effects.some(({ state }) => state === "in-doubt")) found.push("the effect is reported in doubt");
  if (declaredLoss(call) !== undefined && call.record.ended === "apology") found.push("Twilio ends the call");
  return found.length === 0 ? ["the caller notices nothing"] : found;
}

function resumed(
  outcome: string,
  { turn, attempt, rung }: { turn: number; attempt: number; rung: number },
  before: number,
): Consequence {
  if (rung > before) return "the prompt comes from the next rung of the media ladder";
  if (outcome === "replayed") return "the committed document is given again";
  if (attempt > 0) return "the question is asked again";
  return turn === 1 ? "the fallback leg starts the flow" : "the fallback leg takes the turn";
}

/** Adds what was counted somewhere else. */
export function mergeModes(modes: Map<string, Mode>, later: ReadonlyMap<string, Mode>): void {
  for (const [key, { silenceMs, follows }] of later) {
    const own = modes.get(key) ?? { silenceMs: 0, follows: new Set() };
    own.silenceMs = Math.max(own.silenceMs, silenceMs);
    for (const consequence of follows) own.follows.add(consequence);
    modes.set(key, own);
  }
}
