/** What a turn writes: where the call is, and what was done. */
import { type Checkpoint, isAhead, sealItem } from "./checkpoint.ts";
import type { Commit, Item } from "./checkpoint-store.ts";
import { trailAt } from "./document.ts";
import type { EffectScope } from "./once.ts";
import type { Table } from "./table.ts";
import type { Webhook } from "./webhook.ts";

/** Moves the call in the table: one conditional write, which also tells who was faster. */
export async function write(
  webhook: Webhook,
  from: Checkpoint,
  next: Checkpoint,
  pin: Commit["pin"],
  effects: Commit["effects"],
): ReturnType<Table["commit"]> {
  const { engine, request, table } = webhook;
  const { flow, step, turn, attempt, resumes } = next;
  const token = engine.newToken();
  const data = sealItem(engine.sealer, request.callSid, next);
  const stored = { flow, step, turn, attempt, resumes, leg: engine.leg, data, token, build: engine.build };
  const trail = trailAt(engine, next, engine.clock.nowMs());
  const commit = await table.commit({ from, pin, checkpoint: stored, trail, effects });
  // our own write, applied although its answer was lost and the client asked again
  const ours = commit.kind === "refused" && commit.item.checkpoint?.token === token;
  return ours ? { kind: "written" } : commit;
}

/** Rule 11: results are facts, whoever has the turn now. */
export async function keepResults(table: Table, { effects }: EffectScope): Promise<void> {
  const done = [...effects].filter(([, effect]) => effect.state === "done");
  if (done.length > 0) await table.note({ effects: new Map(done) });
}

export function isAheadOf(item: Item, base: Checkpoint): boolean {
  return item.checkpoint !== undefined && isAhead(item.checkpoint, base);
}
