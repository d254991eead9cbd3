import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { closeServer, host, listen } from "../../../scripts/stack/listen.ts";
import { readBody } from "../../../scripts/stack/read-body.ts";
import { type Table, tableCredentials } from "../../../scripts/stack/table.ts";

const bodyBytesMax = 1024 * 1024;

/**
 * In front of dynalite: adds what the real service does and dynalite does not, the winning item in a failed condition
 * (`ReturnValuesOnConditionCheckFailure: ALL_OLD`). One request at a time, so that the item is the one that won.
 */
export async function startReturningTable(table: Table) {
  const client = new DynamoDBClient({ endpoint: table.endpoint, region: table.region, credentials: tableCredentials });
  let requests = 0;
  let before: Promise<void> = Promise.resolve();

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    requests += 1;
    const body = (await readBody(incoming, bodyBytesMax)) ?? Buffer.alloc(0);
    const { authorization = "", "x-amz-target": target, "x-amz-date": date } = incoming.headers;
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": String(target),
      "x-amz-date": String(date),
      authorization,
    };
    const answer = await fetch(table.endpoint, { method: "POST", headers, body: new Uint8Array(body) });
    const told: { __type?: string } = JSON.parse(await answer.text());
    const asked = JSON.parse(body.toString());
    const returns = asked.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    if (told.__type?.endsWith("ConditionalCheckFailedException") && returns) {
      const winner = new GetItemCommand({ TableName: asked.TableName, Key: asked.Key, ConsistentRead: true });
      Object.assign(told, { Item: (await client.send(winner)).Item });
    }
    outgoing.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(told));
  };
  const server = createServer((incoming, outgoing) => {
    before = before.then(() => serve(incoming, outgoing)).catch(() => void incoming.socket.destroy());
  });
  const port = await listen(server, 0, "table");
  return {
    url: `http://${host}:${port}`,
    requests: () => requests,
    stop: async () => {
      client.destroy();
      await closeServer(server);
    },
  };
}
