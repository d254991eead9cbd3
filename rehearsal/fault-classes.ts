import type { MetFault } from "./world/rehearsed-call.ts";

/** Kinds of trouble that an operator would tell apart, in the order of the pages that list them. */
export const faultClasses = {
  "primary request": "one request to the primary leg fails, before or after it took effect",
  "primary gone": "the primary leg fails every request, or every other one, from some point on",
  "fallback request": "one attempt of one request to the fallback leg fails, before or after it took effect",
  "fallback gone": "the fallback leg fails every request, or every other one, from some point on",
  media: "a prompt cannot be fetched, once or for the rest of the call",
  status: "a status callback is lost, late or doubled",
  "table operation": "one read or write of the table fails, is late, or its answer is lost",
  "table gone": "the table fails from some point on, for one leg or for both",
  process: "a handler's process dies or is suspended in the middle of its work",
  effect: "one call of the outside service fails, before or after it took effect",
  "service gone": "the outside service fails from some point on",
  repeated: "Twilio delivers a request twice, or a server handles it later than Twilio waits",
  deployment: "a new version of the flow is deployed in mid-call",
  clocks: "the clocks of the legs are an hour apart",
  "hang-up": "the caller hangs up while a request is on its way",
} as const;

export type FaultClass = keyof typeof faultClasses;

const gone = new Set(["down", "hangs", "flaps"]);
const repeated = new Set(["twice", "at-once", "late-beside", "late-behind", "late-turn"]);

export function faultClassOf({ kind, fault, leg }: Pick<MetFault, "kind" | "fault" | "leg">): FaultClass {
  if (fault === "crash" || fault === "crash-after" || fault.startsWith("stopped-")) return "process";
  if (fault.startsWith("table-down")) return "table gone";
  if (fault.startsWith("service-")) return "service gone";
  if (fault.startsWith("deployed")) return "deployment";
  if (fault.startsWith("hung-up")) return "hang-up";
  switch (kind) {
    case "call":
      return "clocks";
    case "request":
    case "fallback":
      if (repeated.has(fault)) return "repeated";
      return gone.has(fault) ? `${leg} gone` : `${leg} request`;
    case "media":
    case "status":
    case "effect":
      return kind;
    case "read":
    case "write":
      return "table operation";
  }
}
