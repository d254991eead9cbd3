import type { Recorded } from "./collect.ts";

/**
 * Whether the truth of an incident is what its world saw: Twilio noted an alert for each request that failed and for no other; the
 * edge had those that it should have had; an answer that was lost had been given.
 *
 * @returns what is otherwise, if anything
 */
export function notAsPlanned({ alarms, requests, primaryLog, calls }: Recorded): string | undefined {
  for (const { callSid } of calls) {
    const noted = alarms.filter((alarm) => alarm.callSid === callSid && alarm.alert.level === "ERROR").length;
    const failed = requests.filter((one) => one.callSid === callSid);
    if (noted !== failed.length) return `${noted} alerts of a call for ${failed.length} requests that failed`;
    for (const { kind, verdict, reached } of failed) {
      const isAway = verdict === "never-reached" || verdict === "dns-tls";
      if (kind === "fallback" || kind === "media" || reached !== isAway) continue;
      return `the edge ${reached ? "had" : "never had"} a request that was ${verdict}`;
    }
    const isGiven = primaryLog.some((line) => line.includes(callSid) && line.includes('"turn.answered"'));
    if (failed.some(({ verdict }) => verdict === "lost-after-commit") && !isGiven)
      return "no answer that could be lost";
  }
  return requests.length === 0 ? "nothing failed" : undefined;
}
