import type { Picture, PictureStep, Tone } from "./picture.ts";

const classes: Readonly<Record<Exclude<Tone, "plain">, string>> = {
  proven: "fill:#d7f0e0,stroke:#1f7a4d,color:#123d29",
  heard: "fill:#e4ecf7,stroke:#3f6fae,color:#1c3350",
  "by-fault": "fill:#fdf0d5,stroke:#a06a00,color:#4d3300",
  missed: "fill:#f4f4f4,stroke:#8a8a8a,color:#555555,stroke-dasharray:4 3",
  failed: "fill:#fbe0dd,stroke:#b3261e,color:#5c1410",
};

/** The picture as a Mermaid flowchart. Ways that only a fault opens are dotted. */
export function mermaidOf({ flow, steps, edges, caption }: Picture): string {
  const ids = new Map(steps.map(({ name }, at) => [name, `s${at}`]));
  const idOf = (name: string): string => ids.get(name) ?? "unknown";
  const used = new Set(steps.map(({ tone }) => tone));
  const lines = [
    "flowchart TD",
    `  %% ${flow}: ${caption}`,
    ...steps.map((step) => `  ${idOf(step.name)}${shape(step)}${step.tone === "plain" ? "" : `:::${step.tone}`}`),
    ...edges.map(({ from, to, label, byFault }) => {
      const arrow = byFault ? "-.->" : "-->";
      return `  ${idOf(from)} ${arrow}${label.length === 0 ? "" : `|"${label.map(escaped).join("<br>")}"|`} ${idOf(to)}`;
    }),
    ...Object.entries(classes)
      .filter(([tone]) => used.has(tone as Tone))
      .map(([tone, style]) => `  classDef ${tone} ${style}`),
  ];
  const missed = edges.flatMap(({ tone }, at) => (tone === "missed" ? [at] : []));
  if (missed.length > 0) lines.push(`  linkStyle ${missed.join(",")} stroke:#8a8a8a`);
  return `${lines.join("\n")}\n`;
}

/** The start is a stadium, the end of a call a double circle's box, the rest boxes. */
function shape({ name, role, note }: PictureStep): string {
  const text = `"${escaped(name)}${note === "" ? "" : `<br><small>${escaped(note)}</small>`}"`;
  switch (role) {
    case "start":
      return `([${text}])`;
    case "last":
    case "last-resort":
      return `[[${text}]]`;
    case "step":
      return `[${text}]`;
  }
}

/** Mermaid reads `#` as the beginning of an entity, and a quote as the end of the text. */
function escaped(text: string): string {
  return text.replace(/[#"<>&]/g, (character) => `#${character.charCodeAt(0)};`);
}
