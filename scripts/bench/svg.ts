import { escaped } from "../trace/escaped.ts";
import type { Bar, Chart } from "./report.ts";

/** Sizes in pixels of the picture's own grid. */
const width = 1_200;
const columns = 2;
const gap = 28;
const panelWidth = (width - gap * (columns + 1)) / columns;
/** 44 letters of 13 px */
const labelWidth = 300;
const valueWidth = 64;
const barHeight = 18;
const barStep = 26;
const headHeight = 34;

const style = `text{font:13px system-ui,sans-serif;fill:#1c2430}.title{font-weight:600}.unit,.value{fill:#5a6675;font-size:12px}
.panel{fill:#fff}.ours{fill:#0a6e5c}.other{fill:#b4bfcc}.spread{stroke:#1c2430;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#e6ebf2}.unit,.value{fill:#9aa7b8}.panel{fill:#12171f}.ours{fill:#3ec9a7}.other{fill:#4a5666}.spread{stroke:#e6ebf2}}`;

/** Bars of one chart from zero; the longest fills the panel. */
function panel(chart: Chart, x: number, y: number): string {
  const most = Math.max(...chart.bars.map(({ value, spread }) => Math.max(value, spread?.[1] ?? 0)), Number.MIN_VALUE);
  const room = panelWidth - labelWidth - valueWidth;
  const at = (value: number) => Math.round((value / most) * room * 10) / 10;
  const bar = ({ label, value, spread, isOurs }: Bar, index: number) => {
    const top = y + headHeight + index * barStep;
    const left = x + labelWidth;
    const middle = top + barHeight / 2;
    const shown = value.toLocaleString("en", {
      minimumFractionDigits: chart.digits,
      maximumFractionDigits: chart.digits,
    });
    const furthest = Math.max(value, spread?.[1] ?? 0);
    return [
      `<text x="${left - 8}" y="${top + 13}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${left}" y="${top}" width="${Math.max(at(value), 1)}" height="${barHeight}" rx="2" class="${isOurs ? "ours" : "other"}"/>`,
      ...(spread === undefined
        ? []
        : [`<path d="M${left + at(spread[0])} ${middle}H${left + at(spread[1])}" class="spread"/>`]),
      `<text x="${left + at(furthest) + 6}" y="${top + 13}" class="value">${shown}</text>`,
    ].join("");
  };
  return `<g><text x="${x}" y="${y + 18}"><tspan class="title">${escaped(chart.title)}</tspan><tspan class="unit" dx="8">${escaped(chart.unit)}</tspan></text>${chart.bars.map(bar).join("")}</g>`;
}

/** All charts in one picture, two beside each other; light or dark as its reader's screen is. */
export function chartsSvg(charts: readonly Chart[]): string {
  let y = gap;
  const panels: string[] = [];
  for (let first = 0; first < charts.length; first += columns) {
    const row = charts.slice(first, first + columns);
    row.forEach((chart, at) => {
      panels.push(panel(chart, gap + at * (panelWidth + gap), y));
    });
    y += headHeight + Math.max(...row.map(({ bars }) => bars.length)) * barStep + gap;
  }
  const told = charts.map(({ title }) => title).join(", ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${escaped(told)}"><style>${style}</style><rect width="${width}" height="${y}" class="panel"/>
${panels.join("\n")}
</svg>
`;
}
