import { quotas } from "../growth/quotas.ts";
import type { Chart, Column, PartReport, Row, Table, Target } from "../report.ts";
import type { Summary } from "../statistics.ts";
import { isBroken } from "./figures.ts";
import { brokenMs, lateMsMax } from "./plan.ts";
import type { Loaded, LoadResult } from "./run-load.ts";

const failing: Column = { key: "failing", title: "primary fails, %" };
const rate: Column = { key: "perSecond", title: "calls/s" };
const calls: readonly Column[] = [
  { key: "arrived", title: "arrived" },
  { key: "held", title: "held" },
  { key: "lost", title: "lost" },
  { key: "lastResort", title: "last resort" },
  { key: "resumed", title: "resumed" },
];
const times: readonly Column[] = [
  { key: "p50", title: "p50 ms", digits: 1 },
  { key: "p99", title: "p99 ms", digits: 1 },
  { key: "max", title: "max ms", digits: 1 },
];
const webhooks: Column = { key: "webhooks", title: "webhooks/s" };
const machine: readonly Column[] = [
  { key: "busy", title: "machine busy, %" },
  { key: "late", title: "generator late p99, ms", digits: 1 },
  { key: "honest", title: "kept time" },
];

/** What the run came to, as the bench reports it. */
export function toReport({ shares, raised }: LoadResult, notes: readonly string[]): PartReport {
  const wasRaised = raised.length > 0;
  return {
    tables: [callsTable(shares), timesTable(shares), machineTable(shares), ...(wasRaised ? [raisedTable(raised)] : [])],
    targets: shares.flatMap(targetsOf),
    charts: [silenceChart(shares)],
    notes: [...notes, ...shares.flatMap(tooManyAtOnce), ...(wasRaised ? [whereItBroke(raised)] : [])],
  };
}

function callsTable(shares: readonly Loaded[]): Table {
  return {
    title: "What became of calls under load",
    columns: [
      failing,
      rate,
      ...calls,
      { key: "asked", title: "effect asked" },
      { key: "once", title: "done once" },
      { key: "oftener", title: "done twice" },
      { key: "primaryRequests", title: "requests to the primary" },
      { key: "madeToFail", title: "made to fail" },
      { key: "failedAlone", title: "failed by themselves" },
    ],
    rows: shares.map((row) => ({
      ...common(row),
      asked: row.effects.asked,
      once: row.effects.once,
      oftener: row.effects.oftener,
      primaryRequests: row.primaryRequests,
      madeToFail: row.madeToFail,
      failedAlone: row.failedAlone,
    })),
  };
}

function timesTable(shares: readonly Loaded[]): Table {
  const sound = shares.find((row) => row.failing === 0)?.silence?.p50;
  return {
    title: "Times under load: of a webhook from when it was due, and of the caller's silence",
    columns: [
      failing,
      { key: "of", title: "of" },
      { key: "count", title: "count" },
      ...times,
      { key: "ratio", title: "x of sound, p50", digits: 2 },
    ],
    rows: shares.flatMap((row) => [
      ...line(row, "webhook of the primary", row.primary),
      ...line(row, "webhook of the fallback", row.fallback),
      ...line(row, "silence", row.silence, sound),
    ]),
  };
}

/** @param soundMs what `ratio` compares with */
function line(row: Loaded, of: string, summary: Summary | undefined, soundMs?: number): Row[] {
  if (summary === undefined) return [];
  const ratio = soundMs === undefined ? undefined : summary.p50 / soundMs;
  return [{ failing: 100 * row.failing, of, count: summary.count, ...cells(summary), ratio }];
}

function machineTable(shares: readonly Loaded[]): Table {
  return {
    title: "What the machine bore, and whether the load was what it says",
    columns: [failing, rate, webhooks, { key: "atOnce", title: "at once on the fallback, most" }, ...machine],
    rows: shares.map((row) => ({ ...common(row), atOnce: row.fallbackAtOnce })),
  };
}

function raisedTable(raised: readonly Loaded[]): Table {
  return {
    title: "The rate raised until the tail breaks: webhooks of a sound primary",
    columns: [rate, ...calls, webhooks, ...times, ...machine],
    rows: raised.map((row) => ({ ...common(row), ...cells(row.primary) })),
  };
}

function common(row: Loaded): Row {
  const { held, lost, "last-resort": lastResort } = row.outcomes;
  return {
    failing: 100 * row.failing,
    perSecond: row.perSecond,
    ...{ arrived: row.arrived, held, lost, lastResort, resumed: row.resumed },
    webhooks: row.webhooksPerSecond,
    busy: row.busyPercent,
    late: row.late?.p99,
    honest: keptTime(row) ? "yes" : "no",
  };
}

function cells(summary: Summary | undefined): Row {
  return { p50: summary?.p50, p99: summary?.p99, max: summary?.max };
}

/** A generator that was held up itself measures itself. */
function keptTime({ late }: Loaded): boolean {
  return late !== undefined && late.p99 <= lateMsMax;
}

function targetsOf({ failing: share, outcomes, effects }: Loaded): Target[] {
  const none = (what: string, measured: number): Target => ({
    what: `${what}, ${100 * share} % of the primary's requests failing`,
    bound: { exactly: 0 },
    measured,
    kind: "count",
  });
  return [
    none("calls lost", outcomes.lost),
    none("effects done twice", effects.oftener),
    none("effects told of and not done", effects.missing),
  ];
}

function silenceChart(shares: readonly Loaded[]): Chart {
  return {
    title: "The caller's silence under load, p99",
    unit: "ms",
    digits: 1,
    bars: shares.flatMap(({ failing: share, silence }) =>
      silence === undefined ? [] : [{ label: `${100 * share} % failing`, value: silence.p99, isOurs: true }],
    ),
  };
}

/** What the local runtime bears and an account of Twilio's would not. */
function tooManyAtOnce({ failing: share, fallbackAtOnce }: Loaded): string[] {
  if (fallbackAtOnce <= quotas.functionsAtOnce) return [];
  return [
    `With ${100 * share} % failing, ${fallbackAtOnce} requests were at once on the fallback, more than the ` +
      `${quotas.functionsAtOnce} that an account has: there some would have been refused, and calls perhaps lost.`,
  ];
}

function whereItBroke(raised: readonly Loaded[]): string {
  const broken = raised.find(isBroken);
  if (broken === undefined) {
    return `The tail did not break: p99 stayed within ${brokenMs} ms at ${raised.at(-1)?.perSecond} calls/s.`;
  }
  const whose = keptTime(broken) ? "" : " The generator was late itself there: the machine as a whole was full.";
  return `The tail broke at ${broken.perSecond} calls/s: p99 passed ${brokenMs} ms.${whose}`;
}
