import type { OutgoingRequest } from "../../rehearsal/call-record.ts";
import type { IncidentPlan, Met } from "./plan.ts";

type Meets = IncidentPlan["meets"];

/** Which request of a call is struck: that of its event, on the primary leg. */
export type Where = "voice" | "action" | "second-action" | "media" | "fallback" | "any";

/** Strikes the named request in some of the calls. */
export function strikes(calls: readonly number[] | "all", where: Where, met: Met): Meets {
  return (request, call) => {
    if (calls !== "all" && !calls.includes(call)) return undefined;
    return isAt(request, where) ? met : undefined;
  };
}

/** The first of several that has something for a request. */
export function either(...all: readonly Meets[]): Meets {
  return (request, call) => {
    for (const meets of all) {
      const met = meets(request, call);
      if (met !== undefined) return met;
    }
    return undefined;
  };
}

function isAt({ kind, index, isFallback, url }: OutgoingRequest, where: Where): boolean {
  if (where === "fallback") return isFallback;
  // what a leg answers after a failover is asked of the fallback leg, and so is its media
  if (isFallback || url.includes(".twil.io/")) return false;
  if (where === "media") return kind === "media";
  if (kind === "media" || kind === "status") return false;
  if (where === "any") return true;
  return index === { voice: 0, action: 1, "second-action": 2 }[where];
}
