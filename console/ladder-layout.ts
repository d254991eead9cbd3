import { type ArrowRow, type LadderRow, type Lane, lanes } from "./ladder-row.ts";

const rowHeightPx = { arrow: 38, banner: 36 } as const;
/** Silence is drawn to scale. */
export const silencePxPerSec = 20;
const silencePxMin = 24;

/** Height of a row, px. Silence grows with its length; a short one still has room for its words. */
export function heightOf(row: LadderRow): number {
  if (row.kind !== "silence") return rowHeightPx[row.kind];
  return Math.max(silencePxMin, Math.round((row.lengthMs / 1000) * silencePxPerSec));
}

/** Where an arrow runs: numbers of lanes from the left, and the side on which its words have room. */
export interface Track {
  readonly left: number;
  readonly right: number;
  readonly pointsRight: boolean;
  readonly words: "from-left" | "to-right";
}

export function trackOf({ from, to }: Pick<ArrowRow, "from" | "to">): Track {
  const [start, end] = [lanes.indexOf(from), lanes.indexOf(to)];
  const [left, right] = start < end ? [start, end] : [end, start];
  return { left, right, pointsRight: end > start, words: left <= 1 ? "from-left" : "to-right" };
}

export const laneNames: Readonly<Record<Lane, string>> = {
  caller: "Caller",
  twilio: "Twilio",
  primary: "Primary",
  fallback: "Fallback",
  table: "Table",
  effects: "Effects",
};

/** What stands between the time and the words of a row for who cannot see the arrow. */
export function unseenWords(row: LadderRow): string {
  if (row.kind !== "arrow") return "seconds";
  return `seconds, ${laneNames[row.from]} to ${laneNames[row.to]}${row.lost ? ", lost" : ""}`;
}
