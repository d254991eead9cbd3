/** Numbers that are due at whole milliseconds, in the order in which they were added. */
export interface Calendar {
  /** @throws RangeError when `ms` lies farther ahead than the calendar reaches */
  add(ms: number, event: number): void;
  /** Hands out what is due at `ms`, what is added meanwhile for the same moment included. Moments are taken one after the other. */
  each(ms: number, take: (event: number) => void): void;
  size(): number;
}

/** @param reachMs how far ahead events are ever added: a ring of so many buckets, so that nothing is sorted */
export function calendar(reachMs: number): Calendar {
  const buckets: number[][] = Array.from({ length: reachMs + 1 }, () => []);
  let nowMs = 0;
  let size = 0;
  return {
    add(ms, event) {
      const bucket = buckets[ms % buckets.length];
      if (bucket === undefined || ms < nowMs || ms - nowMs > reachMs)
        throw new RangeError(`not a moment ahead: ${ms} ms`);
      bucket.push(event);
      size += 1;
    },
    each(ms, take) {
      nowMs = ms;
      const bucket = buckets[ms % buckets.length] ?? [];
      for (let at = 0; at < bucket.length; at += 1) {
        take(bucket[at] ?? 0);
        size -= 1;
      }
      bucket.length = 0;
    },
    size: () => size,
  };
}
