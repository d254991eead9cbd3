import { laneNames, trackOf, unseenWords } from "./ladder-layout.ts";
import { type ArrowRow, type LadderRow, lanes } from "./ladder-row.ts";
import { timeText } from "./words.ts";

/**
 * A piece of the ladder as data: the console makes elements of it, the page of a trace makes text. What is in `within` as a string
 * is text, not markup.
 */
export interface Part {
  readonly tag: "span" | "i";
  readonly class?: string;
  readonly style?: Readonly<Record<string, string | number>>;
  readonly lang?: string;
  readonly within: readonly (Part | string)[];
}

/** Above the rows: what each lane is. */
export const laneHeads: readonly Part[] = [
  { tag: "span", class: "time", within: ["s"] },
  ...lanes.map((lane): Part => ({ tag: "span", within: [laneNames[lane]] })),
];

/** Behind the rows: a line for each lane. */
export const laneLines: readonly Part[] = lanes.map(() => ({ tag: "i", within: [] }));

/** Class of what stands around the parts of a row. */
export function rowClass({ kind, tone }: LadderRow): string {
  return `row ${kind} ${tone}`;
}

/** A row: its time, then its arrow or words. */
export function rowParts(row: LadderRow): readonly Part[] {
  const unseen: Part = { tag: "span", class: "unseen", within: [` ${unseenWords(row)}: `] };
  const track = row.kind === "arrow" ? arrow(row) : words(row, "words");
  return [
    { tag: "span", class: "time", within: [timeText(row.atMs), unseen] },
    { tag: "span", class: "track", within: [track] },
  ];
}

function arrow(row: ArrowRow): Part {
  const { left, right, pointsRight, words: side } = trackOf(row);
  const line = [
    "line",
    pointsRight ? "right" : "left",
    ...(row.dashed ? ["dashed"] : []),
    ...(row.lost ? ["lost"] : []),
  ];
  return {
    tag: "span",
    class: "arrow-track",
    style: { "--left": left, "--right": right },
    within: [words(row, `words ${side}`), { tag: "span", class: line.join(" "), within: [] }],
  };
}

function words({ label, language }: LadderRow, of: string): Part {
  return { tag: "span", class: of, ...(language === undefined ? {} : { lang: language }), within: [label] };
}
