import { limits, requestsMax } from "../../core/limits.ts";
import type { RequestRecord } from "../call-record.ts";
import type { RehearsedCall } from "../world/rehearsed-call.ts";
import type { Checker } from "./checker.ts";

/**
 * Law 5: requests for TwiML, Twilio's retries included, stay within the formula. Documents beside the call are no turns, and not
 * counted there: a whisper is asked for once for each person called, a wait document as often as the wait is long.
 */
export const requestsBounded: Checker = (call, { match, ending, paths }) => {
  const findings: string[] = [];
  const known = match ?? ending[0];
  const turns = known?.turns ?? Math.max(1, ...paths.map((path) => path.turns));
  const bound = requestsMax(turns);
  const { record } = call;
  const beside = call.asides.length === 0 && call.steps.length === 0 ? 0 : attemptsBeside(record.requests);
  const attempts = record.attemptCount - beside;
  if (attempts > bound) findings.push(`${attempts} requests, the bound for ${turns} turns is ${bound}`);
  const boundBeside = besideMax(call);
  if (beside > boundBeside) findings.push(`${beside} requests beside the call, the bound is ${boundBeside}`);
  return findings;
};

/** With the fallback requests for what failed there: those have the number of their event. */
function attemptsBeside(requests: readonly RequestRecord[]): number {
  const events = new Set<number>();
  for (const { kind, index } of requests) if (kind === "wait" || kind === "whisper") events.add(index);
  let attempts = 0;
  for (const one of requests) {
    if (events.has(one.index) && one.kind !== "media" && one.kind !== "status") attempts += one.attempts;
  }
  return attempts;
}

/** A document and the key that is pressed in it, each with its own request and two fallback requests: for it, and for its files. */
function besideMax({ steps }: RehearsedCall): number {
  const perDocument = 2 * (1 + limits.webhookRetries + 2 * (1 + limits.fallbackRetries));
  let documents = 0;
  for (const { verb, params } of steps) {
    if (verb === "Dial") documents += 1;
    // no round takes less than a second
    if (verb === "Enqueue") documents += 1 + Number(params.QueueTime ?? "0");
  }
  return documents * perDocument;
}
