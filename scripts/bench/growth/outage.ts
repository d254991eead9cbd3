import { awayForGood, startOf } from "../../../core/checkpoint.ts";
import { limits } from "../../../core/limits.ts";
import { awayAfter } from "../../../core/resume.ts";
import { type ShedLevel, sorryUnder } from "../../../core/shed.ts";
import { sorryFor } from "../../../core/sorry.ts";
import { sorryOff } from "../../../core/sorry-switch.ts";
import { calendar } from "./calendar.ts";

/**
 * An outage of the whole primary, call by call: each caller is at a place of the flow of their own, each execution of a Function takes
 * one of so many places, and whoever finds none is turned away (429). Where a call goes next, when it is given up and who hears
 * sorry are decided by the product's own functions.
 */
export interface Outage {
  /** of each call, in milliseconds, ascending */
  readonly arrivalsMs: readonly number[];
  /** `gapsMs[k]`: from the answer of webhook k to the request of webhook k + 1; the last one to the end of the call */
  readonly gapsMs: readonly number[];
  readonly fromMs: number;
  readonly untilMs: number;
  /** an answer of the primary, when it is well */
  readonly primaryMs: number;
  /** until Twilio gives up a request to the primary that is gone */
  readonly failsAfterMs: number;
  /** one execution */
  readonly functionMs: number;
  readonly functionsAtOnce: number;
  readonly retryAfterMs: number;
  /** Does the fallback request repeat the caller's answer? If not, the question is asked again. */
  readonly repeatsAnswer: boolean;
  /** the level that the fallback has at a moment */
  readonly levelAt: (ms: number) => ShedLevel;
}

/** How calls ended, each in one way. */
export interface Fates {
  readonly arrived: number;
  /** ended as their flow means, and never met the outage */
  readonly untouched: number;
  /** met the outage, and ended as their flow means */
  readonly held: number;
  /** heard the sorry message */
  readonly toldSorry: number;
  /** heard the last resort: a budget of recovery was spent */
  readonly lastResort: number;
  /** heard Twilio's own apology as their first words: no Function was free */
  readonly lostNew: number;
  /** the same in the middle of their call */
  readonly lostInProgress: number;
}

export interface OutageResult extends Fates {
  /** of those who were on the line when it began, and of those who called during it */
  readonly onTheLine: Fates;
  readonly called: Fates;
  readonly executions: number;
  /** answered with 429, Twilio's retries included */
  readonly turnedAway: number;
  /** executions at once, at most */
  readonly mostAtOnce: number;
  /** executions at once, mean over the outage, as counted every millisecond */
  readonly meanAtOnce: number;
  /** executions that began in the outage, by second */
  readonly executionsPerSecond: number;
}

const kindOf = { request: 0, fallback: 1, answer: 2 } as const;
const kinds = 3;

/** Runs until the last call has ended. @throws Error when a call is neither ended nor on the line: the model is wrong */
export function simulateOutage(outage: Outage): OutageResult {
  const { arrivalsMs, gapsMs, functionsAtOnce, functionMs } = outage;
  const count = arrivalsMs.length;
  const turn = new Uint8Array(count);
  const attempt = new Uint8Array(count);
  const resumes = new Uint8Array(count);
  const away = new Uint8Array(count);
  const tries = new Uint8Array(count);
  const isResume = new Uint8Array(count);
  const isTouched = new Uint8Array(count);
  const onTheLine = noFates();
  const called = noFates();
  const fatesOf = (call: number) => ((arrivalsMs[call] ?? 0) < outage.fromMs ? onTheLine : called);
  let [busy, executions, turnedAway, mostAtOnce, inOutage, busySum, outageMs] = [0, 0, 0, 0, 0, 0, 0];

  const longestMs = Math.max(...gapsMs, outage.failsAfterMs, functionMs, outage.retryAfterMs, outage.primaryMs) * 2 + 1;
  const due = calendar(longestMs);
  const isDown = (ms: number) => ms >= outage.fromMs && ms < outage.untilMs;
  const later = (ms: number, call: number, kind: number) => due.add(ms, call * kinds + kind);

  /** The answer of the call's present webhook is heard at `ms`. */
  function goOn(call: number, ms: number): void {
    const at = turn[call] ?? 0;
    turn[call] = at + 1;
    attempt[call] = 0;
    if (at + 1 < gapsMs.length) later(ms + (gapsMs[at] ?? 0), call, kindOf.request);
    else fatesOf(call)[isTouched[call] === 1 ? "held" : "untouched"] += 1;
  }

  function execute(call: number, ms: number, resuming: boolean): boolean {
    if (busy >= functionsAtOnce) {
      turnedAway += 1;
      return false;
    }
    busy += 1;
    executions += 1;
    if (isDown(ms)) inOutage += 1;
    mostAtOnce = Math.max(mostAtOnce, busy);
    isResume[call] = resuming ? 1 : 0;
    later(ms + functionMs, call, kindOf.answer);
    return true;
  }

  function askFallback(call: number, ms: number): void {
    isTouched[call] = 1;
    tries[call] = 0;
    later(ms, call, kindOf.fallback);
  }

  function onRequest(call: number, ms: number): void {
    if ((away[call] ?? 0) > 0) {
      // an action URL on the fallback is asked once; then the fallback URL
      if (!execute(call, ms, false)) askFallback(call, ms);
    } else if (isDown(ms)) askFallback(call, ms + outage.failsAfterMs);
    else goOn(call, ms + outage.primaryMs);
  }

  function onFallback(call: number, ms: number): void {
    if (execute(call, ms, true)) return;
    tries[call] = (tries[call] ?? 0) + 1;
    if ((tries[call] ?? 0) <= limits.fallbackRetries) later(ms + outage.retryAfterMs, call, kindOf.fallback);
    else fatesOf(call)[turn[call] === 0 ? "lostNew" : "lostInProgress"] += 1;
  }

  function onAnswer(call: number, ms: number): void {
    busy -= 1;
    const at = turn[call] ?? 0;
    if (hearsSorry(outage.levelAt(ms), at === 0 ? "new" : "in-progress", ms)) {
      fatesOf(call).toldSorry += 1;
      return;
    }
    const spent = resumes[call] ?? 0;
    if (isResume[call] === 0) {
      const left = away[call] ?? 0;
      away[call] = left >= awayForGood ? left : Math.max(0, left - 1);
      goOn(call, ms);
    } else if (spent >= limits.resumesMax || (attempt[call] ?? 0) >= limits.attemptsMax) fatesOf(call).lastResort += 1;
    else {
      away[call] = awayAfter({ ...startOf("", "en"), resumes: spent });
      resumes[call] = spent + 1;
      if (at === 0 || outage.repeatsAnswer) goOn(call, ms);
      else {
        attempt[call] = (attempt[call] ?? 0) + 1;
        later(ms + (gapsMs[at - 1] ?? 0), call, kindOf.request);
      }
    }
  }

  const handle = [onRequest, onFallback, onAnswer];
  const take = (ms: number) => (event: number) => handle[event % kinds]?.(Math.floor(event / kinds), ms);
  let arrived = 0;
  for (let ms = arrivalsMs[0] ?? 0; arrived < count || due.size() > 0; ms += 1) {
    due.each(ms, take(ms));
    while (arrived < count && (arrivalsMs[arrived] ?? 0) <= ms) {
      fatesOf(arrived).arrived += 1;
      onRequest(arrived, ms);
      arrived += 1;
    }
    due.each(ms, take(ms));
    if (isDown(ms)) {
      busySum += busy;
      outageMs += 1;
    }
  }
  const all = together(onTheLine, called);
  const over = endedCalls(all);
  if (over !== count || busy !== 0)
    throw new Error(`outage: ${count} calls came, ${over} ended, ${busy} executions are left`);
  const seconds = Math.max(1, outage.untilMs - outage.fromMs) / 1_000;
  return {
    ...all,
    ...{ onTheLine, called, executions, turnedAway, mostAtOnce },
    meanAtOnce: outageMs === 0 ? 0 : busySum / outageMs,
    executionsPerSecond: inOutage / seconds,
  };
}

type Counting = { -readonly [K in keyof Fates]: number };
const noFates = (): Counting => ({
  ...{ arrived: 0, untouched: 0, held: 0, toldSorry: 0, lastResort: 0, lostNew: 0, lostInProgress: 0 },
});

function together(one: Fates, other: Fates): Fates {
  const sum = noFates();
  for (const key of Object.keys(sum) as (keyof Fates)[]) sum[key] = one[key] + other[key];
  return sum;
}

/** Calls that are over: all that arrived, or the model is wrong. */
export function endedCalls({ untouched, held, toldSorry, lastResort, lostNew, lostInProgress }: Fates): number {
  return untouched + held + toldSorry + lastResort + lostNew + lostInProgress;
}

/** Whether a caller whom the fallback answers at this level hears the sorry message: the decision that both legs make. */
export function hearsSorry(level: ShedLevel, call: "new" | "in-progress", nowMs: number): boolean {
  const asked = { call, flow: undefined, preview: false, audioFailed: false, isAmong: () => false } as const;
  return sorryFor(sorryUnder(level, sorryOff), asked, nowMs) !== undefined;
}
