import { machineText } from "./machine.ts";
import { type Column, isMet, type PartReport, type Row, type Table, type Target } from "./report.ts";
import type { BenchReport } from "./run.ts";

/** A report as text: for a terminal, and as Markdown for docs/performance.md. */

const none = "–";

/** A cell as it is read: numbers with their column's digits and a comma at each thousand. */
export function cellText(value: Row[string], { digits = 0 }: Pick<Column, "digits">): string {
  if (value === undefined) return none;
  if (typeof value === "string") return value;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function boundText({ bound }: Target): string {
  if ("atMost" in bound) return `≤ ${bound.atMost.toLocaleString("en")}`;
  if ("atLeast" in bound) return `≥ ${bound.atLeast.toLocaleString("en")}`;
  return `= ${bound.exactly.toLocaleString("en")}`;
}

/** Enough digits to tell the measured from the bound. */
function measuredText({ measured }: Target): string {
  return measured.toLocaleString("en", { maximumFractionDigits: Math.abs(measured) < 100 ? 2 : 0 });
}

const cellsOf = ({ columns, rows }: Table) => rows.map((row) => columns.map((one) => cellText(row[one.key], one)));
const isNumeric = ({ rows }: Table, { key }: Column) =>
  rows.every((row) => row[key] === undefined || typeof row[key] === "number");

/** Numbers to the right, words to the left. */
function terminalTable(table: Table): string {
  const lines = [table.columns.map(({ title }) => title), ...cellsOf(table)];
  const width = table.columns.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
  const toRight = table.columns.map((column) => isNumeric(table, column));
  const cell = (text: string, at: number) =>
    toRight[at] === true ? text.padStart(width[at] ?? 0) : text.padEnd(width[at] ?? 0);
  return lines.map((cells) => cells.map(cell).join("  ").trimEnd()).join("\n");
}

export function tableMarkdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = table.columns.map((column) => (isNumeric(table, column) ? "---:" : "---"));
  return [line(table.columns.map(({ title }) => title)), line(rule), ...cellsOf(table).map(line)].join("\n");
}

const verdict = (target: Target) => (isMet(target) ? "met" : "MISSED");

export function targetsTable(targets: readonly Target[]): Table {
  return {
    title: "Targets",
    columns: [
      { key: "what", title: "target" },
      { key: "bound", title: "bound" },
      { key: "measured", title: "measured" },
      { key: "verdict", title: "" },
    ],
    rows: targets.map((one) => ({
      ...{ what: one.what, bound: boundText(one), measured: measuredText(one), verdict: verdict(one) },
    })),
  };
}

/** One part in Markdown: its tables, its notes. Headings of the third level. */
export function partMarkdown({ tables, notes }: PartReport): string {
  const blocks = tables.map((table) => `### ${table.title}\n\n${tableMarkdown(table)}`);
  if (notes.length > 0) blocks.push(notes.map((note) => `- ${note}`).join("\n"));
  return blocks.join("\n\n");
}

export function terminalText({ machine, parts, effort, seed }: BenchReport): string {
  const blocks = [`${machineText(machine)}\n${effort} run, seed ${seed}`];
  for (const { title, seconds, report } of parts) {
    blocks.push(`== ${title} (${seconds} s)`);
    for (const table of report.tables) blocks.push(`${table.title}\n${terminalTable(table)}`);
    if (report.notes.length > 0) blocks.push(report.notes.map((note) => `- ${note}`).join("\n"));
  }
  const targets = parts.flatMap(({ report }) => report.targets);
  if (targets.length > 0) blocks.push(`== Targets\n${terminalTable(targetsTable(targets))}`);
  const missed = targets.filter((one) => !isMet(one)).length;
  blocks.push(`${targets.length} targets, ${missed} missed`);
  if (effort === "quick") blocks.push("A quick run counts; its times and ratios are no figures.");
  return `${blocks.join("\n\n")}\n`;
}
