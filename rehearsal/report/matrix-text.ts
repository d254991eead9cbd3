import { type Matrix, stepTitle } from "./matrix.ts";
import type { Cell } from "./tally.ts";

const gap = "  ";
const cellWidthMin = 4;

/**
 * Matrices side by side as far as they fit, the others below: a row for each kind of fault that a call met, a column for each
 * step; the number of calls, `✗n` where n failed, `·` where none was placed.
 *
 * @param widthMax characters
 */
export function matrixText(matrices: readonly Matrix[], widthMax: number): string {
  return blocksOf(matrices, widthMax).map(blockText).join("\n\n");
}

function blocksOf(matrices: readonly Matrix[], widthMax: number): Matrix[][] {
  const blocks: Matrix[][] = [];
  for (const matrix of matrices) {
    const last = blocks.at(-1);
    if (last !== undefined && blockWidth([...last, matrix]) <= widthMax) last.push(matrix);
    else blocks.push([matrix]);
  }
  return blocks;
}

function blockText(matrices: readonly Matrix[]): string {
  const label = labelWidth(matrices);
  const columns = matrices.map(columnWidths);
  const line = (head: string, parts: readonly (readonly string[])[]) => {
    const filled = parts.map((cells, at) => cells.map((cell, k) => cell.padStart(columns[at]?.[k] ?? 0)).join(gap));
    return [head.padEnd(label), ...filled].join(`${gap} `).trimEnd();
  };
  const flows = matrices.map(({ flow }, at) => flow.padEnd(width(columns[at] ?? [])));
  const lines = [
    ["".padEnd(label), ...flows].join(`${gap} `).trimEnd(),
    line(
      "",
      matrices.map(({ steps }) => steps.map(stepTitle)),
    ),
  ];
  const [first] = matrices;
  for (const [at, { kind, title, rows }] of first?.groups.entries() ?? []) {
    const met = rows
      .map((row, k) => ({ row, cells: matrices.map(({ groups }) => groups[at]?.rows[k]?.cells ?? []) }))
      .filter(({ cells }) => cells.flat().some(Boolean));
    if (met.length > 0) lines.push(`${kind}: ${title}`);
    for (const { row, cells } of met)
      lines.push(
        line(
          `  ${row.fault}`,
          cells.map((own) => own.map(cellText)),
        ),
      );
  }
  return lines.join("\n");
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "·";
  return cell.failed > 0 ? `✗${cell.failed}` : String(cell.cases);
}

function columnWidths({ steps, groups }: Matrix): number[] {
  const rows = groups.flatMap((group) => group.rows);
  return steps.map((step, at) =>
    rows.reduce(
      (most, { cells }) => Math.max(most, cellText(cells[at]).length),
      Math.max(cellWidthMin, stepTitle(step).length),
    ),
  );
}

function labelWidth(matrices: readonly Matrix[]): number {
  const faults = matrices.flatMap(({ groups }) =>
    groups.flatMap(({ rows }) => rows.map(({ fault }) => fault.length + 2)),
  );
  return Math.max(0, ...faults);
}

function blockWidth(matrices: readonly Matrix[]): number {
  return matrices.reduce((sum, matrix) => sum + gap.length + 1 + width(columnWidths(matrix)), labelWidth(matrices));
}

function width(columns: readonly number[]): number {
  return columns.reduce((sum, column) => sum + column, 0) + gap.length * Math.max(0, columns.length - 1);
}
