import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startEffects } from "../../stack/effects.ts";
import { startTable, tableCredentials } from "../../stack/table.ts";
import { answerDelayMs, startTableAfterDelay } from "./table-after-delay.ts";

/** The embedded table and the outside service, in a process that is not measured. */
export interface World {
  readonly endpoint: string;
  readonly region: string;
  readonly tables: { readonly checkpoints: string; readonly sessions: string; readonly idempotency: string };
  readonly effectsUrl: string;
  /** a table that agrees with everything, after `answerDelayMs` */
  readonly delayedUrl: string;
}

async function start(): Promise<World> {
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
    delayedUrl: await startTableAfterDelay(answerDelayMs),
  };
}

process.on("disconnect", () => process.exit(0));
process.once("message", () => {
  const started = start();
  const tell = () =>
    started.then(
      (done) => process.send?.({ done }),
      (error: Error) => process.send?.({ error: error.message }),
    );
  process.on("message", tell);
  void tell();
});
