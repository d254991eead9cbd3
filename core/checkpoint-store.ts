import type { Leg, Position } from "./checkpoint.ts";

/** An effect of one turn, as the table knows it. */
export interface StoredEffect {
  /** of the write that claimed it */
  readonly token: string;
  readonly state: "claimed" | "done" | "in-doubt";
  /** sealed JSON, when done */
  readonly result?: string;
  /** by the clock of the leg that wrote it */
  readonly atMs: number;
}

/** The caller's answer with which a turn must be completed (rule 3). */
export interface StoredPin {
  readonly token: string;
  /** sealed JSON of an Input */
  readonly answer: string;
}

export interface StoredCheckpoint extends Position {
  readonly flow: string;
  readonly step: string;
  readonly leg: Leg;
  /** the whole checkpoint, sealed */
  readonly data: string;
  /** of the write that put it there */
  readonly token: string;
  readonly build: string;
}

export interface TrailVerb {
  readonly verb: string;
  readonly step: string;
  readonly turn: number;
  readonly attempt: number;
  readonly index: number;
  readonly leg: Leg;
  readonly atMs: number;
}

/** One document's part of the per-verb trail, appended by the write of its checkpoint. */
export interface TrailEntry {
  readonly turn: number;
  readonly attempt: number;
  readonly step: string;
  readonly leg: Leg;
  readonly atMs: number;
  /** number of the first verb */
  readonly from: number;
  readonly verbs: readonly string[];
}

/** All that the table knows of one call. Keys of the maps: effects `turn:name`, pins and outcomes the turn. */
export interface Item {
  /** undefined when only facts (an outcome) were written so far */
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly effects: ReadonlyMap<string, StoredEffect>;
  readonly pins: ReadonlyMap<number, StoredPin>;
  /** sealed JSON of an Input, told by a status callback */
  readonly outcomes: ReadonlyMap<number, string>;
  readonly verbs: readonly TrailVerb[];
  readonly startedAtMs: number | undefined;
  readonly updatedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
}

/** Claims an effect: conditional on the position (rule 2), on the turn's pin (rule 3) and on nobody else's claim. */
export interface Claim {
  readonly from: Position;
  readonly effectKey: string;
  readonly effect: StoredEffect;
  readonly pin: StoredPin;
  /** results of earlier effects of the same turn */
  readonly effects: ReadonlyMap<string, StoredEffect>;
  /** of a letter in the outbox: from when on it is to be delivered, which makes it one that is found */
  readonly dueAtMs?: number;
}

/** Moves the call to `checkpoint`: conditional on the position `from`, and on the turn's pin. */
export interface Commit {
  readonly from: Position;
  /** the turn's pin must be absent or carry this token; "any" for a document that takes no answer (media) */
  readonly pin: { readonly token: string | undefined } | "any";
  readonly checkpoint: StoredCheckpoint;
  readonly trail: TrailEntry;
  readonly effects: ReadonlyMap<string, StoredEffect>;
}

/** Facts, true whatever the position (rule 11): unconditional. */
export interface Facts {
  readonly effects?: ReadonlyMap<string, StoredEffect>;
  readonly outcome?: { readonly turn: number; readonly answer: string };
  readonly endedAtMs?: number;
}

export type ReadResult =
  | { readonly kind: "found"; readonly item: Item }
  | { readonly kind: "nothing" }
  | { readonly kind: "unavailable"; readonly reason: string };

export type WriteResult =
  | { readonly kind: "written" }
  /** the condition did not hold; the item that won */
  | { readonly kind: "refused"; readonly item: Item }
  /** whether it was applied is not known; `refused`: it was not, and who won cannot be read */
  | { readonly kind: "unavailable"; readonly reason: string; readonly refused?: true };

/** When and for how long a store may work on one operation. */
export interface Timing {
  readonly nowMs: number;
  readonly withinMs: number;
}

/**
 * Where checkpoints are. Every operation is one round trip (a refused write may need a second where the table does
 * not return the winning item), takes at most `timing.withinMs`, and never throws for what the network does.
 */
export interface CheckpointStore {
  /** strongly consistent */
  read(callSid: string, timing: Timing): Promise<ReadResult>;
  claim(callSid: string, claim: Claim, timing: Timing): Promise<WriteResult>;
  commit(callSid: string, commit: Commit, timing: Timing): Promise<WriteResult>;
  note(callSid: string, facts: Facts, timing: Timing): Promise<WriteResult>;
}
