import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { tableCredentials } from "../../stack/table.ts";
import type { Contender } from "./field.ts";
import type { World } from "./world-process.ts";

/** What lies in the tables, kept and brought back between measurements. */
export interface Tables {
  /** Keeps the items of these calls. @returns a function that brings exactly these back */
  snapshot(contender: Contender, callSids: readonly string[]): Promise<() => Promise<void>>;
  stop(): void;
}

/** BatchWriteItem takes no more. [D BatchWriteItem] */
const batchMax = 25;

export function openTables({ endpoint, region, tables }: World): Tables {
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });

  async function write(table: string, requests: readonly WriteRequest[]): Promise<void> {
    for (let at = 0; at < requests.length; at += batchMax) {
      const RequestItems = { [table]: requests.slice(at, at + batchMax) };
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }));
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error("the table did not take all items");
    }
  }
  /** So that what was asked in an earlier round counts as asked for the first time. */
  async function forget(): Promise<void> {
    const { Items = [] } = await client.send(
      new ScanCommand({ TableName: tables.idempotency, ProjectionExpression: "id" }),
    );
    await write(
      tables.idempotency,
      Items.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }

  return {
    async snapshot(contender, callSids) {
      const isOurs = contender === "stayline" || contender === "stayline-fallback";
      const table = isOurs ? tables.checkpoints : tables.sessions;
      const Keys = callSids.map((callSid) => ({ callSid: { S: callSid } }));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
      );
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error("the table did not give all items");
      const kept = new Map<string | undefined, Record<string, AttributeValue>>(
        Responses?.[table]?.map((item) => [item.callSid?.S, item]),
      );
      const back = Keys.map((Key): WriteRequest => {
        const Item = kept.get(Key.callSid.S);
        return Item === undefined ? { DeleteRequest: { Key } } : { PutRequest: { Item } };
      });
      return async () => {
        await write(table, back);
        if (contender === "plain-idempotency") await forget();
      };
    },
    stop: () => client.destroy(),
  };
}
