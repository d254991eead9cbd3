import type { CheckpointStore } from "../../core/checkpoint-store.ts";

type Operation = keyof CheckpointStore;

/**
 * A store that a test can stop: `hold("commit")` keeps the next commit waiting (a process that was suspended) until
 * `release()`, `refuse("claim")` makes every claim unavailable until `allow()`.
 */
export function gatedStore(store: CheckpointStore) {
  const refused = new Set<Operation>();
  let held: { operation: Operation; reached: () => void; opened: Promise<void> } | undefined;
  let open = () => {};

  const pass = async <T>(operation: Operation, run: () => Promise<T>) => {
    if (held?.operation === operation) {
      const { reached, opened } = held;
      held = undefined;
      reached();
      await opened;
    }
    return refused.has(operation) ? ({ kind: "unavailable", reason: "refused by the test" } as const) : run();
  };
  const gated: CheckpointStore = {
    read: (callSid, timing) => pass("read", () => store.read(callSid, timing)),
    claim: (callSid, claim, timing) => pass("claim", () => store.claim(callSid, claim, timing)),
    commit: (callSid, commit, timing) => pass("commit", () => store.commit(callSid, commit, timing)),
    note: (callSid, facts, timing) => pass("note", () => store.note(callSid, facts, timing)),
  };
  return {
    store: gated,
    /** @returns a promise that resolves when somebody waits at the gate */
    hold(operation: Operation): Promise<void> {
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      return new Promise((reached) => {
        held = { operation, reached, opened };
      });
    },
    release: () => open(),
    refuse: (...operations: Operation[]) => operations.forEach((operation) => void refused.add(operation)),
    allow: () => refused.clear(),
  };
}
