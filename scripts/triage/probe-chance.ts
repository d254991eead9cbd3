/** A difference counts if chance makes it, or a larger one, in less than one of twenty comparisons. */
export const chanceMax = 0.05;
/** To leave a way out of the comparison takes more than that: it must be all but sure that it fails by itself. */
export const oddMax = 0.001;

interface Tries {
  readonly failed: number;
  readonly asked: number;
}

/**
 * Fisher's exact test, one-sided: how probable it is that one way fails at least so much more often than another if both fail
 * equally often. Exact for the small counts that a probe has, where a difference of percentages misleads.
 */
export function chanceOfMore(one: Tries, other: Tries): number {
  const failed = one.failed + other.failed;
  const asked = one.asked + other.asked;
  const logs = logFactorials(asked);
  const choose = (n: number, k: number) => (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0);
  const all = choose(asked, failed);
  let sum = 0;
  for (let ofOne = one.failed; ofOne <= Math.min(failed, one.asked); ofOne++) {
    const ofOther = failed - ofOne;
    if (ofOther <= other.asked) sum += Math.exp(choose(one.asked, ofOne) + choose(other.asked, ofOther) - all);
  }
  return Math.min(1, sum);
}

/** @returns the rate of failures that stays unseen, in so many tries, one time in twenty; 0 to 1 */
export function unseenRate(asked: number): number {
  return asked === 0 ? 1 : 1 - chanceMax ** (1 / asked);
}

function logFactorials(max: number): number[] {
  const logs = [0];
  for (let n = 1; n <= max; n++) logs.push((logs[n - 1] ?? 0) + Math.log(n));
  return logs;
}
