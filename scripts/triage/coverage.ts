import { isTurn } from "./call-lines.ts";
import { type AtHand, cameLate, failedInside } from "./evidence.ts";
import { cameInMs } from "./read-logs.ts";
import type { Access, Logs, Sources } from "./records.ts";

/** A line goes with its file's time: at night there may be minutes without any. */
const quietMs = 15 * 60_000;

/** What was at hand for a moment: a file that ends an hour before tells nothing of it. */
export function coverageOf({ alerts, access, primary, fallback, table }: Sources): (atMs: number) => AtHand {
  const invocations = [...(primary?.invocations.values() ?? [])];
  const inAccess = spanOf(access?.map((one) => one.atMs) ?? []);
  const inPrimary = spanOf([...(primary?.lines.map(cameInMs) ?? []), ...invocations.flatMap((one) => one.atMs ?? [])]);
  const gapsMs = gapsIn(access, primary);
  return (atMs) => ({
    alerts: alerts !== undefined,
    access: access !== undefined && inAccess(atMs) && !gapsMs.some((ms) => Math.abs(ms - atMs) <= quietMs),
    primary: primary !== undefined && inPrimary(atMs),
    platform: invocations.length > 0,
    // it is asked seldom: an empty log of it says that it was not asked
    fallback: fallback !== undefined,
    table: table !== undefined,
  });
}

/** A log that was given and is empty says that nothing came in. */
function spanOf(timesMs: readonly number[]): (atMs: number) => boolean {
  const first = timesMs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const last = timesMs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return (atMs) => timesMs.length === 0 || (atMs >= first - quietMs && atMs <= last + quietMs);
}

/** Turns that the function took and the edge did not log: it was not switched on then, or its export is not whole. */
function gapsIn(access: readonly Access[] | undefined, primary: Logs | undefined): number[] {
  const logged = new Set(access?.flatMap(({ functionRequestId }) => functionRequestId ?? []));
  if (access === undefined || (access.length > 0 && logged.size === 0)) return [];
  // where the edge gave up waiting, it names no invocation
  const told = (primary?.lines ?? []).filter((line) => isTurn(line) && !cameLate(line) && !failedInside(line));
  return told.filter(({ requestId }) => requestId !== undefined && !logged.has(requestId)).map(cameInMs);
}
