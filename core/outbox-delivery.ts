/**
 * Delivers the letters of the outbox. Twilio has no idempotency key for messages and calls: a request that was asked again may be
 * done again [D error 20500]. So a letter is claimed (a lease) before Twilio is asked, and asked again only where it is certain that
 * nothing was accepted; everything else is in doubt, told to the operators, and never sent a second time by itself.
 */
import type { Clock } from "./clock.ts";
import { FlowError } from "./errors.ts";
import type { LogEvent } from "./log.ts";
import type { Letter } from "./outbox.ts";
import type { CallParameters, OutgoingCall } from "./place-call.ts";
import type { Sealer } from "./seal.ts";

/** Numbers of the delivery; each has its unit, the neighbours are compared in test/core/outbox-delivery.test.ts. */
export const delivery = {
  /** One request to Twilio; a connection that is not there after `connectTimeoutMs` carried nothing. */
  requestTimeoutMs: 10_000,
  connectTimeoutMs: 3_000,
  /** The scheduled function ends by itself; it must stand in the deployment template too. */
  functionTimeoutMs: 50_000,
  /** Kept free at the end of a run, for a request that has just begun and for writing what came of it. */
  marginMs: 14_000,
  /** A claim on a letter. No deliverer lives longer, so one that is over was left by somebody who died. */
  leaseMs: 60_000,
  /** Letters of one run, asked for by one query. */
  batchMax: 100,
  atOnceMax: 4,
  /** After so many requests that did not reach Twilio, the run ends: the rest stays due. */
  unreachableMax: 4,
  firstDelayMs: 30_000,
  delayMaxMs: 15 * 60_000,
} as const;

/** What Twilio's answer, or its absence, says about a letter. */
export type Sent =
  | { readonly kind: "accepted"; readonly sid: string }
  /** for certain not, and not the next time either */
  | { readonly kind: "refused"; readonly reason: string }
  /** for certain not, but perhaps the next time; `reached`: an answer came */
  | { readonly kind: "not-yet"; readonly reason: string; readonly reached: boolean }
  /** nobody knows */
  | { readonly kind: "unknown"; readonly reason: string };

export interface Carrier {
  sms(letter: { readonly to: string; readonly from: string; readonly body: string }): Promise<Sent>;
  call(parameters: CallParameters): Promise<Sent>;
}

/** A letter that is found: its key without the table's prefix. */
export interface Found {
  readonly key: string;
  readonly dueAtMs: number;
  /** somebody has claimed it: the lease's token */
  readonly lease: string | undefined;
  /** requests made so far */
  readonly tries: number;
}

export interface Claimed {
  /** sealed */
  readonly letter: string;
  readonly postedAtMs: number;
  /** requests made before this one */
  readonly tries: number;
}

/** What becomes of a claimed letter. A reason is in the code's own words, or a number of Twilio's. */
export type Verdict =
  | { readonly kind: "delivered"; readonly sid: string }
  | { readonly kind: "retried"; readonly reason: string; readonly dueAtMs: number }
  | { readonly kind: "in-doubt"; readonly reason: string }
  | { readonly kind: "given-up"; readonly reason: string };

/** The outbox as the deliverer sees it. Each operation is one round trip and throws when the table does not answer. */
export interface OutboxStore {
  /** those that are due, the oldest first: also claimed ones whose lease is over */
  due(nowMs: number, countMax: number): Promise<readonly Found[]>;
  /** @returns undefined when somebody else was faster */
  claim(found: Found, lease: string, untilMs: number, nowMs: number): Promise<Claimed | undefined>;
  /** @returns false when the lease is not ours any more */
  settle(key: string, lease: string, verdict: Verdict, nowMs: number): Promise<boolean>;
}

export interface Deliverer {
  readonly store: OutboxStore;
  readonly carrier: Carrier;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly newToken: () => string;
  /** from 0 to below 1 */
  readonly random: () => number;
  /** what Twilio is asked for a call. @throws FlowError for a flow that this build does not have */
  readonly callParameters: (call: Omit<OutgoingCall, "key">) => CallParameters;
  readonly letterLifeSec: number;
  /** told of each letter that a run has settled */
  readonly told: (event: Extract<LogEvent, `outbox.${string}`>, letter: Told) => void;
}

export interface Told {
  readonly key: string;
  readonly tries: number;
  readonly reason: string | undefined;
}

export interface Run {
  readonly delivered: number;
  readonly retried: number;
  readonly inDoubt: number;
  readonly givenUp: number;
  /** the run ended early because Twilio could not be reached */
  readonly unreachable: boolean;
}

/**
 * One run: one query, then each letter that is due.
 *
 * @param untilMs when the process ends; nothing is begun later than `delivery.marginMs` before that
 * @throws Error when the table does not answer the query; a letter whose claim or settlement fails is left to its lease
 */
export async function deliverDue(deliverer: Deliverer, untilMs: number): Promise<Run> {
  const { store, clock } = deliverer;
  const counts = { delivered: 0, retried: 0, "in-doubt": 0, "given-up": 0 };
  const waiting = [...(await store.due(clock.nowMs(), delivery.batchMax))];
  let unreachable = 0;
  const worker = async (): Promise<void> => {
    while (unreachable < delivery.unreachableMax && clock.nowMs() < untilMs - delivery.marginMs) {
      const found = waiting.shift();
      if (found === undefined) return;
      const settled = await deliverOne(deliverer, found).catch(() => undefined);
      if (settled === undefined) continue;
      counts[settled.verdict.kind] += 1;
      unreachable = settled.unreached ? unreachable + 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: delivery.atOnceMax }, worker));
  return {
    delivered: counts.delivered,
    retried: counts.retried,
    inDoubt: counts["in-doubt"],
    givenUp: counts["given-up"],
    unreachable: unreachable >= delivery.unreachableMax,
  };
}

interface Settled {
  readonly verdict: Verdict;
  readonly unreached: boolean;
}

async function deliverOne(deliverer: Deliverer, found: Found): Promise<Settled | undefined> {
  const { store, clock, newToken } = deliverer;
  const settle = async (lease: string, tries: number, verdict: Verdict, unreached = false) => {
    const reason = verdict.kind === "delivered" ? undefined : verdict.reason;
    const tell = () => deliverer.told(`outbox.${verdict.kind}`, { key: found.key, tries, reason });
    // what Twilio has, or may have, is heard of also when the table is gone by now
    const fact = found.lease === undefined && (verdict.kind === "delivered" || verdict.kind === "in-doubt");
    if (fact) tell();
    const ours = await store.settle(found.key, lease, verdict, clock.nowMs());
    if (!fact && ours) tell();
    return ours ? { verdict, unreached } : undefined;
  };
  // whoever had it died between the claim and its settlement: Twilio may have been asked
  if (found.lease !== undefined) {
    return settle(found.lease, found.tries, { kind: "in-doubt", reason: "a deliverer ended in the middle" });
  }
  const lease = newToken();
  const leaseEndsMs = clock.nowMs() + delivery.leaseMs;
  const claimed = await store.claim(found, lease, leaseEndsMs, clock.nowMs());
  if (claimed === undefined) return undefined;
  const tries = claimed.tries + 1;
  const letter = openLetter(deliverer.sealer, found.key, claimed.letter);
  if (letter === undefined) return settle(lease, tries, { kind: "given-up", reason: "its seal cannot be opened" });
  const endsMs = claimed.postedAtMs + Math.min(letter.withinSec ?? Infinity, deliverer.letterLifeSec) * 1_000;
  if (clock.nowMs() >= endsMs) return settle(lease, tries, { kind: "given-up", reason: "too late" });
  // a process that was suspended here has lost its claim: somebody may have reported the letter already
  if (clock.nowMs() + delivery.requestTimeoutMs >= leaseEndsMs) return undefined;
  const sent = await ask(deliverer, letter);
  switch (sent.kind) {
    case "accepted":
      return settle(lease, tries, { kind: "delivered", sid: sent.sid });
    case "refused":
      return settle(lease, tries, { kind: "given-up", reason: sent.reason });
    case "unknown":
      return settle(lease, tries, { kind: "in-doubt", reason: sent.reason });
    case "not-yet": {
      const dueAtMs = clock.nowMs() + delayMs(tries, deliverer.random());
      const { reason, reached } = sent;
      if (dueAtMs >= endsMs) return settle(lease, tries, { kind: "given-up", reason: "too late" }, !reached);
      return settle(lease, tries, { kind: "retried", reason, dueAtMs }, !reached);
    }
  }
}

async function ask({ carrier, callParameters }: Deliverer, letter: Letter): Promise<Sent> {
  try {
    return await (letter.kind === "sms" ? carrier.sms(letter) : carrier.call(callParameters(letter)));
  } catch (error) {
    if (error instanceof FlowError) return { kind: "refused", reason: error.message };
    return { kind: "unknown", reason: "the deliverer failed" };
  }
}

/** Doubled with each try, up to a quarter of an hour, and spread, so that a backlog does not come all at once. */
export function delayMs(tries: number, random: number): number {
  const full = Math.min(delivery.firstDelayMs * 2 ** (tries - 1), delivery.delayMaxMs);
  return Math.round(full * (0.5 + random / 2));
}

function openLetter(sealer: Sealer, key: string, sealed: string): Letter | undefined {
  const text = sealer.unseal("outbox", `outbox#${key}`, sealed);
  return text === undefined ? undefined : (JSON.parse(text) as Letter);
}
