import type { Table } from "../report.ts";
import { assumed, type Deployment } from "./assumptions.ts";
import { partitionsFor } from "./breaks.ts";
import { partColumns } from "./cost-tables.ts";
import { billOf, type Usage } from "./costs.ts";
import { secondsPerDay } from "./day.ts";
import { regions } from "./prices.ts";
import { quotas } from "./quotas.ts";

/** What a day comes to at its busiest, beside what the platforms take. */
export function dayTable(day: {
  readonly callsPerDay: number;
  readonly flow: string;
  /** write units of one item in its busiest second */
  readonly hottestItem: number;
  readonly called: number;
  readonly peak: Readonly<Record<"calls" | "writes" | "requests", { readonly value: number }>>;
  readonly warmAtOnce: number;
  readonly growth: number;
}): Table {
  const { called, peak, warmAtOnce, growth, hottestItem } = day;
  const mean = called / secondsPerDay;
  const rows: [what: string, value: number, unit: string][] = [
    ["calls", called, "of the day, by chance"],
    ["calls, mean", mean, "per second"],
    ["calls, expected at the peak", peak.calls.value, "per second"],
    ["peak over mean", peak.calls.value / mean, "times"],
    ["requests to the primary, busiest second", peak.requests.value, "per second"],
    ["table writes, busiest second", peak.writes.value, "write units per second"],
    [
      "partitions for that",
      partitionsFor(peak.writes.value),
      `of ${quotas.partitionWriteUnits} write units per second`,
    ],
    [
      "table writes of one call, its busiest second",
      hottestItem,
      `of ${quotas.partitionWriteUnits} that a partition takes`,
    ],
    ["steepest growth of the writes within 30 min", growth, `times; ${quotas.tableGrowth} are taken at once`],
    ["Lambda at once, warm, at the peak", warmAtOnce, `of ${quotas.lambdaAtOnce}`],
  ];
  return {
    title: `A day of ${day.callsPerDay.toLocaleString("en")} calls of '${day.flow}'`,
    columns: [
      { key: "what", title: "what" },
      { key: "value", title: "value", digits: 1 },
      { key: "unit", title: "unit" },
    ],
    rows: rows.map(([what, value, unit]) => ({ what, value, unit })),
  };
}

/** A day's bill, with and without the outage, in each Region. */
export function costOfDay(ordinary: Usage, withOutage: Usage, deployment: Deployment): Table {
  const row = (day: string, usage: Usage, region: (typeof regions)[number]) => ({
    ...{ day, region, ...billOf(usage, deployment, region) },
  });
  return {
    title: "Cost of that day, US$, list prices of the first tier",
    columns: [
      { key: "day", title: "the day" },
      { key: "region", title: "Region" },
      ...partColumns.map((column) => ({ ...column, digits: 0 })),
      { key: "total", title: "together", digits: 0 },
      { key: "minutes", title: "beside it: Twilio's minutes", digits: 0 },
    ],
    rows: regions.flatMap((region) => [
      row(`one in ${1 / assumed.lostShare} webhooks lost`, ordinary, region),
      row(`and the outage, ${quotas.functionsAtOnce} Functions at once`, withOutage, region),
    ]),
  };
}
