/** Columns of the four lanes; the whole picture is 110 wide. */
const width = 110;
export const laneColumns = { caller: 9, twilio: 40, primary: 74, fallback: 102 } as const;
export type Lane = keyof typeof laneColumns;

export type Stroke = { from: Lane; to: Lane; label: string; line: "─" | "┄"; head: "arrow" | "✗" };

/** One line of the ladder: a time, the four lanes, and an arrow with its label between two of them. */
export function arrowRow(atMs: number | undefined, stroke: Stroke): string {
  const cells = emptyRow(atMs);
  const start = laneColumns[stroke.from];
  const end = laneColumns[stroke.to];
  const left = Math.min(start, end) + 1;
  const right = Math.max(start, end) - 1;
  for (let column = left; column <= right; column += 1) cells[column] = stroke.line;
  write(cells, left + 2, ` ${shorten(stroke.label, right - left - 5)} `);
  const headAt = start < end ? right : left;
  cells[headAt] = stroke.head === "✗" ? "✗" : start < end ? "▶" : "◀";
  return cells.join("").trimEnd();
}

/** Text between two neighbouring lanes, broken into as many lines as it needs. */
export function textRows(atMs: number, after: Lane, before: Lane, text: string, mark: string): string[] {
  const room = laneColumns[before] - laneColumns[after] - 4;
  return wrap(text, room).map((line, position) => {
    const cells = emptyRow(position === 0 ? atMs : undefined);
    if (position === 0) cells[laneColumns[after] + 1] = mark;
    write(cells, laneColumns[after] + 3, line);
    return cells.join("").trimEnd();
  });
}

export function banner(atMs: number, text: string): string {
  const line = ` ${shorten(text, width - 20)} `;
  const head = `${timeText(atMs)} ══`;
  return `${head}${line}${"═".repeat(Math.max(0, width - displayWidth(head) - displayWidth(line)))}`;
}

export function headerRow(): string {
  const cells = Array.from({ length: width }, () => " ");
  write(cells, 4, "ms");
  for (const [lane, column] of Object.entries(laneColumns)) {
    write(cells, column - Math.floor(lane.length / 2) + 1, lane.charAt(0).toUpperCase() + lane.slice(1));
  }
  return cells.join("").trimEnd();
}

function emptyRow(atMs: number | undefined): string[] {
  const cells = Array.from({ length: width }, () => " ");
  if (atMs !== undefined) write(cells, 0, timeText(atMs));
  for (const column of Object.values(laneColumns)) cells[column] = "│";
  return cells;
}

function timeText(atMs: number): string {
  return String(Math.round(atMs)).padStart(6);
}

/** Wide characters (Japanese) take two cells, the second of them empty. */
function write(cells: string[], column: number, text: string): void {
  let at = column;
  for (const character of text) {
    if (at >= width) return;
    cells[at] = character;
    if (isWide(character)) cells[at + 1] = "";
    at += isWide(character) ? 2 : 1;
  }
}

function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )|(?<=[、。])/)) {
    if (displayWidth(line + word.trimEnd()) > room && line !== "") {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
    while (displayWidth(line.trimEnd()) > room) {
      const head = take(line, room);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line.trim() === "" ? lines : [...lines, line.trimEnd()];
}

function shorten(text: string, room: number): string {
  return displayWidth(text) <= room ? text : `${take(text, room - 1)}…`;
}

function take(text: string, room: number): string {
  let taken = "";
  for (const character of text) {
    if (displayWidth(taken + character) > room) break;
    taken += character;
  }
  return taken;
}

function displayWidth(text: string): number {
  let sum = 0;
  for (const character of text) sum += isWide(character) ? 2 : 1;
  return sum;
}

function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
    character,
  );
}
