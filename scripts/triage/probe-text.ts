import type { ProbeReport } from "./probe.ts";
import type { Percentiles, WaySummary } from "./probe-summary.ts";

const columns = ["way", "asked", "good", "p50", "p90", "p99", "dns", "connect", "tls", "first byte"] as const;

/** For people: the ways side by side, then what that comes to. Times in ms; of the parts of a request the p50 and p90. */
export function probeText({ from, to, everyMs, ways, notAsked, sentences }: ProbeReport): string {
  const rows = [columns, ...ways.map(rowOf)];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return [
    `Probe from ${from} to ${to}, every ${everyMs} ms; times in ms, parts as p50/p90`,
    ...rows.map((row) => line(row).join("  ")),
    ...ways.flatMap(({ way, failed, outcomes }) => (failed === 0 ? [] : [`${way}: ${told(outcomes)}`])),
    ...notAsked.map((why) => `not asked: ${why}`),
    ...sentences.map((sentence) => `=> ${sentence}`),
  ].join("\n");
}

function rowOf({ way, asked, failed, latencyMs, phasesMs }: WaySummary): string[] {
  const { dns, connect, tls, firstByte } = phasesMs;
  const good = asked === 0 ? "-" : `${((100 * (asked - failed)) / asked).toFixed(1)} %`;
  const whole = (value: number | undefined) => (value === undefined ? "-" : String(Math.round(value)));
  const latency = [latencyMs?.p50, latencyMs?.p90, latencyMs?.p99].map(whole);
  return [way, String(asked), good, ...latency, ...[dns, connect, tls, firstByte].map(split)];
}

function split(part: Percentiles | undefined): string {
  return part === undefined ? "-" : `${Math.round(part.p50)}/${Math.round(part.p90)}`;
}

function told(outcomes: Readonly<Record<string, number>>): string {
  return Object.entries(outcomes)
    .map(([what, count]) => `${what} ${count}`)
    .join(", ");
}
