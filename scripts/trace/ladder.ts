import { explain, summaryOf } from "./explain.ts";
import { arrowRow, banner, headerRow } from "./grid.ts";
import type { Trace } from "./join.ts";
import { type DrawnRow, traceRows } from "./ladder-rows.ts";

/** The call as a picture for the terminal, 120 columns wide. */
export function drawTrace(trace: Trace): string[] {
  return [headerRow(), ...traceRows(trace).map(rowText)];
}

/** All that the command prints: the ladder, the same in words, and what is known. */
export function traceText(trace: Trace): string {
  const { callSid, startedAtMs, moments } = trace;
  const began = startedAtMs === undefined ? "" : `, from ${new Date(startedAtMs).toISOString()}`;
  const summary = summaryOf(trace).flatMap(({ title, lines }) => ["", title, ...lines.map((line) => `  ${line}`)]);
  return [
    `${callSid}${began}`,
    ...(moments.length === 0 ? [] : ["", ...drawTrace(trace), "", ...explainedRows(trace)]),
    ...summary,
  ].join("\n");
}

/** The moments in words, one line each. */
export function explainedRows(trace: Trace): string[] {
  return explain(trace).map(({ sinceMs, who, what }) => `${String(sinceMs).padStart(7)}  ${who.padEnd(8)}  ${what}`);
}

function rowText(row: DrawnRow): string {
  const { atMs, label } = row;
  if (row.kind !== "arrow") return banner(atMs, label);
  const { from, to, dashed, tone } = row;
  return arrowRow(atMs, { from, to, label, line: dashed ? "┄" : "─", head: tone === "bad" ? "✗" : "arrow" });
}
