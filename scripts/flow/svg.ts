import { type DrawnLabel, type DrawnStep, drawingOf, sizes } from "./layout/drawing.ts";
import { lineHeight, textWidth } from "./layout/text-size.ts";
import { type Picture, type Tone, toneText } from "./picture.ts";
import { svgStyle } from "./svg-style.ts";

const margin = 24;
const headHeight = 56;
const legendLine = 20;
const tones: readonly Exclude<Tone, "plain">[] = ["proven", "heard", "by-fault", "missed", "failed"];

/** The picture as one self-contained SVG: no script, no font, nothing from elsewhere; light and dark as the reader's system says. */
export function svgOf(picture: Picture): string {
  const { flow, caption, steps, edges } = picture;
  const drawing = drawingOf(picture);
  const legend = legendOf(picture);
  const texts = [
    textWidth(flow, 20),
    textWidth(caption, sizes.label),
    ...legend.map(({ text }) => textWidth(text, sizes.label) + 36),
  ];
  const width = Math.max(drawing.width, ...texts) + 2 * margin;
  const shift = Math.round((width - drawing.width) / 2);
  const height = headHeight + drawing.height + margin + legend.length * legendLine + margin;
  const used = [...new Set(edges.map(({ tone }) => tone))];
  const summary = `${steps.length} steps of the call flow ${flow} and ${edges.length} ways between them; ${caption}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(flow)}</title>
<desc id="desc">${escaped(summary)}</desc>
<style>${svgStyle}</style>
<defs>
${used.map((tone) => `<marker id="${tone}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="head ${tone}" d="M0 0L10 5L0 10z"/></marker>`).join("\n")}
</defs>
<rect class="ground" width="${width}" height="${height}"/>
<text class="flow" x="${margin}" y="${margin + 6}">${escaped(flow)}</text>
<text class="note" x="${margin}" y="${margin + 24}">${escaped(caption)}</text>
<g transform="translate(${shift} ${headHeight})">
${drawing.ways.map(({ edge, path }) => `<path class="way ${edge.tone}${edge.byFault ? " fault" : ""}" d="${path}" marker-end="url(#${edge.tone})"/>`).join("\n")}
${drawing.labels.map(labelSvg).join("\n")}
${drawing.steps.map(stepSvg).join("\n")}
</g>
<g transform="translate(${margin} ${headHeight + drawing.height + margin})">
${legend.map(({ mark, text }, at) => `<g transform="translate(0 ${at * legendLine})">${mark}<text class="note" x="34" y="10">${escaped(text)}</text></g>`).join("\n")}
</g>
</svg>
`;
}

function stepSvg({ step, x, y, width, height }: DrawnStep): string {
  const { name, role, tone, note, reached } = step;
  const classes = ["step", tone, role, ...(reached ? [] : ["unreached"])].join(" ");
  const radius = role === "start" ? height / 2 : 6;
  const inner =
    role === "last" || role === "last-resort"
      ? `<rect class="inner" x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="4"/>`
      : "";
  const middle = x + width / 2;
  const nameY = note === "" ? y + height / 2 + 5 : y + 22;
  const second = note === "" ? "" : `<text class="note" x="${middle}" y="${y + 39}">${escaped(note)}</text>`;
  return `<g class="${classes}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>${inner}<text class="name" x="${middle}" y="${nameY}">${escaped(name)}</text>${second}</g>`;
}

function labelSvg({ lines, tone, beside, x, y, width }: DrawnLabel): string {
  const at = beside ? x + 4 : x + width / 2;
  const spans = lines.map((line, index) => {
    const lineY = y + 2 + Math.round(sizes.label * (0.95 + index * lineHeight));
    return `<tspan x="${at}" y="${lineY}">${escaped(line)}</tspan>`;
  });
  return `<text class="label ${tone}${beside ? " beside" : ""}">${spans.join("")}</text>`;
}

/** Only what the picture shows. */
function legendOf({ steps, edges }: Picture): { readonly mark: string; readonly text: string }[] {
  const shown = new Set([...steps, ...edges].map(({ tone }) => tone));
  const rows = tones
    .filter((tone) => shown.has(tone))
    .map((tone) => {
      const mark = `<g class="step ${tone}"><rect x="0" y="0" width="26" height="12" rx="3"/></g>`;
      return { mark, text: toneText[tone] };
    });
  if (edges.some(({ byFault }) => byFault)) {
    rows.push({ mark: `<path class="way plain fault" d="M0 6H26"/>`, text: "only a fault leads this way" });
  }
  return rows;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
