import type { Context } from "aws-lambda";
import { deliverDue, delivery, type Run } from "../core/outbox-delivery.ts";
import { shedLevel, sheds } from "../core/shed.ts";
import { createDeliverer, outboxSecrets } from "./outbox-env.ts";

const { env } = process;
const secrets = outboxSecrets(env, () => import("./parameters.ts"));

/**
 * Started by a schedule, once a minute: delivers what is due. No request of a call waits for it or needs it. An error is told to
 * Lambda, which counts it; the next minute tries again.
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<Run | { readonly postponed: true }> {
  if (sheds(shedLevel(env), "effects")) return { postponed: true };
  const deliverer = createDeliverer({ ...env, ...(await secrets()) });
  const leftMs = Math.min(delivery.functionTimeoutMs, context.getRemainingTimeInMillis());
  return deliverDue(deliverer, deliverer.clock.nowMs() + leftMs);
}
