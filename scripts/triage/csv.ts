const cellsMax = 64;
const cellCharactersMax = 64 * 1024;

/**
 * Reads CSV as RFC 4180 has it, quotes, commas and line ends inside of cells included. A file without a closing quote ends where it
 * ends.
 *
 * @param rowsMax more rows are not read
 */
export function readCsv(text: string, rowsMax: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length && rows.length < rowsMax) {
    const { cell, end } = text[at] === '"' ? quoted(text, at + 1) : plain(text, at);
    if (row.length < cellsMax) row.push(cell.slice(0, cellCharactersMax));
    at = end;
    if (text[at] === ",") {
      at += 1;
      continue;
    }
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
    if (row.some((one) => one !== "")) rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function plain(text: string, start: number): { cell: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== "," && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return { cell: text.slice(start, end), end };
}

function quoted(text: string, start: number): { cell: string; end: number } {
  let end = text.indexOf('"', start);
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  if (end < 0) end = text.length;
  const { end: after } = plain(text, end + 1);
  return { cell: text.slice(start, end).replaceAll('""', '"'), end: Math.min(after, text.length) };
}
