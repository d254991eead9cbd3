import { limits } from "../../../core/limits.ts";
import type { Random } from "../../../rehearsal/explore/random.ts";
import type { Chart, Column, Table } from "../report.ts";
import { assumed } from "./assumptions.ts";
import { lossAllowed } from "./breaks.ts";
import { dayCurve } from "./day.ts";
import { placesFor } from "./erlang.ts";
import { type Outage, type OutageResult, simulateOutage } from "./outage.ts";
import { quotas } from "./quotas.ts";

/** How long the primary is gone, around the peak. */
export const outageSec = 600;

/** When callers come, in milliseconds: each second's callers spread over it by chance. */
export function momentsOf(random: Random, perSecond: ArrayLike<number>): number[] {
  const moments: number[] = [];
  for (let second = 0; second < perSecond.length; second += 1) {
    const within = Array.from({ length: perSecond[second] ?? 0 }, () => Math.floor(random() * 1_000));
    for (const ms of within.sort((a, b) => a - b)) moments.push(second * 1_000 + ms);
  }
  return moments;
}

/** The first second of those whose callers an outage around the peak can meet. */
export function outageWindow(callSec: number): { readonly firstSec: number; readonly seconds: number } {
  const fromSec = Math.round(dayCurve.peakHour * 3_600 - outageSec / 2);
  return { firstSec: fromSec - callSec, seconds: callSec + outageSec };
}

export interface Scenario {
  readonly name: string;
  /** for a chart; undefined: not in it */
  readonly label: string | undefined;
  readonly result: OutageResult;
}

export interface ScenarioInput {
  readonly arrivalsMs: readonly number[];
  /** the same minutes of a smaller line */
  readonly fewArrivalsMs: readonly number[];
  readonly fewName: string;
  readonly gapsMs: readonly number[];
  readonly callSec: number;
  /** executions at once that the whole peak needs */
  readonly offered: number;
}

/** The same ten minutes with one thing different each time. */
export function runScenarios(input: ScenarioInput): Scenario[] {
  const fromMs = input.callSec * 1_000;
  const base: Outage = {
    arrivalsMs: input.arrivalsMs,
    gapsMs: input.gapsMs,
    fromMs,
    untilMs: fromMs + outageSec * 1_000,
    primaryMs: assumed.primaryWebhookMs,
    failsAfterMs: limits.webhookConnectTimeoutMs,
    functionMs: assumed.functionWebhookMs,
    functionsAtOnce: quotas.functionsAtOnce,
    retryAfterMs: assumed.retryAfterMs,
    repeatsAnswer: false,
    levelAt: () => "none",
  };
  const enough = placesFor(input.offered, lossAllowed);
  const operatorMs = fromMs + assumed.operatorSec * 1_000;
  const beforeMs = input.arrivalsMs.filter((ms) => ms < fromMs);
  const hangingMs = assumed.functionWebhookMs + limits.fallbackTableBudgetMs;
  const different: readonly [name: string, label: string | undefined, change: Partial<Outage>][] = [
    [`${quotas.functionsAtOnce} Functions at once, nothing shed`, "nothing shed", {}],
    ["SHED=effects from the first second", undefined, { levelAt: () => "effects" }],
    ["SHED=media from the first second", undefined, { levelAt: () => "media" }],
    ["SHED=sorry from the first second", "SHED=sorry at once", { levelAt: () => "sorry" }],
    [
      `SHED=sorry after ${assumed.operatorSec} s`,
      `SHED=sorry after ${assumed.operatorSec} s`,
      { levelAt: (ms) => (ms < operatorMs ? "none" : "sorry") },
    ],
    ["fallback requests repeat the caller's answer", undefined, { repeatsAnswer: true }],
    ["Twilio's own retry comes after a second", undefined, { retryAfterMs: 1_000 }],
    ["the table is gone too, and hangs", "the table hangs too", { functionMs: hangingMs }],
    ["nobody calls after it began", "nobody calls after it began", { arrivalsMs: beforeMs }],
    [`${enough} Functions at once`, `${enough} Functions at once`, { functionsAtOnce: enough }],
    [input.fewName, input.fewName, { arrivalsMs: input.fewArrivalsMs }],
  ];
  return different.map(([name, label, change]) => ({ name, label, result: simulateOutage({ ...base, ...change }) }));
}

const fates: readonly Column[] = [
  { key: "arrived", title: "callers" },
  { key: "untouched", title: "never met it" },
  { key: "held", title: "held" },
  { key: "toldSorry", title: "shed: heard sorry" },
  { key: "lastResort", title: "last resort" },
  { key: "lostNew", title: "lost at their first words" },
  { key: "lostInProgress", title: "lost in the middle" },
];

/** Who was held, shed and lost, by when they called; and what Functions had to do. */
export function scenarioTables(scenarios: readonly Scenario[], callsPerDay: number): Table[] {
  const title = `Ten minutes without the primary at the peak of ${callsPerDay.toLocaleString("en")} calls a day`;
  const name = { key: "name", title: "what is different" };
  return [
    {
      title: `${title}: callers by what they heard`,
      columns: [name, { key: "who", title: "who" }, ...fates],
      rows: scenarios.flatMap(({ name, result: { onTheLine, called } }) => [
        { name, who: "on the line when it began", ...onTheLine },
        { name, who: "called during it", ...called },
      ]),
    },
    {
      title: `${title}: Functions`,
      columns: [
        name,
        { key: "executions", title: "executions" },
        { key: "executionsPerSecond", title: "per second in the outage", digits: 1 },
        { key: "turnedAway", title: "turned away (429)" },
        { key: "mostAtOnce", title: "at once, most" },
        { key: "meanAtOnce", title: "at once, mean", digits: 1 },
        { key: "kept", title: "callers not lost, %", digits: 1 },
      ],
      rows: scenarios.map(({ name, result }) => {
        const { executions, executionsPerSecond, turnedAway, mostAtOnce, meanAtOnce } = result;
        const counted = { executions, executionsPerSecond, turnedAway, mostAtOnce, meanAtOnce };
        return { name, ...counted, kept: 100 * keptShare(result) };
      }),
    },
  ];
}

export function keptChart(scenarios: readonly Scenario[]): Chart {
  return {
    title: "Callers not lost in the outage",
    unit: "% of those who were there",
    digits: 1,
    bars: scenarios.flatMap(({ label, result }) =>
      label === undefined ? [] : [{ label, value: 100 * keptShare(result), isOurs: true }],
    ),
  };
}

/** The share of callers who were not lost: they ended as their flow means, or heard words of ours. */
export function keptShare({ arrived, lostNew, lostInProgress }: OutageResult): number {
  return arrived === 0 ? 1 : 1 - (lostNew + lostInProgress) / arrived;
}
