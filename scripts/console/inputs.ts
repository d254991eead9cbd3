import * as v from "valibot";
import { type BreakerName, breakerNames, type CallerInput } from "../../console/protocol.ts";
import { dialectChoices } from "../../console/rehearsal-protocol.ts";
import { languages } from "../../core/verbs.ts";

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600));
const keys = v.pipe(v.string(), v.regex(/^[0-9*#]{0,64}$/));
const words = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500));
const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

/** What the caller does, as the page tells it. */
export const callerInput: v.GenericSchema<unknown, CallerInput> = v.variant("kind", [
  v.strictObject({ kind: v.literal("digits"), digits: v.pipe(keys, v.minLength(1)) }),
  v.strictObject({ kind: v.literal("speech"), text: words }),
  v.strictObject({ kind: v.literal("silence") }),
  v.strictObject({ kind: v.literal("hangup") }),
  v.strictObject({
    kind: v.literal("record"),
    durationSec: seconds,
    endedBy: v.picklist(["key", "silence", "hangup"]),
  }),
  v.strictObject({
    kind: v.literal("dial"),
    status: v.picklist(["completed", "busy", "no-answer", "failed"]),
    durationSec: seconds,
  }),
  v.strictObject({
    kind: v.literal("queue"),
    result: v.picklist([
      "bridged",
      "bridging-in-process",
      "error",
      "redirected-from-bridged",
      "queue-full",
      "system-error",
    ]),
    waitSec: seconds,
  }),
  v.strictObject({ kind: v.literal("pay"), result: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{1,40}$/)) }),
  v.strictObject({
    kind: v.literal("connect"),
    status: v.picklist(["ended", "failed", "completed"]),
    durationSec: seconds,
    detail: v.pipe(v.string(), v.maxLength(1_000)),
  }),
  v.strictObject({
    kind: v.literal("refer"),
    sipStatus: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(699)),
  }),
]);

export const startCall = v.strictObject({ flow: id, language: v.picklist(languages) });
export const startRehearsal = v.strictObject({ flow: id, dialects: v.optional(v.picklist(dialectChoices), "few") });
export const setBreaker = v.strictObject({ on: v.boolean() });
export const replayFrom = v.strictObject({ turn: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)) });

export function breakerOf(name: string): BreakerName | undefined {
  return breakerNames.find((one) => one === name);
}
