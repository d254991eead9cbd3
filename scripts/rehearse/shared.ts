import type { Visits } from "../../rehearsal/graph/visits.ts";
import type { Tally } from "../../rehearsal/report/tally.ts";

/** Counters that all workers and the command see at any moment. */
export type Shared = SharedArrayBuffer;

export const sharedAt = { stop: 0, cases: 1, failed: 2 } as const;

export function createShared(): Shared {
  return new SharedArrayBuffer(Object.keys(sharedAt).length * Int32Array.BYTES_PER_ELEMENT);
}

/** What a worker knows of the calls of a task. */
export interface Counted {
  readonly tally: Tally;
  readonly visits: Visits;
}

export type FromWorker =
  | { readonly kind: "ready" }
  /** `complete`: not stopped before its end */
  | ({ readonly kind: "done"; readonly index: number; readonly complete: boolean } & Counted)
  /** A task threw. */
  | { readonly kind: "broken"; readonly what: string };
