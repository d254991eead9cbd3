import type { ConsoleEvent, ShownCheckpoint } from "../../console/protocol.ts";
import { unsealItem } from "../../core/checkpoint.ts";
import type { CheckpointStore } from "../../core/checkpoint-store.ts";
import type { LogLine } from "../../core/log.ts";
import type { Sealer } from "../../core/seal.ts";
import { shownCheckpoint } from "./observer.ts";

export type TurnEvent = Omit<Extract<ConsoleEvent, { kind: "turn" }>, "atMs" | "callId">;

const readMs = 1_000;

/** A line of a leg's log about a webhook of a call; undefined for any other line. */
export function turnLine(line: string): (LogLine & { readonly callSid: string }) | undefined {
  if (!line.startsWith("{") || !line.includes('"event":"turn.')) return undefined;
  try {
    const parsed: LogLine = JSON.parse(line);
    return parsed.callSid === undefined ? undefined : { ...parsed, callSid: parsed.callSid };
  } catch {
    return undefined;
  }
}

/** What the page is told of it, with the checkpoint that the table holds now, if it is the one of this turn. */
export async function toTurn(
  line: LogLine & { readonly callSid: string },
  store: CheckpointStore,
  sealer: Sealer,
): Promise<TurnEvent> {
  const { leg, turn, step, attempt, saved, reason, elapsedMs } = line;
  const checkpoint = turn === undefined ? undefined : await heldOf(line.callSid, { turn, attempt }, store, sealer);
  return {
    kind: "turn",
    leg,
    outcome: line.event.slice("turn.".length),
    elapsedMs,
    ...(turn === undefined ? {} : { turn }),
    ...(step === undefined ? {} : { step }),
    ...(saved === undefined ? {} : { saved }),
    ...(reason === undefined ? {} : { reason }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

async function heldOf(
  callSid: string,
  at: { readonly turn: number; readonly attempt: number | undefined },
  store: CheckpointStore,
  sealer: Sealer,
): Promise<ShownCheckpoint | undefined> {
  const read = await store.read(callSid, { nowMs: Date.now(), withinMs: readMs });
  const held = read.kind === "found" ? read.item.checkpoint : undefined;
  if (held === undefined || held.turn !== at.turn || held.attempt !== (at.attempt ?? 0)) return undefined;
  const opened = unsealItem(sealer, callSid, held.data, held);
  return opened && shownCheckpoint(opened);
}
