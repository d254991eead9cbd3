import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";

/** A call's session, one item per call: what a handler that was written by hand keeps between two webhooks. */
export interface Session {
  readonly callSid: string;
  readonly step: string;
  readonly turn: number;
  readonly count: number;
  readonly updatedAtMs: number;
  readonly ttlAtSec: number;
}

const { SESSIONS_TABLE: TableName, TABLE_REGION: region, TABLE_ENDPOINT: endpoint } = process.env;
const sessionLifeSec = 7 * 24 * 3600;

export const client = new DynamoDBClient({ ...(region && { region }), ...(endpoint && { endpoint }) });
const documents = DynamoDBDocumentClient.from(client);

export async function readSession(callSid: string): Promise<Session | undefined> {
  const { Item } = await documents.send(new GetCommand({ TableName, Key: { callSid }, ConsistentRead: true }));
  return Item as Session | undefined;
}

export async function writeSession(session: Omit<Session, "updatedAtMs" | "ttlAtSec">): Promise<void> {
  const updatedAtMs = Date.now();
  const ttlAtSec = Math.floor(updatedAtMs / 1_000) + sessionLifeSec;
  await documents.send(new PutCommand({ TableName, Item: { ...session, updatedAtMs, ttlAtSec } }));
}
