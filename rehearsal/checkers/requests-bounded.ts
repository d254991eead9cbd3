import { requestsMax } from "../../core/limits.ts";
import type { Checker } from "./checker.ts";

/** Law 5: requests for TwiML, Twilio's retries included, stay within the formula. */
export const requestsBounded: Checker = (call, { match, ending, paths }) => {
  const known = match ?? ending[0];
  const turns = known?.turns ?? Math.max(1, ...paths.map((path) => path.turns));
  const bound = requestsMax(turns);
  const { attemptCount } = call.record;
  return attemptCount <= bound ? [] : [`${attemptCount} requests, the bound for ${turns} turns is ${bound}`];
};
