import type { ExecutedEffect } from "../../stack/effects.ts";
import { type Summary, summaryOf } from "../statistics.ts";
import type { Placed } from "./generator-process.ts";
import type { Outcome } from "./load-call.ts";
import { brokenMs } from "./plan.ts";

/** What calls of one kind came to, all rounds together. Times in milliseconds. */
export interface Figures {
  readonly arrived: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Calls that the fallback took over at least once. */
  readonly resumed: number;
  readonly primaryRequests: number;
  readonly madeToFail: number;
  /** Requests for TwiML that failed although nobody made them fail. */
  readonly failedAlone: number;
  readonly effects: {
    /** Requests to the outside service, which does nothing at one with a key that it knows. */
    readonly asked: number;
    /** Calls whose effect was done exactly once. */
    readonly once: number;
    readonly oftener: number;
    /** Calls held to their end, so told of it, without it. */
    readonly missing: number;
  };
  readonly webhooksPerSecond: number;
  /** From the moment when the webhook was due. */
  readonly primary: Summary | undefined;
  readonly fallback: Summary | undefined;
  readonly silence: Summary | undefined;
  /** How late the generator's own timers were. */
  readonly late: Summary | undefined;
  readonly fallbackAtOnce: number;
}

/** What the outside service was asked and did, of these and perhaps of other calls. */
export interface OutsideService {
  readonly asked: readonly OfCall[];
  readonly executed: readonly OfCall[];
}
type OfCall = Pick<ExecutedEffect, "callSid">;

export function figuresOf(rounds: readonly Placed[], outside: OutsideService): Figures {
  const calls = rounds.flatMap((round) => round.calls);
  const [asked, times] = [timesByCall(outside.asked), timesByCall(outside.executed)];
  const count = (is: (call: (typeof calls)[number]) => boolean) => calls.filter(is).length;
  const sum = (of: (call: (typeof calls)[number]) => number) => calls.reduce((total, call) => total + of(call), 0);
  const webhooks = sum(({ webhookMs }) => webhookMs.primary.length + webhookMs.fallback.length);
  const tookMs = rounds.reduce((total, round) => total + round.tookMs, 0);
  return {
    arrived: calls.length,
    outcomes: {
      held: count(({ outcome }) => outcome === "held"),
      "last-resort": count(({ outcome }) => outcome === "last-resort"),
      lost: count(({ outcome }) => outcome === "lost"),
    },
    resumed: count(({ failovers }) => failovers > 0),
    primaryRequests: sum(({ primaryRequests }) => primaryRequests),
    madeToFail: sum(({ madeToFail }) => madeToFail),
    failedAlone: sum(({ failedAlone }) => failedAlone),
    effects: {
      asked: sum(({ callSid }) => asked(callSid)),
      once: count(({ callSid }) => times(callSid) === 1),
      oftener: count(({ callSid }) => times(callSid) > 1),
      missing: count(({ callSid, outcome }) => outcome === "held" && times(callSid) === 0),
    },
    webhooksPerSecond: (webhooks * 1_000) / tookMs,
    primary: summary(calls.flatMap(({ webhookMs }) => webhookMs.primary)),
    fallback: summary(calls.flatMap(({ webhookMs }) => webhookMs.fallback)),
    silence: summary(calls.flatMap(({ silenceMs }) => silenceMs)),
    late: summary(calls.flatMap(({ lateMs }) => lateMs)),
    fallbackAtOnce: Math.max(0, ...rounds.map((round) => round.fallbackAtOnce)),
  };
}

function timesByCall(events: readonly OfCall[]): (callSid: string) => number {
  const times = new Map<string, number>();
  for (const { callSid } of events) times.set(callSid, (times.get(callSid) ?? 0) + 1);
  return (callSid) => times.get(callSid) ?? 0;
}

/** Has the tail broken? */
export function isBroken({ primary }: Pick<Figures, "primary">): boolean {
  return primary !== undefined && primary.p99 > brokenMs;
}

function summary(values: readonly number[]): Summary | undefined {
  return values.length === 0 ? undefined : summaryOf(values);
}
