import type { Server } from "node:http";
import { createRequire } from "node:module";
import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { closeServer, host, listen } from "./listen.ts";
import { keepParsed } from "./parsed-expressions.ts";

/** dynalite has no types. Its waiting times imitate the real service's and would only cost start-up time here. */
type Dynalite = (options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }) => Server;
const require = createRequire(import.meta.url);
const dynalite: Dynalite = require("dynalite");
for (const parser of ["conditionParser", "updateParser"]) keepParsed(require(`dynalite/db/${parser}`));

export interface Table {
  /** URL of dynalite itself, without the proxy. */
  endpoint: string;
  region: string;
  name: string;
}

/** Any will do: dynalite checks that requests are signed, not by whom. */
export const tableCredentials = { accessKeyId: "local", secretAccessKey: "local" };

/**
 * Starts the embedded DynamoDB on `port` (0: a free one) with the checkpoint table in it.
 * @throws StackError when the port is taken
 */
export async function startTable(port: number): Promise<Table & { stop(): Promise<void> }> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const endpoint = `http://${host}:${await listen(server, port, "table")}`;
  const table = { endpoint, region: "us-east-1", name: "stayline-checkpoints" };
  await createTable(table);
  return { ...table, stop: () => closeServer(server) };
}

async function createTable({ endpoint, region, name }: Table): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "callSid", AttributeType: "S" },
          { AttributeName: "outbox", AttributeType: "S" },
          { AttributeName: "dueAtMs", AttributeType: "N" },
        ],
        KeySchema: [{ AttributeName: "callSid", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "outbox",
            KeySchema: [
              { AttributeName: "outbox", KeyType: "HASH" },
              { AttributeName: "dueAtMs", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["lease", "tries", "reason"] },
          },
        ],
      }),
    );
    const ttl = { Enabled: true, AttributeName: "ttlAtSec" };
    const unlessUnknown = (error: Error) => {
      if (error.name !== "UnknownOperationException") throw error;
    };
    await client
      .send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: ttl }))
      .catch(unlessUnknown);
  } finally {
    client.destroy();
  }
}
