import type { OutgoingRequest } from "../../rehearsal/call-record.ts";
import type { Dialect } from "../../rehearsal/dialect.ts";
import type { EffectsFault } from "../stack/effects.ts";
import type { TableFaultMode } from "../stack/table-proxy.ts";
import type { Verdict } from "../triage/result.ts";
import type { EdgeFault } from "./edge.ts";
import type { Break } from "./flows.ts";
import type { NetworkFault } from "./network.ts";
import type { InvokeFault } from "./platform.ts";
import type { LogFormat } from "./platform-lines.ts";

/** What one attempt of one request meets on its way. */
export interface Met {
  readonly network?: NetworkFault;
  readonly edge?: EdgeFault;
  readonly invoke?: InvokeFault;
  /** of the table, as long as this request lasts */
  readonly table?: TableFaultMode;
  /** of the service that executes effects, likewise */
  readonly effects?: EffectsFault;
  /** Twilio fails to get what it asked for, and this is where that was. */
  readonly verdict?: Verdict;
}

export interface PlannedCall {
  /** when it begins, since the incident's base */
  readonly atSec: number;
  readonly flow: FlowName;
  /** What the caller presses where the flow breaks; by default a key that does no harm. */
  readonly key?: string;
}

export type FlowName = "appointment" | "brittle";

/** What an operator exports. */
export const exportNames = [
  "alerts.json",
  "alerts.csv",
  "debugger.jsonl",
  "access.jsonl",
  "primary.log",
  "fallback.log",
  "table.json",
] as const;
export type ExportName = (typeof exportNames)[number];

export interface IncidentPlan {
  readonly name: string;
  /** One sentence: what really happened. */
  readonly what: string;
  readonly fault: string;
  readonly calls: readonly PlannedCall[];
  /** Asked before each attempt. */
  readonly meets: (request: OutgoingRequest, call: number) => Met | undefined;
  readonly exports: readonly ExportName[];
  /** A verdict that the exports do not suffice for is this one in the truth. */
  readonly known?: (verdict: Verdict) => Verdict;
  readonly dialect?: Partial<Dialect>;
  readonly format?: LogFormat;
  /** The primary's log as `aws logs tail` prints it: each line behind its time and stream. */
  readonly tailed?: boolean;
  /** The access log was switched on so long after the incident's base. */
  readonly accessFromSec?: number;
  /** Alerts as the list of them has them: without the headers and bodies that came. */
  readonly listedOnly?: boolean;
  /** Twilio notes its alerts so much later than the requests failed. */
  readonly alertsLateMs?: number;
  readonly breaks?: Break;
  /** More variables of the primary's functions, or others. */
  readonly primaryEnv?: Readonly<Record<string, string>>;
  /** What Twilio was given in place of the primary's base URL. */
  readonly numberUrl?: string;
  /** Requests of others than Twilio, unsigned, after the first call. */
  readonly strangers?: number;
  /** Put behind the path of the voice URL. */
  readonly voiceSuffix?: string;
}

export const logsAndAlerts: readonly ExportName[] = ["alerts.json", "access.jsonl", "primary.log", "fallback.log"];
export const everything: readonly ExportName[] = [...logsAndAlerts, "table.json"];

/** Calls to one flow, spread evenly. */
export function calls(count: number, everySec: number, flow: FlowName = "brittle"): PlannedCall[] {
  return Array.from({ length: count }, (_, k) => ({ atSec: k * everySec, flow }));
}
