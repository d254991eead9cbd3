import type { Flow } from "../../core/index.ts";
import { runEffect } from "../../flows/service.ts";
import { fourTurns } from "../support/four-turns.ts";

/** The call that the protocol was checked with, its effect at the real service: idempotent, tried again in doubt. */
export const four = fourTurns("four", "retry", (settings, callSid) => (key, digits, signal) => {
  const effect = { effect: "book", callSid, arguments: { digits } };
  return runEffect(settings.BOOKINGS_URL, effect, key, signal);
});

/** The same with an effect that may never be tried twice; the service executes it as often as it is asked. */
export const fourGiveUp = fourTurns("four-give-up", "give-up", (settings, callSid) => (key, digits, signal) => {
  const effect = { effect: "charge", callSid, arguments: { digits } };
  return runEffect(settings.BOOKINGS_URL, effect, key, signal);
});

/** For a rehearsal of these two alone. */
export const flows: readonly Flow[] = [four, fourGiveUp];
