import type { NextContext } from "../../core/index.ts";
import { runEffect } from "../service.ts";

/**
 * Asks the outside service to do something, once. In doubt it is asked again with the same idempotency key; what cannot be
 * settled even so leads to the step's `inDoubt`.
 *
 * @param name of the effect, unique within the step
 * @returns the service's reference for what was done
 */
export function doOnce<Data>(
  { once, settings, call }: NextContext<Data>,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<string> {
  const effect = { effect: name, callSid: call.sid, arguments: given };
  return once(name, (key, signal) => runEffect(settings.BOOKINGS_URL, effect, key, signal), { inDoubt: "retry" });
}
