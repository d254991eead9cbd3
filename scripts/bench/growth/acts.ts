import type { Act } from "./day.ts";
import { unitsOf } from "./items.ts";
import type { PlacedCall } from "./placed-call.ts";

/** When a placed call does what, for a simulation of many like it. */

/** Write units by the moment of the call at which they are written. */
export function writesOf({ handled }: PlacedCall): Act[] {
  return handled.map(({ atMs, uses }) => ({
    afterSec: Math.floor(atMs / 1_000),
    amount: unitsOf(uses, (kind) => kind !== "read"),
  }));
}

/** The most that one call does in one second. */
export function busiestSecond(acts: readonly Act[]): number {
  return Math.max(
    ...acts.map(({ afterSec }) =>
      acts.filter((act) => act.afterSec === afterSec).reduce((sum, { amount }) => sum + amount, 0),
    ),
  );
}

/** Requests to the primary, files included. */
export function requestsOf({ handled, media }: PlacedCall): Act[] {
  return [...handled, ...media]
    .filter(({ leg }) => leg === "primary")
    .map(({ atMs }) => ({ afterSec: Math.floor(atMs / 1_000), amount: 1 }));
}

/** From each webhook of a call to the next, and from the last one to the end. */
export function gapsOf({ handled, endedAtMs }: PlacedCall): number[] {
  const moments = handled.filter(({ kind }) => kind !== "status").map(({ atMs }) => atMs);
  return moments.map((atMs, at) => (moments[at + 1] ?? endedAtMs) - atMs);
}
