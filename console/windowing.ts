/** Rows of a long list that are drawn, `to` excluded. */
export interface Shown {
  readonly from: number;
  readonly to: number;
}

/** Rows beyond each edge of the view that are drawn as well, so that scrolling and the Tab key meet a row. */
const marginRows = 6;

/** Where each row begins, px, and at the end where the last one ends. */
export function offsetsOf(heights: readonly number[]): number[] {
  const offsets = [0];
  let at = 0;
  for (const height of heights) {
    at += height;
    offsets.push(at);
  }
  return offsets;
}

/**
 * The rows to draw of a list that is scrolled to `topPx` and seen through `viewPx`.
 *
 * @param offsets of `offsetsOf`
 */
export function shownRows(offsets: readonly number[], topPx: number, viewPx: number): Shown {
  const count = offsets.length - 1;
  const from = rowAt(offsets, topPx);
  const to = rowAt(offsets, topPx + viewPx) + 1;
  return { from: Math.max(0, from - marginRows), to: Math.min(count, to + marginRows) };
}

/** The row at a height, by halving: a call may have thousands. */
function rowAt(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
