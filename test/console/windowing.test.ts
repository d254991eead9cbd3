import { expect, test } from "vitest";
import { offsetsOf, shownRows } from "../../console/windowing.ts";

test("a list of thousands of rows draws what is in view and a few beyond, wherever it is scrolled", () => {
  const offsets = offsetsOf(Array.from({ length: 4_000 }, (_, at) => (at % 7 === 0 ? 90 : 38)));
  for (const topPx of [0, 1, 5_000, 77_777, (offsets.at(-1) ?? 0) - 600]) {
    const { from, to } = shownRows(offsets, topPx, 600);
    expect(to - from).toBeLessThanOrEqual(32);
    expect(offsets[from]).toBeLessThanOrEqual(topPx);
    expect(offsets[to]).toBeGreaterThanOrEqual(Math.min(topPx + 600, offsets.at(-1) ?? 0));
  }
});

test("the first and the last row are drawn at the ends", () => {
  const offsets = offsetsOf(Array.from({ length: 100 }, () => 40));
  expect(shownRows(offsets, 0, 400).from).toBe(0);
  expect(shownRows(offsets, 3_600, 400).to).toBe(100);
  // scrolled further than there is, as some browsers let one
  expect(shownRows(offsets, 9_000, 400).to).toBe(100);
});

test("an empty list draws nothing", () => {
  expect(shownRows(offsetsOf([]), 0, 400)).toEqual({ from: 0, to: 0 });
});
