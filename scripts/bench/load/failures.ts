import { oneOf, type Random } from "../../../rehearsal/explore/random.ts";
import type { SocketFault } from "../../stack/socket-fault.ts";

/**
 * How requests to the primary fail here: nobody listens, two kinds of 5xx (one after the leg has done its work), a connection that
 * is reset before the leg has the request, and one that is reset instead of the answer. None that hangs: its five seconds are the
 * deadline's, whatever the load.
 */
export const failureKinds = [
  "refused",
  "status-500",
  "gateway-502-after",
  "reset-before",
  "reset-after",
] as const satisfies readonly SocketFault[];

export type Failure = (typeof failureKinds)[number];

/**
 * What the next request to the primary meets. The numbers of one call depend on its seed alone, so that timing changes nothing.
 *
 * @param share of the requests that fail, 0 to 1
 */
export function drawFailure(random: Random, share: number): Failure | "none" {
  return random() < share ? oneOf(random, failureKinds) : "none";
}
