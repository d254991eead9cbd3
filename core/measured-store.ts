import type { CheckpointStore } from "./checkpoint-store.ts";
import type { Clock } from "./clock.ts";

/** The store of one webhook, and how long that has waited for it so far, operations that go on at once counted once. */
export interface MeasuredStore {
  readonly store: CheckpointStore;
  /** undefined: it was not asked */
  waitedMs(): number | undefined;
}

export function measuredStore(store: CheckpointStore, clock: Clock): MeasuredStore {
  let asked = false;
  let sumMs = 0;
  let pending = 0;
  let busySinceMs = 0;
  async function measured<T>(operation: Promise<T>): Promise<T> {
    asked = true;
    if (pending++ === 0) busySinceMs = clock.nowMs();
    try {
      return await operation;
    } finally {
      if (--pending === 0) sumMs += Math.max(0, clock.nowMs() - busySinceMs);
    }
  }
  return {
    store: {
      read: (...asks) => measured(store.read(...asks)),
      claim: (...asks) => measured(store.claim(...asks)),
      commit: (...asks) => measured(store.commit(...asks)),
      note: (...asks) => measured(store.note(...asks)),
    },
    waitedMs: () => {
      if (!asked) return undefined;
      return pending === 0 ? sumMs : sumMs + Math.max(0, clock.nowMs() - busySinceMs);
    },
  };
}
