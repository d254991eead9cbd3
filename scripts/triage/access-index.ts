import { limits } from "../../core/limits.ts";
import type { Access } from "./records.ts";
import { type Place, sameRoute } from "./url.ts";

/** Twilio's export has whole seconds, cut off. */
const beforeMs = 2_000;
const afterMs = 2_500;
/** An HTTP API waits no longer for a function. [D HTTP API quotas] */
const latencyMsMax = 30_000;

/** The access log, and which of its lines are not yet known to be about a failure. */
export interface AccessIndex {
  byId(requestId: string | undefined): Access | undefined;
  byFunctionId(requestId: string | undefined): Access | undefined;
  /** A request that came in just then, and that the edge gave up; it names no invocation. */
  givenUp(atMs: number): Access | undefined;
  take(access: Access): void;
  left(): Access[];
  /** Failed requests that ended near a moment and that nothing else claims: the nearest first. */
  loose(atMs: number, place: Place, status: number | undefined): Access[];
  /** Requests with a good answer that nothing else claims, and whose loss would have been noticed just then. */
  answered(atMs: number, place: Place): Access[];
}

/** The silence that our URLs allow; Twilio's whole seconds take one off. */
const silenceMs = { from: limits.webhookReadTimeoutMs - 1_000, to: limits.webhookTotalTimeoutMs + 500 } as const;

/** An answer that was lost is noticed at once, or when Twilio's total time is over. */
export function noticedThen(noticedMs: number, beganMs: number, endedMs: number): boolean {
  const sinceMs = noticedMs - beganMs;
  const atOnce = noticedMs >= endedMs - beforeMs && noticedMs <= endedMs + 1_500;
  return atOnce || (sinceMs >= silenceMs.from && sinceMs <= silenceMs.to);
}

export function accessIndex(all: readonly Access[]): AccessIndex {
  const ids = new Map(all.map((one) => [one.requestId, one]));
  const functionIds = new Map(all.map((one) => [one.functionRequestId, one]));
  const givenUp = new Map(all.filter((one) => one.waitedOut === true).map((one) => [one.atMs, one]));
  const bySecond = Map.groupBy(all, secondOf);
  const taken = new Set<Access>();
  const endMs = (one: Access) => one.atMs + one.latencyMs;
  /** what nothing else claims and may have ended then */
  function near(atMs: number): Access[] {
    const from = Math.floor((atMs - latencyMsMax - beforeMs) / 1_000);
    const seconds = Math.ceil((latencyMsMax + beforeMs + afterMs) / 1_000) + 1;
    const found = Array.from({ length: seconds }, (_, second) => bySecond.get(from + second) ?? []);
    return found.flat().filter((one) => !taken.has(one));
  }
  return {
    byId: (requestId) => (requestId === undefined ? undefined : ids.get(requestId)),
    byFunctionId: (requestId) => (requestId === undefined ? undefined : functionIds.get(requestId)),
    givenUp: (atMs) => [givenUp.get(atMs)].find((one) => one !== undefined && !taken.has(one)),
    take: (access) => void taken.add(access),
    left: () => all.filter((one) => !taken.has(one)),
    loose: (atMs, place, status) =>
      near(atMs)
        .filter((one) => one.status >= 400 && endMs(one) >= atMs - beforeMs && endMs(one) <= atMs + afterMs)
        .filter((one) => place.kind === "other" || sameRoute(one.route, place))
        .filter((one) => status === undefined || one.status === status)
        .toSorted((a, b) => Math.abs(endMs(a) - atMs) - Math.abs(endMs(b) - atMs)),
    answered: (atMs, place) =>
      near(atMs).filter(
        (one) => one.status < 400 && sameRoute(one.route, place) && noticedThen(atMs, one.atMs, endMs(one)),
      ),
  };
}

function secondOf({ atMs }: Access): number {
  return Math.floor(atMs / 1_000);
}
