/** How many requests are under way at once: the legs' real timeouts must not strike because a machine is busy. */
export interface Slots {
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    run: async (task) => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}

/** A place where calls wait for each other. */
export interface MeetingPlace {
  /** Resolves when all have come or have left. */
  arrive(): Promise<void>;
  /** For one that will not come; idle for one that came. */
  leave(): void;
}

/** @param whenAll runs once when all have come or have left, before anybody goes on */
export function createMeeting(whenAll: () => void): { join(): MeetingPlace } {
  const here: (() => void)[] = [];
  let expected = 0;
  const check = () => {
    if (expected > 0) return;
    whenAll();
    for (const go of here.splice(0)) go();
  };
  return {
    join: () => {
      let isExpected = true;
      expected += 1;
      const settle = () => {
        if (!isExpected) return;
        isExpected = false;
        expected -= 1;
        check();
      };
      return {
        arrive: () =>
          new Promise((resolve) => {
            here.push(resolve);
            settle();
          }),
        leave: settle,
      };
    },
  };
}
