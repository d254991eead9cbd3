import { useMemo } from "preact/hooks";
import { type DrawnLabel, type DrawnStep, drawingOf, sizes } from "../scripts/flow/layout/drawing.ts";
import { lineHeight } from "../scripts/flow/layout/text-size.ts";
import type { Picture, Tone } from "../scripts/flow/picture.ts";

const marginPx = 12;
const tones: readonly Tone[] = ["plain", "proven", "heard", "by-fault", "missed", "failed"];

/** The graph of a flow, the current step lit. */
export function FlowGraph({ picture, current }: { readonly picture: Picture; readonly current: string | undefined }) {
  const drawing = useMemo(() => drawingOf(picture), [picture]);
  const [width, height] = [drawing.width + 2 * marginPx, drawing.height + 2 * marginPx];
  const visited = picture.steps.filter(({ tone }) => tone !== "plain" && tone !== "missed").map(({ name }) => name);
  const summary = [
    `${picture.steps.length} steps of ${picture.flow}.`,
    current === undefined ? "" : `The call is at ${current}.`,
    `Visited: ${visited.length === 0 ? "none" : visited.join(", ")}.`,
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section class="graph" tabIndex={0} aria-label={`Graph of ${picture.flow}`}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={summary.join(" ")}>
        <defs>
          {tones.map((tone) => (
            <marker
              key={tone}
              id={`head-${tone}`}
              viewBox="0 0 10 10"
              refX="9"
              refY="5"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path class={`head ${tone}`} d="M0 0L10 5L0 10z" />
            </marker>
          ))}
        </defs>
        <g transform={`translate(${marginPx} ${marginPx})`}>
          {drawing.ways.map(({ edge, path }) => (
            <path
              key={`${edge.from} ${edge.to}`}
              class={`way ${edge.tone}${edge.byFault ? " fault" : ""}`}
              d={path}
              marker-end={`url(#head-${edge.tone})`}
            />
          ))}
          {drawing.labels.map((label) => (
            <Label key={`${label.x} ${label.y}`} label={label} />
          ))}
          {drawing.steps.map((step) => (
            <Step key={step.step.name} drawn={step} isCurrent={step.step.name === current} />
          ))}
        </g>
      </svg>
    </section>
  );
}

function Step({ drawn, isCurrent }: { readonly drawn: DrawnStep; readonly isCurrent: boolean }) {
  const { x, y, width, height, step } = drawn;
  const { name, role, tone, note } = step;
  const middle = x + width / 2;
  const isEnd = role === "last" || role === "last-resort";
  return (
    <g class={`step ${tone}${isCurrent ? " current" : ""}`}>
      <rect x={x} y={y} width={width} height={height} rx={role === "start" ? height / 2 : 6} />
      {isEnd && <rect class="inner" x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx="4" />}
      <text class="name" x={middle} y={note === "" ? y + height / 2 + 5 : y + 22}>
        {name}
      </text>
      {note !== "" && (
        <text class="note" x={middle} y={y + 39}>
          {note}
        </text>
      )}
    </g>
  );
}

function Label({ label }: { readonly label: DrawnLabel }) {
  const { lines, beside, x, y, width } = label;
  const at = beside ? x + 4 : x + width / 2;
  return (
    <text class={beside ? "label beside" : "label"}>
      {lines.map((line, index) => (
        <tspan key={line} x={at} y={y + 2 + Math.round(sizes.label * (0.95 + index * lineHeight))}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
