/** Numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** The numbers of one case of a seed: they depend on these two alone, so cases can be shared out in any way. */
export function randomOf(seed: number, index: number): Random {
  // mulberry32, started where seed and index were mixed: neighbours begin far apart
  let state = mix(mix(seed) ^ Math.imul(index + 1, 0x9e3779b1));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** @throws RangeError when there is nothing to choose from */
export function oneOf<T>(random: Random, values: readonly T[]): T {
  if (values.length === 0) throw new RangeError("nothing to choose from");
  return values[Math.floor(random() * values.length)] as T;
}

/** The end of murmur3: every bit of the word comes to depend on every other. */
function mix(given: number): number {
  let word = given | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
