/** How the time of one call passes: audio and silence in real time or faster, held while the call is paused. */
export interface Pace {
  /** Epoch milliseconds as the call lives them: what a faster pace saves has passed, what a pause takes has not. */
  nowMs(): number;
  /** Lets time pass. Ends early with `wake`, with `end`, and with `step` unless it waits for a person. */
  wait(ms: number, kind: "sound" | "person"): Wait;
  /** Passed at once, or when a paused call goes on, or takes a step. */
  gate(): Promise<void>;
  /** Ends the sounds that are heard now. */
  wake(): void;
  pause(): void;
  resume(): void;
  /** Lets a paused call go on to its next request. */
  step(): void;
  isPaused(): boolean;
  /** The call is over: nothing is waited for any more. */
  end(): void;
}

export interface Wait {
  readonly over: Promise<"passed" | "woken">;
  wake(): void;
}

interface Held {
  readonly kind: "sound" | "person";
  leftMs: number;
  begunMs: number;
  timer: NodeJS.Timeout | undefined;
  readonly finish: (how: "passed" | "woken") => void;
}

/** Longer timers of Node.js end at once. */
const timerMsMax = 2_147_483_647;

/**
 * @param speed 1 is real time; 100 lets a second of audio take 10 ms
 * @param personSpeed the same for the time in which a person may answer
 * @param clockMs epoch milliseconds of the machine
 */
export function createPace(speed: number, personSpeed = speed, clockMs: () => number = Date.now): Pace {
  const speeds = { sound: speed, person: personSpeed };
  const waits = new Set<Held>();
  let gates: (() => void)[] = [];
  let aheadMs = 0;
  let pausedAtMs: number | undefined;
  let stepping = false;
  let ended = false;

  const livedMs = (held: Held) => Math.min(held.leftMs, Math.max(0, clockMs() - held.begunMs) * speeds[held.kind]);
  const start = (held: Held) => {
    held.begunMs = clockMs();
    held.timer = setTimeout(() => held.finish("passed"), Math.min(held.leftMs / speeds[held.kind], timerMsMax));
  };
  /** Stops its timer, and counts what of it has passed. */
  const stop = (held: Held, passedMs: number) => {
    if (held.timer === undefined) return;
    clearTimeout(held.timer);
    held.timer = undefined;
    // two waits beside each other (a sound, a person) are the same time: only the longest saves any
    if (waits.size <= 1) aheadMs += passedMs - Math.max(0, clockMs() - held.begunMs);
    held.leftMs -= passedMs;
  };
  const goOn = () => {
    if (pausedAtMs === undefined) return;
    aheadMs -= clockMs() - pausedAtMs;
    pausedAtMs = undefined;
    for (const held of waits) start(held);
  };
  const openGates = () => {
    const open = gates;
    gates = [];
    for (const pass of open) pass();
  };
  const pause = () => {
    if (pausedAtMs !== undefined || ended) return;
    for (const held of waits) stop(held, livedMs(held));
    pausedAtMs = clockMs();
  };
  const skipSounds = () => {
    for (const held of [...waits]) {
      if (held.kind === "person") continue;
      aheadMs += held.leftMs;
      held.finish("woken");
    }
  };

  return {
    nowMs: () => (pausedAtMs ?? clockMs()) + aheadMs,
    wait: (ms, kind) => {
      let finish: Held["finish"] = () => {};
      const over = new Promise<"passed" | "woken">((resolve) => {
        finish = resolve;
      });
      if (ended || ms <= 0) {
        finish("woken");
        return { over, wake: () => {} };
      }
      if (stepping && kind === "sound") {
        aheadMs += ms;
        finish("passed");
        return { over, wake: () => {} };
      }
      const held: Held = {
        kind,
        leftMs: ms,
        begunMs: 0,
        timer: undefined,
        finish: (how) => {
          if (!waits.has(held)) return;
          stop(held, how === "passed" ? held.leftMs : livedMs(held));
          waits.delete(held);
          finish(how);
        },
      };
      waits.add(held);
      if (pausedAtMs === undefined) start(held);
      return { over, wake: () => held.finish("woken") };
    },
    gate: async () => {
      if (stepping) {
        stepping = false;
        pause();
        return;
      }
      if (pausedAtMs !== undefined && !ended) await new Promise<void>((resolve) => gates.push(resolve));
    },
    wake: () => {
      for (const held of [...waits]) if (held.kind === "sound") held.finish("woken");
    },
    pause,
    resume: () => {
      stepping = false;
      goOn();
      openGates();
    },
    step: () => {
      if (pausedAtMs === undefined) return;
      const waiting = gates.length > 0;
      goOn();
      if (waiting) {
        const [first, ...rest] = gates;
        gates = rest;
        first?.();
        pause();
        return;
      }
      stepping = true;
      skipSounds();
    },
    isPaused: () => pausedAtMs !== undefined || stepping,
    end: () => {
      goOn();
      ended = true;
      for (const held of [...waits]) held.finish("woken");
      openGates();
    },
  };
}
