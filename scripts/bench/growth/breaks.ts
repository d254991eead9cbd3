import { limits } from "../../../core/limits.ts";
import type { Table } from "../report.ts";
import { assumed, type Deployment } from "./assumptions.ts";
import { offeredAt, placesFor } from "./erlang.ts";
import { quotas } from "./quotas.ts";

/** What a call asks of the platforms in its time, and how many begin in the busiest second. */
export interface Load {
  readonly callsPerDay: number;
  readonly callsPerSecond: number;
  /** per call, to the functions for voice and status */
  readonly webhooks: number;
  /** per call, prompt files of the primary */
  readonly media: number;
  readonly writeUnits: number;
  /** per call, requests of its first moment: the voice webhook; and files that its first document plays */
  readonly firstWebhooks: number;
  readonly firstMedia: number;
  /** per call with the primary gone */
  readonly functionWebhooks: number;
}

/** A limit, and when it is met. */
export interface Break {
  readonly limit: string;
  readonly when: string;
  readonly bound: number;
  /** at the busiest second of the day */
  readonly demand: number;
  readonly unit: string;
  /** calls a day at which the busiest second meets it */
  readonly callsPerDay: number;
  readonly remedy: string;
}

/** Executions that may be turned away on a leg that is called large enough; a call makes some four. */
export const lossAllowed = 0.001;

/** Every limit in the order in which a growing line meets them. Demands grow with the calls, so each is met at `bound / demand`. */
export function breaksOf(load: Load, deployment: Deployment): Break[] {
  const calls = load.callsPerSecond;
  const requests = calls * (load.webhooks + load.media);
  const webhooks = calls * load.webhooks;
  const executions = calls * load.functionWebhooks;
  const atOnce = (functionMs: number) => (executions * functionMs) / 1_000;
  const carried = offeredAt(lossAllowed, quotas.functionsAtOnce);
  // who comes while the first instances start finds none: each request gets a new one; calls in progress are few then
  const coldSec = assumed.coldStartMs / 1_000;
  const voiceStarts = calls * load.firstWebhooks * coldSec;
  const mediaStarts = calls * load.firstMedia * coldSec;
  const hangingMs = limits.primaryTableBudgetMs + assumed.primaryWebhookMs;
  const functionHangingMs = assumed.functionWebhookMs + limits.fallbackTableBudgetMs;
  const found: Omit<Break, "callsPerDay">[] = [
    {
      limit: "Functions at once",
      when: "the primary is gone, the table with it and hanging",
      bound: carried,
      demand: atOnce(functionHangingMs),
      unit: `executions at once that ${quotas.functionsAtOnce} places carry with 0.1 % turned away`,
      remedy: `ask Twilio for ${placesFor(atOnce(functionHangingMs), lossAllowed)}; each webhook waits ${limits.fallbackTableBudgetMs} ms for a table that hangs, and nothing remembers that the one before waited too`,
    },
    {
      limit: "Functions at once",
      when: "the primary is gone, the table is well",
      bound: carried,
      demand: atOnce(assumed.functionWebhookMs),
      unit: `executions at once that ${quotas.functionsAtOnce} places carry with 0.1 % turned away`,
      remedy: `ask Twilio for ${placesFor(atOnce(assumed.functionWebhookMs), lossAllowed)} before you rely on it; numbers on several Twilio accounts if each has a limit of its own (not confirmed)`,
    },
    {
      limit: "API's rate, as the template has it",
      when: "every day at the peak",
      bound: deployment.throttleRatePerSecond,
      demand: requests,
      unit: "requests/s",
      remedy: `ThrottleRatePerSecond of ${roundUp(requests * 1.5)} and a burst of twice as many: what is turned away here goes to the fallback, which is smaller`,
    },
    {
      limit: "Reads of parameters (SSM)",
      when: "the primary comes back, every instance new",
      bound: quotas.parameterReadsPerSecond,
      demand: voiceStarts * assumed.parameterReadsPerStart,
      unit: "reads in the first second",
      remedy:
        "higher throughput of Parameter Store (a setting, paid by the read); who finds no secrets is sent to the fallback",
    },
    {
      limit: "Lambda at once",
      when: "the table hangs, the primary waits for it",
      bound: quotas.lambdaAtOnce,
      demand: (webhooks * hangingMs) / 1_000,
      unit: "executions at once",
      remedy: "ask AWS for more, and ReservedConcurrency for this line",
    },
    {
      limit: "Lambda at once",
      when: "every day at the peak, warm",
      bound: quotas.lambdaAtOnce,
      demand: (requests * assumed.primaryWebhookMs) / 1_000,
      unit: "executions at once",
      remedy: "none needed",
    },
    {
      limit: "Lambda at once",
      when: "the primary comes back, every instance new",
      bound: Math.min(quotas.lambdaAtOnce, quotas.lambdaStarts),
      demand: voiceStarts + mediaStarts,
      unit: `new instances in the first second (${quotas.lambdaStarts} in ${quotas.lambdaStartsSec} s for each function)`,
      remedy: "shed media, so that prompts start no instance; let callers come back in steps of ThrottleRatePerSecond",
    },
    {
      limit: "API, the account's quota",
      when: "every day at the peak",
      bound: quotas.apiRequestsPerSecond,
      demand: requests,
      unit: "requests/s",
      remedy: "ask AWS for more, or shed media: prompts then come from the static host",
    },
    {
      limit: "A new table's writes",
      when: "the first day at the peak",
      bound: quotas.newTableWriteUnits,
      demand: calls * load.writeUnits,
      unit: "write units/s",
      remedy: "warm throughput set beforehand, or let the days grow: a table keeps the capacity that it has reached",
    },
    {
      limit: "The table's quota",
      when: "every day at the peak",
      bound: quotas.tableWriteUnits,
      demand: calls * load.writeUnits,
      unit: "write units/s",
      remedy: "ask AWS for more",
    },
  ];
  return found
    .map((one) => ({ ...one, callsPerDay: (one.bound / one.demand) * load.callsPerDay }))
    .toSorted((a, b) => a.callsPerDay - b.callsPerDay);
}

/** To two figures, upwards. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}

export function breaksTable(breaks: readonly Break[], callsPerDay: number): Table {
  return {
    title: `What breaks first: limits in the order in which a growing line meets them (demand at the busiest second of ${callsPerDay.toLocaleString("en")} calls a day)`,
    columns: [
      { key: "limit", title: "limit" },
      { key: "when", title: "when" },
      { key: "bound", title: "bound", digits: 1 },
      { key: "demand", title: "demand", digits: 1 },
      { key: "unit", title: "unit" },
      { key: "callsPerDay", title: "met at calls a day" },
      { key: "remedy", title: "what to do" },
    ],
    rows: breaks.map((one) => ({ ...one })),
  };
}

/** Executions at once that an outage at the peak needs, by the size of the line. */
export function placesTable(load: Load): Table {
  const hangingMs = assumed.functionWebhookMs + limits.fallbackTableBudgetMs;
  const needed = (callsPerDay: number, functionMs: number) => {
    const calls = load.callsPerSecond * (callsPerDay / load.callsPerDay);
    return placesFor((calls * load.functionWebhooks * functionMs) / 1_000, lossAllowed);
  };
  return {
    title: `Functions at once that an outage at the peak needs (${100 * lossAllowed} % of executions turned away; ${quotas.functionsAtOnce} by an older page of Twilio)`,
    columns: [
      { key: "callsPerDay", title: "calls a day" },
      { key: "well", title: "the table is well" },
      { key: "hangs", title: "the table hangs" },
    ],
    rows: [0.001, 0.01, 0.05, 0.1, 1].map((share) => {
      const callsPerDay = share * load.callsPerDay;
      return {
        callsPerDay,
        well: needed(callsPerDay, assumed.functionWebhookMs),
        hangs: needed(callsPerDay, hangingMs),
      };
    }),
  };
}

/** Partitions that a rate of writes needs, if calls fall on them evenly: they do, a CallSid is hexadecimal chance. */
export function partitionsFor(writeUnitsPerSecond: number): number {
  return Math.max(1, Math.ceil(writeUnitsPerSecond / quotas.partitionWriteUnits));
}
