import { isAhead } from "../checkpoint.ts";
import type { CheckpointStore, Item, StoredEffect, TrailEntry, WriteResult } from "../checkpoint-store.ts";
import { limits } from "../limits.ts";
import { toTrail, trailSlot } from "../trail.ts";

interface Row extends Omit<Item, "verbs" | "effects" | "pins" | "outcomes"> {
  readonly effects: Map<string, StoredEffect>;
  readonly pins: Map<number, { token: string; answer: string }>;
  readonly outcomes: Map<number, string>;
  readonly trail: Map<string, TrailEntry>;
}

/** A checkpoint table in this process, for tests and the rehearsal: the same conditions, no network. */
export function memoryStore(): CheckpointStore {
  const rows = new Map<string, Row>();

  const rowOf = (callSid: string): Row =>
    rows.get(callSid) ?? {
      checkpoint: undefined,
      effects: new Map(),
      pins: new Map(),
      outcomes: new Map(),
      trail: new Map(),
      startedAtMs: undefined,
      updatedAtMs: undefined,
      endedAtMs: undefined,
    };
  const written: WriteResult = { kind: "written" };
  const refused = (row: Row): WriteResult => ({ kind: "refused", item: toItem(row) });

  return {
    async read(callSid) {
      const row = rows.get(callSid);
      return row === undefined ? { kind: "nothing" } : { kind: "found", item: toItem(row) };
    },
    async claim(callSid, claim, { nowMs }) {
      const row = rowOf(callSid);
      const pin = row.pins.get(claim.from.turn);
      if (row.checkpoint !== undefined && isAhead(row.checkpoint, claim.from)) return refused(row);
      if (pin !== undefined && pin.token !== claim.pin.token) return refused(row);
      if (row.effects.has(claim.effectKey)) return refused(row);
      const effects = new Map([...row.effects, ...claim.effects, [claim.effectKey, claim.effect]]);
      const pins = new Map([...row.pins, [claim.from.turn, pin ?? claim.pin]]);
      rows.set(callSid, { ...row, effects, pins, updatedAtMs: nowMs });
      return written;
    },
    async commit(callSid, commit, { nowMs }) {
      const row = rowOf(callSid);
      const pin = row.pins.get(commit.from.turn);
      if (row.checkpoint !== undefined && isAhead(row.checkpoint, commit.from)) return refused(row);
      if (commit.pin !== "any" && pin !== undefined && pin.token !== commit.pin.token) return refused(row);
      const trail = new Map([...row.trail, [trailSlot(commit.trail), commit.trail]]);
      const effects = new Map([...row.effects, ...commit.effects]);
      const startedAtMs = row.startedAtMs ?? nowMs;
      row.pins.delete(commit.from.turn - limits.pinTurnsKept);
      row.outcomes.delete(commit.from.turn - limits.pinTurnsKept);
      rows.set(callSid, { ...row, checkpoint: commit.checkpoint, effects, trail, startedAtMs, updatedAtMs: nowMs });
      return written;
    },
    async note(callSid, facts, { nowMs }) {
      const row = rowOf(callSid);
      const effects = new Map([...row.effects, ...(facts.effects ?? [])]);
      const outcomes = new Map(row.outcomes);
      if (facts.outcome !== undefined) outcomes.set(facts.outcome.turn, facts.outcome.answer);
      rows.set(callSid, { ...row, effects, outcomes, endedAtMs: facts.endedAtMs ?? row.endedAtMs, updatedAtMs: nowMs });
      return written;
    },
  };
}

function toItem({ trail, ...row }: Row): Item {
  const maps = { effects: new Map(row.effects), pins: new Map(row.pins), outcomes: new Map(row.outcomes) };
  return { ...row, ...maps, verbs: toTrail([...trail.values()], limits.trailVerbsMax) };
}
