import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./probe-ask.ts";
import { type Findings, findLayers } from "./probe-layers.ts";
import { summaryOf, type Try, type WaySummary } from "./probe-summary.ts";
import type { Way } from "./probe-ways.ts";

export interface ProbeReport extends Findings {
  /** ISO 8601, UTC */
  readonly from: string;
  readonly to: string;
  readonly everyMs: number;
  readonly ways: readonly WaySummary[];
  /** ways that were not asked, and why */
  readonly notAsked: readonly string[];
}

export interface Rounds {
  readonly times: number;
  readonly everyMs: number;
  /** told after each round */
  readonly onRound?: (done: number, times: number) => void;
}

/**
 * Asks every way so many times, each round by all ways at once, so that all meet the same moment. A round begins `everyMs` after the
 * one before, or when that one is over; a request that hangs ends by its own deadline, so all ends after
 * `times × max(everyMs, the longest deadline)`.
 */
export async function runProbe(
  ways: readonly Way[],
  notAsked: readonly string[],
  rounds: Rounds,
): Promise<ProbeReport> {
  const { times, everyMs, onRound } = rounds;
  const from = new Date().toISOString();
  const tries = new Map<Way, Try[]>(ways.map((way) => [way, []]));
  for (let done = 0; done < times; done++) {
    const spaced = done + 1 < times ? sleep(everyMs) : undefined;
    await Promise.all(ways.map(async (way) => tries.get(way)?.push(await tryOnce(way))));
    onRound?.(done + 1, times);
    await spaced;
  }
  const summaries = ways.map((way) => summaryOf(way.name, tries.get(way) ?? []));
  return { from, to: new Date().toISOString(), everyMs, ways: summaries, notAsked, ...findLayers(summaries) };
}

async function tryOnce({ next, deadlines, read }: Way): Promise<Try> {
  try {
    const { answer, tookMs, phases } = await ask(await next(), deadlines);
    return { outcome: read(answer), tookMs, phases };
  } catch (error) {
    // no request came about: the SDK found no credentials
    const { name } = error as Error;
    const code = /^[A-Z][A-Za-z]{2,60}$/.test(name) ? { code: name } : {};
    return { outcome: { what: "not asked", good: false, unusable: true, ...code }, tookMs: 0, phases: {} };
  }
}
