import { cpus } from "node:os";

/** What the processors did, all cores together, whoever kept them busy. */
export interface Busy {
  readonly busyMs: number;
  readonly allMs: number;
}

/** Since the machine started. */
export function busyNow(): Busy {
  let [busyMs, allMs] = [0, 0];
  for (const { times } of cpus()) {
    const { user, nice, sys, irq, idle } = times;
    busyMs += user + nice + sys + irq;
    allMs += user + nice + sys + irq + idle;
  }
  return { busyMs, allMs };
}

export function busySince(before: Busy): Busy {
  const now = busyNow();
  return { busyMs: now.busyMs - before.busyMs, allMs: now.allMs - before.allMs };
}

export function busyPercentOf(spans: readonly Busy[]): number {
  const busyMs = spans.reduce((sum, span) => sum + span.busyMs, 0);
  const allMs = spans.reduce((sum, span) => sum + span.allMs, 0);
  return allMs === 0 ? 0 : (100 * busyMs) / allMs;
}
