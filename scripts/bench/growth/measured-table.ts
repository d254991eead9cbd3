import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { CheckpointStore, WriteResult } from "../../../core/checkpoint-store.ts";
import { limits } from "../../../core/limits.ts";
import { dynamodbStore } from "../../../core/stores/dynamodb.ts";
import { startTable, tableCredentials } from "../../stack/table.ts";
import { type Attributes, itemBytes, readUnits, writeUnits } from "./item-size.ts";

/** One operation of the product, with the size of the item that it met. */
export interface TableUse {
  readonly kind: "claim" | "commit" | "note" | "read";
  readonly callSid: string;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** write units, of a read read units */
  readonly units: number;
}

export interface MeasuredTable {
  /** the product's own store, watched */
  readonly store: CheckpointStore;
  /** Takes what was used since the last time. */
  taken(): readonly TableUse[];
  /** The item as the table has it now. */
  itemOf(callSid: string): Promise<Attributes>;
  stop(): Promise<void>;
}

/** dynalite on this machine answers in milliseconds; a busy machine must not look like a table that is down */
const attemptMs = 10 * limits.fallbackTableAttemptMs;

/** The embedded table behind the product's own store; after each operation the real item is read back and measured. */
export async function startMeasuredTable(): Promise<MeasuredTable> {
  const table = await startTable(0);
  const client = { endpoint: table.endpoint, region: table.region, credentials: tableCredentials };
  const store = dynamodbStore({ table: table.name, client, attemptMs });
  const reader = new DynamoDBClient(client);
  const sizes = new Map<string, number>();
  let uses: TableUse[] = [];

  async function itemOf(callSid: string): Promise<Attributes> {
    const command = new GetItemCommand({
      TableName: table.name,
      Key: { callSid: { S: callSid } },
      ConsistentRead: true,
    });
    const { Item } = await reader.send(command);
    return Item ?? {};
  }
  async function measured(kind: TableUse["kind"], callSid: string, result: WriteResult): Promise<WriteResult> {
    if (result.kind === "unavailable") throw new Error(`the embedded table: ${result.reason}`);
    const beforeBytes = sizes.get(callSid) ?? 0;
    const afterBytes = itemBytes(await itemOf(callSid));
    sizes.set(callSid, afterBytes);
    uses.push({ kind, callSid, beforeBytes, afterBytes, units: writeUnits(beforeBytes, afterBytes) });
    return result;
  }
  return {
    store: {
      async read(callSid, timing) {
        const bytes = sizes.get(callSid) ?? 0;
        uses.push({ kind: "read", callSid, beforeBytes: bytes, afterBytes: bytes, units: readUnits(bytes) });
        return store.read(callSid, timing);
      },
      claim: async (sid, claim, timing) => measured("claim", sid, await store.claim(sid, claim, timing)),
      commit: async (sid, commit, timing) => measured("commit", sid, await store.commit(sid, commit, timing)),
      note: async (sid, facts, timing) => measured("note", sid, await store.note(sid, facts, timing)),
    },
    taken() {
      const taken = uses;
      uses = [];
      return taken;
    },
    itemOf,
    async stop() {
      reader.destroy();
      await table.stop();
    },
  };
}
