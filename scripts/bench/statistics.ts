/** What many measurements of one thing came to; in the unit of the measurements. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws Error when there is nothing to summarise */
export function summaryOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const [min, p50, p99, max] = [sorted[0], at(0.5), at(0.99), sorted.at(-1)];
  if (min === undefined || p50 === undefined || p99 === undefined || max === undefined)
    throw new Error("no measurements");
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { count: sorted.length, min, p50, mean, p99, max };
}

/** Rounds every number of a report to millionths: more digits than that are noise, and fewer would be missed in cents. */
export function rounded<T>(report: T): T {
  return roundedValue(report) as T;
}

function roundedValue(report: unknown): unknown {
  if (typeof report === "number") return Math.round(report * 1_000_000) / 1_000_000;
  if (Array.isArray(report)) return report.map(roundedValue);
  if (typeof report !== "object" || report === null) return report;
  return Object.fromEntries(Object.entries(report).map(([key, value]) => [key, roundedValue(value)]));
}

/** Where the middle half of the values lies, and the middle. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * The quartiles; between two values where one falls between them.
 * @throws Error when there is nothing to summarise
 */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    const above = sorted[Math.ceil(place)];
    if (below === undefined || above === undefined) throw new Error("no measurements");
    return below + (above - below) * (place - Math.floor(place));
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}

/**
 * Ratios of two things that were measured in turns: one of each round, so that a busy moment of the machine meets both sides.
 * @throws Error when the rounds are not as many, or none
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new Error("ratios need as many rounds on both sides");
  return spreadOf(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}
