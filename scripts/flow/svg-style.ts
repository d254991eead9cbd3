import { sizes } from "./layout/drawing.ts";
import type { Tone } from "./picture.ts";

interface Colours {
  readonly ground: string;
  readonly ink: string;
  readonly quiet: string;
  /** line and box of each tone */
  readonly tones: Readonly<Record<Tone, readonly [line: string, box: string]>>;
}

const light: Colours = {
  ground: "#ffffff",
  ink: "#1d2226",
  quiet: "#5d6770",
  tones: {
    plain: ["#59636b", "#f5f6f4"],
    proven: ["#1f7a4d", "#e3f4ea"],
    heard: ["#2f62a8", "#e6eefa"],
    "by-fault": ["#8a5a00", "#fdf2da"],
    missed: ["#80888f", "#f8f8f8"],
    failed: ["#b3261e", "#fbe4e1"],
  },
};

const dark: Colours = {
  ground: "#14171a",
  ink: "#e6e8ea",
  quiet: "#a3adb5",
  tones: {
    plain: ["#9aa5ad", "#22272c"],
    proven: ["#6cc796", "#17291f"],
    heard: ["#8fb6ee", "#1a2535"],
    "by-fault": ["#e2b25a", "#2d2413"],
    missed: ["#7d868d", "#1b1e21"],
    failed: ["#ff8f85", "#371c1a"],
  },
};

const shapes = `
text { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; font-size: ${sizes.label}px; }
.flow { font-size: 20px; font-weight: 650; }
.note { font-size: ${sizes.note}px; }
.step text { text-anchor: middle; }
.step .name { font-size: ${sizes.name}px; }
.step rect { stroke-width: 1.5; }
.step .inner { stroke-width: 1; }
.step.unreached rect { stroke-dasharray: 3 3; }
.label { text-anchor: middle; }
.label.beside { text-anchor: start; }
.way { fill: none; stroke-width: 1.5; }
.way.fault { stroke-dasharray: 5 4; }`;

/** How the picture looks, light and dark; colours are written out, since not every viewer knows variables. */
export const svgStyle = `${shapes}
${coloured(light)}
@media (prefers-color-scheme: dark) {
${coloured(dark)}
}
`;

function coloured({ ground, ink, quiet, tones }: Colours): string {
  const rules = Object.entries(tones).map(([tone, [line, box]]) => {
    const boxes = `.step.${tone} rect { fill: ${box}; stroke: ${line}; } .step.${tone} .inner { fill: none; }`;
    return `${boxes} .way.${tone} { stroke: ${line}; } .head.${tone} { fill: ${line}; }`;
  });
  return [`.ground { fill: ${ground}; }`, `text { fill: ${ink}; }`, `.note { fill: ${quiet}; }`, ...rules].join("\n");
}
