import type { RehearsedCall } from "../world/rehearsed-call.ts";
import type { Checker } from "./checker.ts";

/**
 * What one fault can cost, and what more can: a hang of the leg where the call is, and all that Twilio's requests of the
 * fallback URL may take. These are the promises of the README, not read from the limits of the core that is judged by them.
 */
export const silenceMaxMs = { oneFault: 5_000, moreFaults: 21_500 } as const;

/** The longest silence that requests of the call caused: nothing heard, nothing asked. Milliseconds of virtual time. */
export function worstSilenceMs({ record }: RehearsedCall): number {
  let worst = 0;
  let silent = 0;
  // while somebody is called the caller hears it ring, and who waits in a queue is on hold
  let beside = -1;
  for (const event of record.events) {
    if (event.kind === "heard" || event.kind === "caller") silent = 0;
    if (event.kind !== "reply" || event.request.kind === "status") continue;
    if (event.request.kind === "whisper" || event.request.kind === "wait") beside = event.request.index;
    if (event.request.index === beside) continue;
    silent += event.request.endedAtMs - event.request.startedAtMs;
    worst = Math.max(worst, silent);
  }
  return worst;
}

/** Nobody hears nothing for longer than the deadlines of the design allow. */
export const silenceBounded: Checker = (call) => {
  const silentMs = worstSilenceMs(call);
  const boundMs = call.faults.length <= 1 ? silenceMaxMs.oneFault : silenceMaxMs.moreFaults;
  return silentMs <= boundMs ? [] : [`${silentMs} ms of silence, the bound is ${boundMs} ms`];
};
