/**
 * The times of one call as its incident tells them: the call is placed now, and quickly, because nobody listens to its audio; its
 * incident was on another day, and in it the audio was heard.
 */
export interface CallClock {
  /** @param realMs time since the epoch, of this machine */
  at(realMs: number): number;
  /** Lets the call's time pass: audio, silence, a person who thinks. */
  pass(ms: number): void;
}

/** @param beganAtMs when the call began in its incident, since the epoch */
export function callClock(beganAtMs: number, nowMs: () => number): CallClock {
  const startedMs = nowMs();
  const steps = [{ realMs: startedMs, passedMs: 0 }];
  return {
    at: (realMs) => {
      const passedMs = steps.findLast((step) => step.realMs <= realMs)?.passedMs ?? 0;
      return beganAtMs + (realMs - startedMs) + passedMs;
    },
    pass: (ms) => void steps.push({ realMs: nowMs(), passedMs: (steps.at(-1)?.passedMs ?? 0) + ms }),
  };
}
