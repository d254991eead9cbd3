import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startEffects } from "../../stack/effects.ts";
import { startTable, tableCredentials } from "../../stack/table.ts";
import { startTableAfterDelay, type TableAfterDelay } from "./table-after-delay.ts";

/** What this process can be asked for: where everything is, or how long the delayed table takes from now on. */
export type WorldTask = "tell" | { readonly answerAfterMs: number };

/** The embedded table and the outside service, in a process that is not measured. */
export interface World {
  readonly endpoint: string;
  readonly region: string;
  readonly tables: { readonly checkpoints: string; readonly sessions: string; readonly idempotency: string };
  readonly effectsUrl: string;
  /** a table that agrees with everything, after a while */
  readonly delayedUrl: string;
}

async function start(delayed: TableAfterDelay): Promise<World> {
  const [table, effects] = await Promise.all([startTable(0), startEffects({ port: 0 })]);
  const { endpoint, region, name } = table;
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
  const keyed = { sessions: "callSid", idempotency: "id" };
  for (const [TableName, AttributeName] of Object.entries(keyed)) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName, AttributeType: "S" }],
        KeySchema: [{ AttributeName, KeyType: "HASH" }],
      }),
    );
  }
  client.destroy();
  return {
    endpoint,
    region,
    tables: { checkpoints: name, sessions: "sessions", idempotency: "idempotency" },
    effectsUrl: effects.baseUrl,
    delayedUrl: delayed.url,
  };
}

process.on("disconnect", () => process.exit(0));
process.once("message", () => {
  const delayed = startTableAfterDelay();
  const started = delayed.then(start);
  const tell = (task?: WorldTask) =>
    Promise.all([started, delayed]).then(
      ([done, { answerAfter }]) => {
        if (typeof task === "object") answerAfter(task.answerAfterMs);
        process.send?.({ done });
      },
      (error: Error) => process.send?.({ error: error.message }),
    );
  process.on("message", tell);
  void tell();
});
