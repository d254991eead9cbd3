import { type FaultName, faultKinds, type PointKind } from "../../../rehearsal/fault-kinds.ts";

/** Faults that an operator would not tell apart, in the order in which they are told; of a webhook unless it says of what. */
export const troubles = {
  "no connection": "connection refused, no such host, TLS fails",
  status: "404, 429, 500, 502, endless redirects",
  "connect timeout": "no connection within the connect timeout",
  hang: "hang: handled never, or later",
  "answer late": "handled, the answer comes too late",
  "answer lost": "handled, the answer is lost: reset, cut, 502",
  garbled: "handled, the answer is no TwiML",
  "just in time": "the answer comes 1 ms before Twilio gives up",
  repeated: "delivered twice",
  "leg refuses": "primary refuses all that follow, or every other",
  "leg hangs": "primary hangs from here on",
  "file missing": "prompt: file missing, or its host refuses",
  "file hangs": "prompt: its host hangs",
  "status callback": "status callback: lost, late or doubled",
  "table refuses": "table: refuses, once or from here on",
  "table slow": "table: answers late, or just in time",
  "table stale": "table: a replica lacks the last write",
  "process dies": "process: dies in mid-turn",
  "process stops": "process: suspended in mid-turn, wakes later",
  "effect refused": "outside service: refuses or answers 500",
  "effect hangs": "outside service: hangs, or is slow",
  deployment: "deployment in mid-call",
  clocks: "clocks of the legs an hour apart",
} as const;

export type Trouble = keyof typeof troubles;

/** A caller who hangs up waits for nothing. */
type Here<Kind extends PointKind> = { readonly [Name in FaultName<Kind>]: Trouble | "nobody waits" };

const webhook: Here<"request"> = {
  ...{ refused: "no connection", dns: "no connection", tls: "no connection", "no-connection": "connect timeout" },
  ...{ "status-404": "status", "status-429": "status", "status-500": "status", "gateway-502": "status" },
  ...{ "redirect-loop": "status", hang: "hang", "late-beside": "hang", "late-behind": "hang", "late-turn": "hang" },
  ...{ "answer-late": "answer late", "answer-lost": "answer lost", "answer-cut": "answer lost" },
  ...{ "gateway-502-after": "answer lost", empty: "garbled", truncated: "garbled", malformed: "garbled" },
  ...{ "wrong-type": "garbled", oversize: "garbled", slow: "just in time", twice: "repeated", "at-once": "repeated" },
  ...{ down: "leg refuses", flaps: "leg refuses", hangs: "leg hangs" },
  ...{ deployed: "deployment", "deployed-fallback": "deployment" },
  ...{ "hung-up-before": "nobody waits", "hung-up-after": "nobody waits" },
};

const table = {
  crash: "process dies",
  "stopped-short": "process stops",
  "stopped-behind": "process stops",
  "stopped-long": "process stops",
  "table-down": "table refuses",
  "table-down-here": "table refuses",
  refused: "table refuses",
  timeout: "table slow",
  slow: "table slow",
} as const;

const troubleOfFault: { readonly [Kind in PointKind]: Here<Kind> } = {
  call: { "fallback-clock-ahead": "clocks", "fallback-clock-behind": "clocks", "table-down": "table refuses" },
  request: webhook,
  fallback: webhook,
  media: {
    ...{ "status-404": "file missing", refused: "file missing", "wrong-type": "file missing" },
    ...{ "host-down": "file missing", hang: "file hangs" },
  },
  status: {
    ...{ lost: "status callback", late: "status callback", "at-the-end": "status callback", twice: "status callback" },
  },
  read: { ...table, stale: "table stale" },
  write: {
    ...table,
    ...{ unheard: "table slow", late: "table slow", "crash-after": "process dies", "stopped-after": "process stops" },
  },
  effect: {
    ...{ refused: "effect refused", "status-500": "effect refused", "status-500-after": "effect refused" },
    ...{ "service-down": "effect refused", hang: "effect hangs", unheard: "effect hangs", late: "effect hangs" },
    ...{ slow: "effect hangs", "service-hangs": "effect hangs", crash: "process dies", "crash-after": "process dies" },
  },
};

/** @returns undefined for a caller who hangs up: nobody waits */
export function troubleOf(kind: PointKind, fault: string): Trouble | undefined {
  const here: Readonly<Record<string, Trouble | "nobody waits">> = troubleOfFault[kind];
  const trouble = here[fault];
  if (trouble === undefined) throw new RangeError(`no fault '${fault}' of ${kind}`);
  return trouble === "nobody waits" ? undefined : trouble;
}

/** The faults of an operation in which somebody waits. */
export function faultsOf(kind: PointKind): readonly { readonly fault: string; readonly trouble: Trouble }[] {
  return faultKinds[kind].flatMap(({ name }) => {
    const trouble = troubleOf(kind, name);
    return trouble === undefined ? [] : [{ fault: name, trouble }];
  });
}
