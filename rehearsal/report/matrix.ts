import { type FaultKind, faultKinds, type PointKind } from "../fault-kinds.ts";
import type { Cell, Tally } from "./tally.ts";

/** One flow's faults by the step where they struck. */
export interface Matrix {
  readonly flow: string;
  /** The columns: steps where a fault struck; "" is before the first document. */
  readonly steps: readonly string[];
  readonly groups: readonly Group[];
}

export interface Group {
  readonly kind: PointKind;
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly fault: string;
  /** What happens, in one line. */
  readonly what: string;
  /** One for each column; undefined where no call met it. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface ReportedFlow {
  readonly name: string;
  readonly steps: readonly string[];
}

/** What each kind of operation is to a reader. */
export const titles: Readonly<Record<PointKind, string>> = {
  call: "the whole call",
  request: "request of an ordinary URL",
  fallback: "request of the fallback URL",
  media: "fetch of a media file",
  status: "status callback",
  read: "read of the table",
  write: "write to the table",
  effect: "effect at the outside service",
};

export function matrixOf(tally: Tally, { name, steps }: ReportedFlow): Matrix {
  const byPlace = new Map<string, Cell>();
  const met = new Set<string>();
  for (const cell of tally.cells.values()) {
    if (cell.flow !== name) continue;
    byPlace.set(`${cell.kind} ${cell.fault} ${cell.step}`, cell);
    met.add(cell.step);
  }
  const columns = ["", ...steps].filter((step) => met.has(step));
  const groups = Object.entries(faultKinds as Record<string, readonly FaultKind[]>).map(([kind, faults]): Group => {
    const rows = faults.map(({ name: fault, what }): Row => {
      return { fault, what, cells: columns.map((step) => byPlace.get(`${kind} ${fault} ${step}`)) };
    });
    return { kind: kind as PointKind, title: titles[kind as PointKind], rows };
  });
  return { flow: name, steps: columns, groups };
}

/** Only the groups and rows in which a call met something. */
export function withoutEmptyRows(matrix: Matrix): Matrix {
  const groups = matrix.groups.map((group) => ({
    ...group,
    rows: group.rows.filter(({ cells }) => cells.some(Boolean)),
  }));
  return { ...matrix, groups: groups.filter(({ rows }) => rows.length > 0) };
}

/** The column's head. */
export function stepTitle(step: string): string {
  return step === "" ? "(start)" : step;
}
