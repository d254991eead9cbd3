import type { Bar, Column, PartReport, Row } from "../report.ts";
import { spreadOf, summaryOf } from "../statistics.ts";
import type { Round } from "./survey.ts";

/** per worker on a core of its own */
const promisedCallsPerSecond = 3_000;

/** What some workers did at the same time. */
export interface Together {
  readonly workers: readonly Round[];
  /** of the whole process: the collector of garbage has threads of its own */
  readonly cpuMs: number;
}

/** @param alone rounds of one worker; @param all rounds of all workers at once, none where there is one core */
export function toReport(alone: readonly Together[], all: readonly Together[]): PartReport {
  const failed = total([...alone, ...all], ({ failed }) => failed);
  if (failed > 0)
    throw new Error(`${failed} calls of the survey have findings: \`npm run rehearse -- --faults pairs\``);
  const rows = [rowOf(alone), ...(all.length > 0 ? [rowOf(all)] : [])];
  const bars = [alone, all].flatMap((rounds): Bar[] => {
    const [first] = rounds;
    if (first === undefined) return [];
    const { low, median, high } = spreadOf(callsPerSecond(rounds));
    const count = first.workers.length;
    return [
      { label: count === 1 ? "one worker" : `${count} workers`, value: median, spread: [low, high], isOurs: true },
    ];
  });
  return {
    tables: [{ title: "Search for pairs of faults, every call checked", columns, rows }],
    targets: [
      {
        what: "calls per second of one worker",
        bound: { atLeast: promisedCallsPerSecond },
        measured: spreadOf(callsPerSecond(alone)).median,
        kind: "rate",
      },
    ],
    charts: [
      {
        title: "Rehearsed calls per second",
        unit: "calls/s",
        digits: 0,
        bars,
      },
    ],
    notes: [
      "A call is placed through both legs, the table and the outside service in one process, on virtual time, and every " +
        "checker looks at it. Shares of the search for pairs, of every script of the shipped flows, under the four dialects of that search; warmed; medians over rounds.",
      "Cases are calls, and those that the search need not place because one that it has placed is known to be the same.",
    ],
  };
}

const columns: readonly Column[] = [
  { key: "workers", title: "workers" },
  { key: "calls", title: "calls/s" },
  { key: "least", title: "slowest round" },
  { key: "most", title: "fastest" },
  { key: "each", title: "calls/s per worker" },
  { key: "perCpu", title: "calls per CPU second" },
  { key: "cases", title: "cases/s per worker" },
  { key: "placed", title: "calls placed" },
];

function rowOf(rounds: readonly Together[]): Row {
  const workers = rounds[0]?.workers.length ?? 0;
  const rates = callsPerSecond(rounds);
  const { median } = spreadOf(rates);
  const { min, max } = summaryOf(rates);
  const perCpu = rounds.map((round) => (1_000 * total([round], ({ calls }) => calls)) / round.cpuMs);
  return {
    workers,
    calls: median,
    least: min,
    most: max,
    each: median / workers,
    perCpu: spreadOf(perCpu).median,
    cases: spreadOf(perSecond(rounds, ({ cases }) => cases)).median / workers,
    placed: total(rounds, ({ calls }) => calls),
  };
}

const callsPerSecond = (rounds: readonly Together[]): number[] => perSecond(rounds, ({ calls }) => calls);

/** Of all workers of a round together: each by its own clock, as none ends in the middle of a share. */
function perSecond(rounds: readonly Together[], of: (round: Round) => number): number[] {
  return rounds.map(({ workers }) => workers.reduce((sum, one) => sum + (1_000 * of(one)) / one.ms, 0));
}

function total(rounds: readonly Together[], of: (round: Round) => number): number {
  return rounds.flatMap(({ workers }) => workers).reduce((sum, round) => sum + of(round), 0);
}
