import type { Leg, Position } from "../../../core/checkpoint.ts";
import type {
  CheckpointStore,
  Claim,
  Commit,
  Item,
  ReadResult,
  StoredEffect,
  Timing,
  WriteResult,
} from "../../../core/checkpoint-store.ts";

export const startMs = 1_700_000_000_000;

/** Plenty of time: the real one of a test machine, not that of a caller. */
export const timing = (nowMs = startMs): Timing => ({ nowMs, withinMs: 5_000 });

let calls = 0;
/** A call that no other test has. */
export const newCall = (): string => `CA${String(++calls).padStart(32, "0")}`;

export const at = (turn: number, attempt = 0, resumes = 0): Position => ({ turn, attempt, resumes });

export const effect = (state: StoredEffect["state"], token: string, result?: string): StoredEffect =>
  result === undefined ? { token, state, atMs: startMs } : { token, state, atMs: startMs, result };

export interface CommitOptions {
  /** default: the next turn of the same epoch */
  readonly to?: Position;
  readonly token?: string;
  readonly pin?: string | "any" | undefined;
  readonly effects?: Readonly<Record<string, StoredEffect>>;
  readonly verbs?: readonly string[];
  readonly leg?: Leg;
  readonly atMs?: number;
}

export function commitFrom(from: Position, options: CommitOptions = {}): Commit {
  const { to = { ...from, turn: from.turn + 1, attempt: 0 }, token = "mine", pin, effects = {} } = options;
  const { verbs = ["say", "gather"], leg = "primary", atMs = startMs } = options;
  const step = `step${to.turn}`;
  const checkpoint = { ...to, flow: "four", step, leg, data: `sealed-${token}`, token, build: "b1" };
  const { turn, attempt } = to;
  return {
    from,
    pin: pin === "any" ? pin : { token: pin },
    checkpoint,
    trail: { turn, attempt, step, leg, atMs, from: 0, verbs },
    effects: new Map(Object.entries(effects)),
  };
}

export function claimAt(
  from: Position,
  name: string,
  token: string,
  pin = token,
  effects: Claim["effects"] = new Map(),
) {
  const own = { token: pin, answer: `sealed-answer-of-${pin}` };
  const claimed: Claim = {
    from,
    effectKey: `${from.turn}:${name}`,
    effect: effect("claimed", token),
    pin: own,
    effects,
  };
  return claimed;
}

/** Brings a call to a position. */
export async function put(store: CheckpointStore, callSid: string, position: Position, token = "before") {
  return store.commit(callSid, commitFrom(at(0), { to: position, token, pin: "any" }), timing());
}

export async function itemOf(store: CheckpointStore, callSid: string): Promise<Item> {
  const read = await store.read(callSid, timing());
  if (read.kind !== "found") throw new Error(`the table has ${read.kind} of the call`);
  return read.item;
}

/** The item that won, for a write that must have lost. */
export function winnerOf(result: WriteResult): Item {
  if (result.kind !== "refused") throw new Error(`the write was ${result.kind}`);
  return result.item;
}

/** Results without the words of an error, for comparing stores. */
export function comparable(result: ReadResult | WriteResult) {
  return result.kind === "unavailable" ? { kind: result.kind } : result;
}
