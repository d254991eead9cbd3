import type { Phases } from "./probe-ask.ts";
import type { Outcome, WayName } from "./probe-ways.ts";

export interface Try {
  readonly outcome: Outcome;
  readonly tookMs: number;
  readonly phases: Phases;
}

/** In ms; of nothing there is none. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What all requests by one way came to. */
export interface WaySummary {
  readonly way: WayName;
  readonly asked: number;
  readonly failed: number;
  /** by what came of it: `answered`, a status, a failure of the connection */
  readonly outcomes: Readonly<Record<string, number>>;
  /** classes of error behind the failures */
  readonly codes: Readonly<Record<string, number>>;
  /** of those that were answered well */
  readonly latencyMs?: Percentiles;
  readonly phasesMs: { readonly [K in "dns" | "connect" | "tls" | "firstByte"]?: Percentiles };
  /** of those that were answered well: how often the leg did not reach its table */
  readonly tableNotReached: number;
  /** every request was turned away for a cause that no call meets */
  readonly unusable: boolean;
}

export function summaryOf(way: WayName, tries: readonly Try[]): WaySummary {
  const good = tries.filter(({ outcome }) => outcome.good);
  const phase = (name: keyof Phases) => percentiles(tries.flatMap(({ phases }) => phases[name] ?? []));
  const named = {
    dns: phase("dnsMs"),
    connect: phase("connectMs"),
    tls: phase("tlsMs"),
    firstByte: phase("firstByteMs"),
  };
  const latencyMs = percentiles(good.map(({ tookMs }) => tookMs));
  return {
    way,
    asked: tries.length,
    failed: tries.length - good.length,
    outcomes: counted(tries.map(({ outcome }) => outcome.what)),
    codes: counted(tries.flatMap(({ outcome }) => outcome.code ?? [])),
    ...(latencyMs !== undefined && { latencyMs }),
    phasesMs: Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
    tableNotReached: good.filter(({ outcome }) => outcome.table === false).length,
    unusable: tries.length > 0 && tries.every(({ outcome }) => outcome.unusable === true),
  };
}

/** Nearest rank: each is a time that was measured. */
export function percentiles(values: readonly number[]): Percentiles | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.ceil(share * sorted.length) - 1] ?? 0) * 10) / 10;
  return sorted.length === 0 ? undefined : { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
