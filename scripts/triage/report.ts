import { given } from "../trace/mask.ts";
import type { Evidence } from "./evidence.ts";
import { joinFailures } from "./join.ts";
import type { Sources } from "./records.ts";
import type { FailedRequest, Peak, TriageResult, TriageSource } from "./result.ts";
import { savedOf } from "./saved.ts";
import { evidenceLines } from "./told.ts";
import { judge } from "./verdict.ts";

/** Bounded in the answer, not in the counts. */
const requestsMax = 10_000;
const peaksMax = 5;
const peakMinutes = 5;
const urlsMax = 50;

/** From and to, in milliseconds since the epoch; both ends belong to it. */
export interface Span {
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** The whole of triage, pure: what the sources told in, what became of each failed request out. */
export function triage(sources: Sources, told: readonly TriageSource[], span: Span = {}): TriageResult {
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = span;
  const failures = joinFailures(sources).filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs);
  const requests = failures.map(toRequest);
  return {
    sources: told,
    requests: requests.slice(0, requestsMax),
    counts: counted(requests.map(({ verdict }) => verdict)),
    byHour: counted(requests.map(({ at }) => at.slice(11, 13))),
    byUrl: counted(requests.map(({ url }) => url ?? "not known")),
    byEdge: counted(failures.map(edgeOf)),
    peaks: peaksOf(failures.map(({ atMs }) => atMs)),
  };
}

function toRequest(evidence: Evidence): FailedRequest {
  const { callSid, atMs, place, alert, failover } = evidence;
  const { verdict, because, missing } = judge(evidence);
  const fate = savedOf(evidence);
  const shown =
    place.shown ??
    (place.kind === "other" ? undefined : [place.leg, place.kind].filter((one) => one !== undefined).join(": "));
  const more = fate.missing === undefined || missing.includes(fate.missing) ? [] : [fate.missing];
  return given<FailedRequest>({
    callSid,
    at: new Date(atMs).toISOString(),
    url: shown,
    errorCode: alert?.errorCode ?? failover?.errorCode,
    verdict,
    saved: fate.saved,
    evidence: [because, ...evidenceLines(evidence), `caller: ${fate.because}`],
    missing: [...missing, ...more],
  });
}

function edgeOf({ alert, place }: Evidence): string {
  const theirs = alert?.edge ?? "not known";
  return place.region === undefined ? theirs : `${theirs} to ${place.region}`;
}

/** The most frequent first; what is beyond a bound is one entry. */
function counted<Name extends string>(names: readonly Name[]): Record<Name, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const rest = sorted.slice(urlsMax).reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries([...sorted.slice(0, urlsMax), ...(rest === 0 ? [] : [["others", rest]])]) as Record<
    Name,
    number
  >;
}

/** The fullest stretches of five minutes that do not overlap. */
function peaksOf(timesMs: readonly number[]): Peak[] {
  const lengthMs = peakMinutes * 60_000;
  const minutes = new Map<number, number>();
  for (const ms of timesMs) {
    const minute = Math.floor(ms / 60_000) * 60_000;
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  const starts = [...minutes.keys()].toSorted((a, b) => a - b);
  const stretches = starts.map((fromMs, at) => {
    let failed = 0;
    for (const minute of starts.slice(at, at + peakMinutes))
      if (minute < fromMs + lengthMs) failed += minutes.get(minute) ?? 0;
    return { fromMs, failed };
  });
  const peaks: { fromMs: number; failed: number }[] = [];
  for (const one of stretches.toSorted((a, b) => b.failed - a.failed || a.fromMs - b.fromMs)) {
    if (peaks.length < peaksMax && peaks.every(({ fromMs }) => Math.abs(fromMs - one.fromMs) >= lengthMs))
      peaks.push(one);
  }
  return peaks.map(({ fromMs, failed }) => ({ from: new Date(fromMs).toISOString(), minutes: peakMinutes, failed }));
}
