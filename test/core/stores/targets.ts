import { type AttributeValue, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe } from "vitest";
import type { CheckpointStore } from "../../../core/checkpoint-store.ts";
import { dynamodbStore } from "../../../core/stores/dynamodb.ts";
import { memoryStore } from "../../../core/stores/memory.ts";
import { startTable, type Table, tableCredentials } from "../../../scripts/stack/table.ts";
import { startTableProxy } from "../../../scripts/stack/table-proxy.ts";
import { startReturningTable } from "./returning-table.ts";

/** One store under test. */
export interface Target {
  readonly store: CheckpointStore;
  /** requests on the wire so far */
  readonly requests: () => number;
  /** the item as the table holds it; undefined for a store without a table */
  readonly raw: ((callSid: string) => Promise<Record<string, AttributeValue>>) | undefined;
  readonly stop: () => Promise<void>;
}

/** What one write costs that is refused; dynalite does not return the winning item, the real service does. */
export const targets = {
  memory: { start: startMemory, refusalRequests: 0 },
  "dynamodb on dynalite": { start: startOnDynalite, refusalRequests: 2 },
  "dynamodb on a table that returns the winner": { start: startOnReturning, refusalRequests: 1 },
} as const;

export const onDynalite = "dynamodb on dynalite" satisfies keyof typeof targets;

/** Runs the same tests on every store, each named by its target. */
export function onEveryStore(
  what: string,
  tests: (target: () => Target, name: keyof typeof targets) => void,
  names = Object.keys(targets) as (keyof typeof targets)[],
): void {
  describe.each(names)(`${what}, %s`, (name) => {
    let target: Target | undefined;
    beforeAll(async () => {
      target = await targets[name].start();
    });
    afterAll(() => target?.stop());
    tests(() => {
      if (target === undefined) throw new Error("no target");
      return target;
    }, name);
  });
}

export function storeOn(table: Table, endpoint: string, attemptMs = 2_000): CheckpointStore {
  const client = { endpoint, region: table.region, credentials: tableCredentials };
  return dynamodbStore({ table: table.name, attemptMs, client });
}

async function startMemory(): Promise<Target> {
  return { store: memoryStore(), requests: () => 0, raw: undefined, stop: async () => {} };
}

async function startOnDynalite(): Promise<Target> {
  const table = await startTable(0);
  const proxy = await startTableProxy(table.endpoint);
  const { raw, close } = rawReader(table);
  const requests = () => Object.values(proxy.counts().primary).reduce((sum, count) => sum + count, 0);
  const stop = async () => {
    close();
    await proxy.stop();
    await table.stop();
  };
  return { store: storeOn(table, proxy.urls.primary), requests, raw, stop };
}

async function startOnReturning(): Promise<Target> {
  const table = await startTable(0);
  const returning = await startReturningTable(table);
  const { raw, close } = rawReader(table);
  const stop = async () => {
    close();
    await returning.stop();
    await table.stop();
  };
  return { store: storeOn(table, returning.url), requests: returning.requests, raw, stop };
}

/** Reads items past the store. */
export function rawReader({ endpoint, region, name }: Table) {
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
  return {
    close: () => client.destroy(),
    raw: async (callSid: string) => {
      const command = new GetItemCommand({ TableName: name, Key: { callSid: { S: callSid } }, ConsistentRead: true });
      return (await client.send(command)).Item ?? {};
    },
  };
}
