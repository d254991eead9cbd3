import type { Said } from "./said.ts";

/** Says one thing after the other, as a caller would hear them. */
export interface Player {
  readonly say: (said: Said) => void;
  /** What is being said stops, what waits is dropped: the caller has answered, or the call is over. */
  readonly stop: () => void;
  readonly mute: (on: boolean) => void;
}

const waitingMax = 40;
const tags = { en: "en-US", ja: "ja-JP" } as const;

/** What the browser must have for it; speech may be missing. */
export interface Sounds {
  readonly play: (url: string, done: () => void) => () => void;
  readonly speak: ((text: string, tag: string, done: () => void) => () => void) | undefined;
}

/** A muted player drops what it is given: nothing old is heard when the sound comes back. */
export function createPlayer({ play, speak }: Sounds): Player {
  let waiting: Said[] = [];
  let cut: (() => void) | undefined;
  let muted = false;
  const next = (): void => {
    cut = undefined;
    const said = waiting.shift();
    if (said === undefined) return;
    let over = false;
    const done = () => {
      if (over) return;
      over = true;
      next();
    };
    // set before the sound begins: one that cannot begin is over at once
    cut = () => {
      over = true;
    };
    const stop =
      said.mediaFile === undefined ? speak?.(said.text, tags[said.language], done) : play(said.mediaFile, done);
    if (over) return;
    if (stop === undefined) {
      done();
      return;
    }
    cut = () => {
      over = true;
      stop();
    };
  };
  const stop = (): void => {
    waiting = [];
    cut?.();
    cut = undefined;
  };
  return {
    say: (said) => {
      if (muted || waiting.length >= waitingMax) return;
      waiting.push(said);
      if (cut === undefined) next();
    },
    stop,
    mute: (on) => {
      muted = on;
      if (on) stop();
    },
  };
}
