import { type FaultName, faultOptions, type PointKind } from "../fault-kinds.ts";
import type { Otherwise } from "../world/choices.ts";

/** Faults by the kind of operation that they meet, each the first of its kind. */
export type Breaks = { readonly [Kind in PointKind]?: FaultName<Kind> };

/** A fault that waits for its operation. */
export interface Break {
  readonly kind: PointKind;
  readonly fault: string;
  /** Operations before this choice point are over. */
  readonly from: number;
  /** Operations of this kind that go well before it. */
  readonly skip: number;
}

/** @throws RangeError for a kind or a fault that does not exist: plain JavaScript is not held back by the types */
export function toBreak(kind: PointKind, fault: string, from: number, skip: number): Break {
  const known: readonly string[] | undefined = faultOptions[kind];
  if (known === undefined)
    throw new RangeError(`no operation is called '${kind}': ${Object.keys(faultOptions).join(", ")}`);
  if (fault === "-" || !known.includes(fault)) {
    throw new RangeError(`'${kind}' cannot break by '${fault}': ${known.slice(1).join(", ")}`);
  }
  return { kind, fault, from, skip };
}

/**
 * Chooses faults by occurrence. Two that wait for the same kind meet one operation after the other.
 *
 * @returns the choice, and the faults that no operation has met yet
 */
export function breaking(breaks: readonly Break[]): { readonly otherwise: Otherwise; readonly unmet: () => Break[] } {
  const waiting = breaks.map((one) => ({ one, left: one.skip }));
  return {
    otherwise({ what, name, options }, at) {
      const next = what === "fault" ? waiting.findIndex(({ one }) => one.kind === name && at >= one.from) : -1;
      const found = waiting[next];
      if (found === undefined) return options[0] ?? "";
      if (found.left > 0) {
        found.left -= 1;
        return options[0] ?? "";
      }
      waiting.splice(next, 1);
      return found.one.fault;
    },
    unmet: () => waiting.map(({ one }) => one),
  };
}
