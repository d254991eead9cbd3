import type { Effort } from "../report.ts";
import type { Contender } from "./field.ts";
import type { StationPlan } from "./stations.ts";

/** What is measured, and how often. */

/** Turns of a call at which the cost of a webhook is compared; 200 is as many as a call may have. */
export const turns = [1, 2, 10, 50, 200] as const;

const ordinaryOf = (contender: Contender): StationPlan => ({ name: "ordinary turn", contender, after: 1 });

/** Those whose ratio is a target, in turns with each other. */
export const ordinary: readonly StationPlan[] = (["bare", "one-write", "plain", "stayline"] as const).map(ordinaryOf);

/** The other ways, in turns with what is written by hand. */
export const otherWays: readonly StationPlan[] = (["plain", "plain-idempotency", "durable"] as const).map(ordinaryOf);

export const kinds: readonly StationPlan[] = [
  ...(["plain", "plain-idempotency", "stayline"] as const).map((contender) => ({
    ...{ name: "duplicate", contender, after: 1, isDuplicate: true },
  })),
  { name: "effect", contender: "stayline", after: 1, digits: "2" },
  { name: "duplicate of an effect", contender: "stayline", after: 1, digits: "2", isDuplicate: true },
  { name: "resume: the answer was lost", contender: "stayline-fallback", after: 1, lost: "answer" },
  { name: "resume: the request was lost", contender: "stayline-fallback", after: 1, lost: "request" },
];

/** On a table that takes as long for everything. */
export const delayed: readonly StationPlan[] = (["one-write", "plain", "stayline"] as const).map((contender) => ({
  ...{ name: "ordinary turn, delayed table", contender, after: 1 },
}));

/** On the same table: the embedded one itself takes longer over an item that has grown, and waiting costs CPU too. */
export const positions: readonly StationPlan[] = turns.map((turn) => ({
  ...{ name: `turn ${turn}`, contender: "stayline", after: turn - 1 },
}));

export interface Rounds {
  /** calls of a station, so webhooks of a block; BatchGetItem brings up to 100 of them back */
  readonly calls: number;
  readonly warmUp: number;
  readonly measured: number;
}
export type Repetition = Readonly<Record<"ordinary" | "otherWays" | "kinds" | "delayed" | "positions", Rounds>>;

/**
 * Webhooks of each contender before any is counted. A webhook gets cheaper for its first thousands of times, while V8 compiles what is
 * hot: it optimizes a function that has been called 3,000 times, and each one that this one calls is counted anew.
 */
export const warmUpWebhooks = 10_000;

/** Webhooks of a block: so many that the processor's caches are the contender's own, and not those of the one that came before. */
const block = 100;

/**
 * Blocks by effort. 6,000 webhooks that are counted have a p99 with 60 above it. Late turns have fewer calls, since each of these walks
 * through all turns before; their process is warm already, as is that of most other kinds.
 */
export const repetition: Readonly<Record<Effort, Repetition>> = {
  full: {
    ordinary: { calls: block, warmUp: warmUpWebhooks / block, measured: 60 },
    otherWays: { calls: block, warmUp: warmUpWebhooks / 2 / block, measured: 20 },
    kinds: { calls: block, warmUp: 10, measured: 10 },
    delayed: { calls: block, warmUp: warmUpWebhooks / block, measured: 30 },
    positions: { calls: block / 2, warmUp: 5, measured: 20 },
  },
  quick: {
    ordinary: { calls: 5, warmUp: 1, measured: 3 },
    otherWays: { calls: 5, warmUp: 0, measured: 1 },
    kinds: { calls: 3, warmUp: 0, measured: 1 },
    delayed: { calls: 3, warmUp: 0, measured: 2 },
    positions: { calls: 2, warmUp: 0, measured: 3 },
  },
};
