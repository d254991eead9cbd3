import { isAhead, type Position, unsealItem } from "../../core/checkpoint.ts";
import type {
  CheckpointStore,
  Item,
  ReadResult,
  StoredCheckpoint,
  StoredEffect,
  Timing,
  WriteResult,
} from "../../core/checkpoint-store.ts";
import type { Letter } from "../../core/outbox.ts";
import type { Sealer } from "../../core/seal.ts";
import { memoryStore } from "../../core/stores/memory.ts";
import type { FaultName } from "../fault-kinds.ts";
import type { LegName } from "./leg.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface TableWrite {
  readonly leg: LegName;
  readonly atMs: number;
  readonly from: Position | undefined;
  readonly to: StoredCheckpoint;
  readonly backwards: boolean;
  readonly decodes: boolean;
}

/** Who is using the table: a handler that a fault can stop or kill. */
export interface TableUser {
  readonly leg: LegName;
  /** From now on nobody hears of this handler. */
  die(): Promise<never>;
  /** What it would do later, it does not. */
  isDead(): boolean;
  /** Suspends this handler. */
  stop(until: "next-operation" | "next-answer" | "turns-later"): Promise<void>;
  /** Told when a read told less than the truth. */
  misread(): void;
}

export interface FaultyTable {
  storeFor(user: TableUser): CheckpointStore;
  /** What the table holds now, past every fault. */
  item(): Promise<Item | undefined>;
  /** All that the table holds but tokens and times, as text; undefined while a claim is open, whose age matters. */
  digest(): string | undefined;
  /** Does the table know the outcome of a turn? */
  hasOutcome(turn: number): boolean;
  /** The turn of its checkpoint. */
  turn(): number | undefined;
  readonly writes: readonly TableWrite[];
  /** Writes to other items than the call's own, for a call that comes after it. */
  readonly beside: readonly TableRun[];
  goDown(): void;
}

/** A write that was applied, to be applied again elsewhere. */
export type TableRun = (store: CheckpointStore) => Promise<WriteResult>;

type Meet = <Kind extends "read" | "write">(kind: Kind) => "-" | FaultName<Kind>;

const unavailable = { kind: "unavailable", reason: "rehearsed fault" } as const;
const outboxPrefix = "outbox#";
/** After which a write that nobody waits for is applied all the same. */
const lateMs = 1_000;

/** A checkpoint table of one call, and of what earlier ones left, with faults between it and the legs. */
export function faultyTable(options: {
  readonly callSid: string;
  readonly sealer: Sealer;
  readonly time: VirtualTime;
  readonly meet: Meet;
  /** Told before any operation: whoever was suspended until then wakes. */
  readonly onOperation: () => Promise<void>;
  /** What earlier calls left; no replica lacks it. */
  readonly before: readonly TableRun[];
  /** Told of each letter that the outbox has taken, by the key of its effect. */
  readonly onLetter: (key: string, letter: Letter) => void;
}): FaultyTable {
  const { callSid, sealer, time, meet } = options;
  const memory = memoryStore();
  const writes: TableWrite[] = [];
  const down = new Set<LegName>();
  const log: TableRun[] = [];
  const beside: TableRun[] = [];
  const outcomes = new Set<number>();
  const effects = new Map<string, StoredEffect>();
  const pins = new Set<number>();
  let checkpoint: StoredCheckpoint | undefined;

  // a store in this process is done before anybody can wait for it
  for (const run of options.before) void run(memory);

  const goDown = (): void => void down.add("primary").add("fallback");

  const noteEffects = (written: ReadonlyMap<string, StoredEffect>): void => {
    for (const [key, effect] of written) effects.set(key, effect);
  };
  const noteWrite = (leg: LegName, to: StoredCheckpoint): void => {
    const from = checkpoint;
    checkpoint = to;
    const backwards = from !== undefined && isAhead(from, to);
    const decodes = unsealItem(sealer, callSid, to.data, to) !== undefined;
    writes.push({ leg, atMs: time.nowMs(), from, to, backwards, decodes });
  };

  const noteLetter = (sid: string, { result = "" }: StoredEffect): void => {
    const text = sealer.unseal("outbox", sid, result);
    if (text !== undefined) options.onLetter(sid.slice(outboxPrefix.length), JSON.parse(text) as Letter);
  };

  /** What a replica tells that lacks the last write. */
  const readStale = async (sid: string, timing: Timing): Promise<ReadResult> => {
    const replica = memoryStore();
    for (const run of options.before) await run(replica);
    for (const run of log.slice(0, -1)) await run(replica);
    return replica.read(sid, timing);
  };

  async function read(user: TableUser, sid: string, timing: Timing): Promise<ReadResult> {
    if (user.isDead()) return user.die();
    await options.onOperation();
    const failed = (): ReadResult => {
      user.misread();
      return unavailable;
    };
    if (down.has(user.leg)) return failed();
    switch (meet("read")) {
      case "-":
        break;
      case "refused":
        return failed();
      case "timeout":
        await time.sleep(timing.withinMs);
        return failed();
      case "slow":
        await time.sleep(timing.withinMs - 1);
        break;
      case "stale":
        user.misread();
        return readStale(sid, timing);
      case "crash":
        return user.die();
      case "stopped-short":
        await user.stop("next-operation");
        break;
      case "stopped-behind":
        await user.stop("next-answer");
        break;
      case "stopped-long":
        await user.stop("turns-later");
        break;
      case "table-down":
        goDown();
        return failed();
      case "table-down-here":
        down.add(user.leg);
        return failed();
    }
    return memory.read(sid, timing);
  }

  async function write(
    user: TableUser,
    sid: string,
    timing: Timing,
    run: TableRun,
    written: () => void,
  ): Promise<WriteResult> {
    if (user.isDead()) return user.die();
    await options.onOperation();
    const apply = async (): Promise<WriteResult> => {
      const result = await run(memory);
      if (result.kind === "written") {
        log.push(run);
        if (sid === callSid || sid.startsWith(outboxPrefix)) written();
        if (sid !== callSid) beside.push(run);
      }
      return result;
    };
    if (down.has(user.leg)) return unavailable;
    switch (meet("write")) {
      case "-":
        return apply();
      case "refused":
        return unavailable;
      case "timeout":
        await time.sleep(timing.withinMs);
        return unavailable;
      case "slow":
        await time.sleep(timing.withinMs - 1);
        return apply();
      case "unheard":
        await apply();
        await time.sleep(timing.withinMs);
        return unavailable;
      case "late":
        void time.sleep(timing.withinMs + lateMs).then(apply);
        await time.sleep(timing.withinMs);
        return unavailable;
      case "crash":
        return user.die();
      case "crash-after":
        await apply();
        return user.die();
      case "stopped-short":
        await user.stop("next-operation");
        return apply();
      case "stopped-behind":
        await user.stop("next-answer");
        return apply();
      case "stopped-long":
        await user.stop("turns-later");
        return apply();
      case "stopped-after": {
        const result = await apply();
        await user.stop("turns-later");
        return result;
      }
      case "table-down":
        goDown();
        return unavailable;
      case "table-down-here":
        down.add(user.leg);
        return unavailable;
    }
  }

  return {
    writes,
    beside,
    goDown,
    hasOutcome: (turn) => outcomes.has(turn),
    turn: () => checkpoint?.turn,
    digest: () => {
      const parts: string[] = [];
      for (const [key, { state, result = "" }] of effects) {
        if (state === "claimed") return undefined;
        parts.push(key, state, result);
      }
      const { turn, attempt, resumes, data, leg } = checkpoint ?? { data: "" };
      return [turn, attempt, resumes, leg, data, [...down], [...outcomes], [...pins], beside.length, ...parts].join(
        " ",
      );
    },
    item: async () => {
      const read = await memory.read(callSid, { nowMs: 0, withinMs: 1 });
      return read.kind === "found" ? read.item : undefined;
    },
    storeFor: (user) => ({
      read: (sid, timing) => read(user, sid, timing),
      claim: (sid, claim, timing) =>
        write(
          user,
          sid,
          timing,
          (store) => store.claim(sid, claim, timing),
          () => {
            if (sid !== callSid) return noteLetter(sid, claim.effect);
            noteEffects(claim.effects);
            effects.set(claim.effectKey, claim.effect);
            pins.add(claim.from.turn);
          },
        ),
      commit: (sid, commit, timing) =>
        write(
          user,
          sid,
          timing,
          (store) => store.commit(sid, commit, timing),
          () => {
            noteEffects(commit.effects);
            noteWrite(user.leg, commit.checkpoint);
          },
        ),
      note: (sid, facts, timing) =>
        write(
          user,
          sid,
          timing,
          (store) => store.note(sid, facts, timing),
          () => {
            noteEffects(facts.effects ?? new Map());
            if (facts.outcome !== undefined) outcomes.add(facts.outcome.turn);
          },
        ),
    }),
  };
}
