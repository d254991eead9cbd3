import type { CheckpointStore } from "../../../core/checkpoint-store.ts";
import { dynamodbStore } from "../../../core/stores/dynamodb.ts";
import { startTable, tableCredentials } from "../../../scripts/stack/table.ts";

/** A real table, and the environment by which a command finds it. */
export async function dynamodb() {
  const { endpoint, region, name, stop } = await startTable(0);
  const client = { endpoint, region, credentials: tableCredentials };
  const env = {
    ...{ TABLE_NAME: name, TABLE_REGION: region, TABLE_ENDPOINT: endpoint },
    ...{ AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId, AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey },
  };
  return { env, stop, store: dynamodbStore({ table: name, attemptMs: 2_000, client }) };
}

/** The fallback's document, as it writes it when it takes a call over. */
export async function commit(store: CheckpointStore, callSid: string, atMs: number): Promise<void> {
  const position = { turn: 1, attempt: 1, resumes: 1 };
  const where = { flow: "appointment", step: "chooseDay", leg: "fallback" } as const;
  const written = await store.commit(
    callSid,
    {
      from: { turn: 1, attempt: 0, resumes: 0 },
      pin: "any",
      checkpoint: { ...position, ...where, data: "sealed", token: "t", build: "b1" },
      trail: { turn: 1, attempt: 1, step: where.step, leg: where.leg, atMs, from: 0, verbs: ["gather"] },
      effects: new Map(),
    },
    { nowMs: atMs, withinMs: 5_000 },
  );
  if (written.kind !== "written") throw new Error(`the table has ${written.kind} the commit`);
}
