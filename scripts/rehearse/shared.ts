import type { Tally } from "../../rehearsal/report/tally.ts";

/** Counters that all workers and the command see at any moment. */
export type Shared = SharedArrayBuffer;

export const sharedAt = { stop: 0, cases: 1, failed: 2 } as const;

export function createShared(): Shared {
  return new SharedArrayBuffer(Object.keys(sharedAt).length * Int32Array.BYTES_PER_ELEMENT);
}

export type FromWorker =
  | { readonly kind: "ready" }
  /** `complete`: not stopped before its end */
  | { readonly kind: "done"; readonly index: number; readonly tally: Tally; readonly complete: boolean }
  /** A task threw. */
  | { readonly kind: "broken"; readonly what: string };
