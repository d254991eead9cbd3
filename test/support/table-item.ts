import { type Checkpoint, unsealItem } from "../../core/checkpoint.ts";
import type { Item } from "../../core/checkpoint-store.ts";
import { createSealer } from "../../core/seal.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import type { TestStack } from "./stack.ts";

/** What the table holds of a call, its checkpoint opened with the stack's key. */
export interface Held {
  readonly item: Item;
  readonly checkpoint: Checkpoint | undefined;
}

/** Reads the table of a stack past the proxy and its faults. */
export function tableReader({ table, sealKeys }: TestStack) {
  const sealer = createSealer(sealKeys);
  const client = { endpoint: table.endpoint, region: table.region, credentials: tableCredentials };
  const store = dynamodbStore({ table: table.name, attemptMs: 2_000, client });
  /** @throws Error when there is no item, or its checkpoint cannot be opened */
  return async (callSid: string): Promise<Held> => {
    const read = await store.read(callSid, { nowMs: Date.now(), withinMs: 5_000 });
    if (read.kind !== "found") throw new Error(`the table has ${read.kind} of the call`);
    const { item } = read;
    const stored = item.checkpoint;
    const checkpoint = stored && unsealItem(sealer, callSid, stored.data, stored);
    if (stored !== undefined && checkpoint === undefined) throw new Error("the checkpoint is not what it says");
    return { item, checkpoint };
  };
}
