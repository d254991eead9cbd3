import type { CallEvent } from "../../../rehearsal/call-record.ts";

/** What the caller waits for between two things that are heard or done, beyond what a call without a fault takes. */
export interface Silence {
  /** of the longest silence, in which Twilio waited; a request that is answered at once takes none */
  readonly waitedMs: number;
  /** Most round trips in one silence beyond one for each webhook and one for each file that is heard. */
  readonly moreTrips: number;
}

/** Silence between two sounds; requests for people who hear it ring, or music, are none. */
export function longestSilence(events: readonly CallEvent[]): Silence {
  let waitedMs = 0;
  let moreTrips = 0;
  let here = { waitedMs: 0, moreTrips: 0 };
  // documents for whoever is called or waits, and the fallback requests for them
  const beside = new Set<number>();
  for (const event of events) {
    if (event.kind === "heard" || event.kind === "caller") here = { waitedMs: 0, moreTrips: 0 };
    if (event.kind !== "reply" || event.request.kind === "status") continue;
    const { kind, index, attempts, startedAtMs, endedAtMs, outcome } = event.request;
    if (kind === "whisper" || kind === "wait") beside.add(index);
    if (beside.has(index)) continue;
    const isHeard = kind === "media" && outcome.kind === "answer" && outcome.status === 200;
    // whatever comes of it, a webhook is asked once; the fallback's answer and a file that is missing are more than that
    const usual = kind === "media" ? (isHeard ? 1 : 0) : kind === "fallback" ? 0 : 1;
    here.waitedMs += endedAtMs - startedAtMs;
    here.moreTrips += attempts - usual;
    waitedMs = Math.max(waitedMs, here.waitedMs);
    moreTrips = Math.max(moreTrips, here.moreTrips);
  }
  return { waitedMs, moreTrips };
}
