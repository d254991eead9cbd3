import type { MatrixCell } from "./protocol.ts";

/** A fault with its cells, one for each column; undefined where no call met it. */
export interface MatrixRow {
  readonly point: string;
  readonly fault: string;
  readonly cells: readonly (MatrixCell | undefined)[];
}
export interface MatrixTable {
  /** "" is before the first document */
  readonly steps: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** The cells as a table: steps in the order of the flow, faults in the order in which they come; none but what was met. */
export function tableOf(cells: readonly MatrixCell[], flowSteps: readonly string[]): MatrixTable {
  const met = new Set(cells.map(({ step }) => step));
  const known = ["", ...flowSteps];
  const steps = [...known.filter((step) => met.has(step)), ...[...met].filter((step) => !known.includes(step))];
  const faults = new Map<string, Map<string, MatrixCell>>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.point, cell.fault]);
    const byStep = faults.get(key) ?? new Map<string, MatrixCell>();
    faults.set(key, byStep);
    byStep.set(cell.step, cell);
  }
  const rows = [...faults].map(([key, byStep]): MatrixRow => {
    const [point, fault] = JSON.parse(key) as [string, string];
    return { point, fault, cells: steps.map((step) => byStep.get(step)) };
  });
  return { steps, rows };
}
