import { readFileSync } from "node:fs";
import { laneHeads, laneLines, type Part, rowClass, rowParts } from "../../console/ladder-drawing.ts";
import { heightOf } from "../../console/ladder-layout.ts";
import type { LadderRow } from "../../console/ladder-row.ts";
import { offsetsOf } from "../../console/windowing.ts";
import { escaped } from "./escaped.ts";

/** The rules of the console's ladder, for a page that has nothing else of the console. */
export function ladderStyle(): string {
  const parts = ["colours", "unseen", "ladder"];
  return parts.map((name) => readFileSync(new URL(`../../console/${name}.css`, import.meta.url), "utf8")).join("\n");
}

/** The ladder as the console draws it, every row of it in its place, without a script. */
export function ladderHtml(rows: readonly LadderRow[]): string {
  const offsets = offsetsOf(rows.map(heightOf));
  const total = `height:${offsets.at(-1) ?? 0}px`;
  const items = rows.map((row, at) => {
    const place = `top:${offsets[at] ?? 0}px;height:${heightOf(row)}px`;
    return `<li style="${place}"><div class="${rowClass(row)}">${htmlOf(rowParts(row))}</div></li>`;
  });
  return `<div class="ladder">
<div class="lane-names" aria-hidden="true">${htmlOf(laneHeads)}</div>
<div class="rows-box" style="${total}">
<div class="lane-lines" style="${total}" aria-hidden="true">${htmlOf(laneLines)}</div>
<ol class="rows" aria-label="Ladder of the call">
${items.join("\n")}
</ol>
</div>
</div>`;
}

function htmlOf(parts: readonly (Part | string)[]): string {
  return parts.map((part) => (typeof part === "string" ? escaped(part) : elementText(part))).join("");
}

function elementText({ tag, style, within, ...attributes }: Part): string {
  const rules = Object.entries(style ?? {}).map(([name, value]) => `${name}:${value}`);
  const all = Object.entries({ ...attributes, ...(rules.length === 0 ? {} : { style: rules.join(";") }) });
  return `<${tag}${all.map(([name, value]) => ` ${name}="${escaped(value)}"`).join("")}>${htmlOf(within)}</${tag}>`;
}
