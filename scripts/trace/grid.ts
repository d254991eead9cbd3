/** Columns of the lanes; the whole picture is 120 wide. */
const width = 120;
export const laneColumns = { twilio: 9, primary: 50, fallback: 82, table: 104, effects: 116 } as const;
export type Lane = keyof typeof laneColumns;

export interface Stroke {
  readonly from: Lane;
  readonly to: Lane;
  readonly label: string;
  readonly line: "─" | "┄";
  readonly head: "arrow" | "✗";
}

/** One line: a time, the lanes, and an arrow with its label between two of them. Everything in it is ASCII, one cell each. */
export function arrowRow(atMs: number | undefined, { from, to, label, line, head }: Stroke): string {
  const cells = Array.from({ length: width }, () => " ");
  for (const column of Object.values(laneColumns)) cells[column] = "│";
  if (atMs !== undefined) write(cells, 0, timeText(atMs));
  const left = Math.min(laneColumns[from], laneColumns[to]) + 1;
  const right = Math.max(laneColumns[from], laneColumns[to]) - 1;
  for (let column = left; column <= right; column += 1) cells[column] = line;
  write(cells, left + 1, ` ${shorten(label, right - left - 4)} `);
  const forward = laneColumns[from] < laneColumns[to];
  cells[forward ? right : left] = head === "✗" ? "✗" : forward ? "▶" : "◀";
  return cells.join("").trimEnd();
}

export function banner(atMs: number, text: string): string {
  return `${timeText(atMs)} ══ ${shorten(text, width - 20)} `.padEnd(width, "═");
}

export function headerRow(): string {
  const cells = Array.from({ length: width }, () => " ");
  write(cells, 2, "ms");
  for (const [lane, column] of Object.entries(laneColumns)) {
    write(cells, column - Math.floor(lane.length / 2), lane.charAt(0).toUpperCase() + lane.slice(1));
  }
  return cells.join("").trimEnd();
}

const timeText = (atMs: number) => String(Math.round(atMs)).padStart(6);

function write(cells: string[], column: number, text: string): void {
  for (const [position, character] of [...text].entries()) {
    if (column + position < width) cells[column + position] = character;
  }
}

function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
}
