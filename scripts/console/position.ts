/** How far a call is known to have come. */
export interface Position {
  /** Whoever tells of an earlier turn tells it late: a leg's line and its answer come by different ways. */
  reach(turn: number | undefined, step: string | undefined): void;
  readonly turn: number | undefined;
  readonly step: string | undefined;
}

export function createPosition(): Position {
  let turn: number | undefined;
  let step: string | undefined;
  return {
    reach: (at, name) => {
      if (at !== undefined && turn !== undefined && at < turn) return;
      turn = at ?? turn;
      step = name ?? step;
    },
    get turn() {
      return turn;
    },
    get step() {
      return step;
    },
  };
}
