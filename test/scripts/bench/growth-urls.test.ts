import { expect, test } from "vitest";
import { limits } from "../../../core/limits.ts";
import { longestShape, typicalShape, urlLength, urlReport } from "../../../scripts/bench/growth/urls.ts";
import { isMet } from "../../../scripts/bench/report.ts";

const legs = ["primary", "fallback"] as const;

test.each(legs)("no URL of the %s leg is too long, whatever is in it", (leg) => {
  const { urlDataBytesMax, urlCharactersMax } = limits;
  for (const bytes of [0, 500, 1_000, urlDataBytesMax - 2, urlDataBytesMax - 1, urlDataBytesMax, urlDataBytesMax + 1]) {
    expect(urlLength(longestShape, bytes, leg).longestCharacters).toBeLessThanOrEqual(urlCharactersMax);
  }
});

test.each(legs)(
  "a URL of the %s leg grows with the data up to the limit, and then carries the position alone",
  (leg) => {
    const at = (bytes: number) => urlLength(typicalShape, bytes, leg).actionCharacters;
    expect(at(1_000) - at(700)).toBe(400);
    expect(at(limits.urlDataBytesMax)).toBeGreaterThan(at(1_000));
    expect(at(limits.urlDataBytesMax + 1)).toBeLessThan(at(50));
    expect(at(limits.urlDataBytesMax + 1)).toBe(at(limits.dataBytesMax));
  },
);

test("the longest names and bases are as long as they may be", () => {
  expect(longestShape.bases.primary).toHaveLength(limits.baseUrlCharactersMax);
  expect(longestShape.file).toHaveLength(limits.mediaFileCharactersMax);
  const { target, table } = urlReport();
  expect(isMet(target)).toBe(true);
  expect(target.measured).toBe(
    Math.max(...table.rows.flatMap((row) => [row.primaryLongest, row.fallbackLongest].map(Number))),
  );
});
