import type { ReportedFlow } from "./matrix.ts";
import type { Failure, Measure, Tally } from "./tally.ts";

/** A rehearsal and its figures. */
export interface Report {
  readonly flows: readonly ReportedFlow[];
  readonly scripts: number;
  /** Of random cases each has its own. */
  readonly dialects: number;
  /** `none`, `single`, `pairs`, `random:1000` */
  readonly faults: string;
  readonly seed: number;
  readonly workers: number;
  readonly seconds: number;
  /** Without what it takes to start: calls a second are of these. */
  readonly workingSeconds: number;
  /** Stopped before its end; the figures are those until then. */
  readonly interrupted: boolean;
  readonly tally: Tally;
}

/** What the last line of `--json` holds. */
export interface ReportFacts extends Record<Measure, number> {
  readonly flows: readonly string[];
  readonly scripts: number;
  readonly dialects: number;
  readonly faults: string;
  readonly cases: number;
  readonly same: number;
  readonly failed: number;
  readonly worstSilenceMs: number;
  readonly worstSilenceCase: string;
  readonly worstSilenceSingleMs: number;
  readonly worstSilenceSingleCase: string;
  readonly maxRequests: number;
  readonly maxRequestsCase: string;
  readonly seconds: number;
  readonly callsPerSecond: number;
  readonly workers: number;
  readonly seed: number;
  readonly interrupted: boolean;
  readonly declared: Readonly<Record<string, number>>;
  /** the same by what met: `class + class: loss` */
  readonly losses: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

export function factsOf(report: Report): ReportFacts {
  const { tally, scripts, dialects, faults, seed, workers, interrupted } = report;
  const { cases, same, failed, counts, silenceSingleMs, silenceMoreMs, requests, failures } = tally;
  const silence = silenceMoreMs.value > silenceSingleMs.value ? silenceMoreMs : silenceSingleMs;
  return {
    flows: report.flows.map(({ name }) => name),
    scripts,
    dialects,
    faults,
    cases,
    same,
    failed,
    ...counts,
    worstSilenceMs: silence.value,
    worstSilenceCase: silence.id,
    worstSilenceSingleMs: silenceSingleMs.value,
    worstSilenceSingleCase: silenceSingleMs.id,
    maxRequests: requests.value,
    maxRequestsCase: requests.id,
    seconds: Math.round(report.seconds * 10) / 10,
    callsPerSecond: perSecond(report),
    workers,
    seed,
    interrupted,
    declared: Object.fromEntries([...tally.declared].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    losses: Object.fromEntries([...tally.losses].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    failures,
  };
}

export function perSecond({ tally, workingSeconds }: Pick<Report, "tally" | "workingSeconds">): number {
  return Math.round(tally.cases / Math.max(workingSeconds, 0.001));
}
