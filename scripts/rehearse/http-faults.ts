import type { FaultName } from "../../rehearsal/fault-kinds.ts";
import type { SocketFault } from "../stack/socket-fault.ts";
import type { TableFaultMode } from "../stack/table-proxy.ts";
import { socketFaults } from "./socket-faults.ts";

/** A fault of the table that lasts for one request of Twilio, whatever that request asks of the table. */
export type TableFault = `table-${TableFaultMode}`;
export type HttpFault = SocketFault | TableFault;

/** What the rehearsal in process does in the place of a socket fault. */
export interface Counterpart {
  readonly inProcess: FaultName<"request">;
  /** Precise codes of Twilio's alerts that differ, because the rehearsal in process has no fault with this one. */
  readonly code?: { readonly http: string; readonly inProcess: string };
}

export type Counterparts = Readonly<Record<SocketFault, Counterpart>>;

/**
 * The same happens to the leg (asked or not, once or twice) and Twilio is told the same. Faults without a namesake have the nearest
 * one that agrees in both and in whether Twilio retries; what that costs in precise codes is written beside it.
 */
export const counterparts: Counterparts = {
  refused: { inProcess: "refused" },
  // Not "refused": that is a failed connection (11202), and this one was accepted (11205), as it is when nothing comes.
  "reset-before": { inProcess: "hang" },
  "reset-after": { inProcess: "answer-lost" },
  cut: { inProcess: "answer-cut" },
  "cut-reset": { inProcess: "answer-cut" },
  "hang-before": { inProcess: "hang" },
  "hang-after": { inProcess: "answer-late" },
  // Part of the answer was there, so it is not retried; a total timeout after the answer has no namesake.
  drip: { inProcess: "answer-cut", code: { http: "11203", inProcess: "11205" } },
  slow: { inProcess: "slow" },
  "gateway-502-before": { inProcess: "gateway-502" },
  "gateway-502-after": { inProcess: "gateway-502-after" },
  "status-404": { inProcess: "status-404" },
  "status-429": { inProcess: "status-429" },
  "status-500": { inProcess: "status-500" },
  empty: { inProcess: "empty" },
  truncated: { inProcess: "truncated" },
  malformed: { inProcess: "malformed" },
  "wrong-type": { inProcess: "wrong-type" },
  "no-type": { inProcess: "wrong-type" },
  oversize: { inProcess: "oversize" },
  "redirect-loop": { inProcess: "redirect-loop" },
  garbage: { inProcess: "hang", code: { http: "11206", inProcess: "11205" } },
  duplicate: { inProcess: "twice" },
  "duplicate-at-once": { inProcess: "at-once" },
};

/** Both have the same effect on each operation of the request, however often the store's client tries again. */
export const tableCounterparts: Readonly<
  Record<TableFault, { readonly read: FaultName<"read">; readonly write: FaultName<"write"> }>
> = {
  "table-refuse": { read: "refused", write: "refused" },
  "table-throttle": { read: "refused", write: "refused" },
  "table-hang": { read: "timeout", write: "timeout" },
  "table-lose-answer": { read: "refused", write: "unheard" },
  "table-slow": { read: "slow", write: "slow" },
};

export const tableFaults = Object.keys(tableCounterparts) as readonly TableFault[];
export const allHttpFaults: readonly HttpFault[] = [...socketFaults.map(({ fault }) => fault), ...tableFaults];

export function isTableFault(fault: HttpFault): fault is TableFault {
  return fault.startsWith("table-");
}

/** Twilio gets a usable document: the fallback is not asked. */
export function isSurvived(fault: HttpFault): boolean {
  return socketFaults.some((one) => one.fault === fault && one.isSurvived);
}

/** Costs real seconds, in which nothing is done. */
export function isWaitedFor(fault: HttpFault): boolean {
  return fault === "hang-before" || fault === "hang-after" || fault === "drip" || fault === "slow";
}
