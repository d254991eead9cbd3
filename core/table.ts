import type { CheckpointStore, Claim, Commit, Facts, ReadResult, Timing, WriteResult } from "./checkpoint-store.ts";
import type { Clock } from "./clock.ts";

/** The store as one webhook sees it: all its operations together stay within a budget. */
export interface Table {
  read(): Promise<ReadResult>;
  claim(claim: Claim): Promise<WriteResult>;
  commit(commit: Commit): Promise<WriteResult>;
  note(facts: Facts): Promise<WriteResult>;
  /** another item, on the same budget */
  of(key: string): Table;
  /** why an operation of this webhook was unavailable, the latest; undefined when all went well */
  trouble(): string | undefined;
}

const spent = { kind: "unavailable", reason: "budget spent" } as const;

/**
 * @param budgetMs what this webhook may spend on the table in all; afterwards every operation is unavailable at once,
 *   so a table that hangs costs the caller this much silence and no more
 */
export function tableFor(store: CheckpointStore, callSid: string, clock: Clock, budgetMs: number): Table {
  let leftMs = budgetMs;
  let trouble: string | undefined;
  async function timed<T extends ReadResult | WriteResult>(operation: (timing: Timing) => Promise<T>) {
    const nowMs = clock.nowMs();
    const result = leftMs <= 0 ? spent : await operation({ nowMs, withinMs: leftMs });
    leftMs -= Math.max(0, clock.nowMs() - nowMs);
    if (result.kind === "unavailable") trouble = result.reason;
    return result;
  }
  const tableOf = (key: string): Table => ({
    read: () => timed((timing) => store.read(key, timing)),
    claim: (claim) => timed((timing) => store.claim(key, claim, timing)),
    commit: (commit) => timed((timing) => store.commit(key, commit, timing)),
    // facts are noted when nobody waits any more, also by a process that was suspended longer than its budget
    note: (facts) => store.note(key, facts, { nowMs: clock.nowMs(), withinMs: budgetMs }),
    of: tableOf,
    trouble: () => trouble,
  });
  return tableOf(callSid);
}
