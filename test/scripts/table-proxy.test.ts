import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Leg as LegName } from "../../core/checkpoint.ts";
import { startTable, tableCredentials } from "../../scripts/stack/table.ts";
import type { TableProxy } from "../../scripts/stack/table-proxy.ts";
import { startTableProxy } from "../../scripts/stack/table-proxy.ts";

let table: Awaited<ReturnType<typeof startTable>>;
let proxy: TableProxy;
const clients: DynamoDBClient[] = [];

beforeAll(async () => {
  table = await startTable(0);
});
afterAll(async () => await table.stop());
beforeEach(async () => {
  proxy = await startTableProxy(table.endpoint);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.stop();
});

function clientFor(endpoint: string, maxAttempts = 1): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region: table.region,
    credentials: tableCredentials,
    maxAttempts,
    requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
  });
  clients.push(client);
  return client;
}
const client = (leg: LegName, maxAttempts?: number) => clientFor(proxy.urls[leg], maxAttempts);

const put = (callSid: string) => new PutItemCommand({ TableName: table.name, Item: { callSid: { S: callSid } } });
const get = (callSid: string) => new GetItemCommand({ TableName: table.name, Key: { callSid: { S: callSid } } });
const isStored = async (callSid: string) => (await clientFor(table.endpoint).send(get(callSid))).Item !== undefined;

test("requests are counted by leg and operation", async () => {
  await client("primary").send(put("CAcount"));
  await client("fallback").send(get("CAcount"));
  await client("fallback").send(get("CAcount"));
  expect(proxy.counts()).toEqual({ primary: { PutItem: 1 }, fallback: { GetItem: 2 } });
  proxy.reset();
  expect(proxy.counts()).toEqual({ primary: {}, fallback: {} });
});

test("a refused write is not stored", async () => {
  proxy.fault("refuse");
  await expect(client("primary").send(put("CArefuse"))).rejects.toThrow();
  expect(await isStored("CArefuse")).toBe(false);
});

test("a hanging table answers nobody until the fault is cleared", async () => {
  proxy.fault("hang");
  await expect(client("primary").send(put("CAhang"))).rejects.toThrow(/time/i);
  proxy.clear();
  await client("primary").send(put("CAhang"));
  expect(await isStored("CAhang")).toBe(true);
});

test("the SDK takes the throttling answer for DynamoDB's own, and retries", async () => {
  proxy.fault("throttle", { times: 1 });
  const error = await client("primary")
    .send(put("CAthrottle"))
    .catch((caught: Error) => caught);
  expect(error).toMatchObject({ name: "ProvisionedThroughputExceededException" });
  proxy.fault("throttle", { times: 1 });
  await client("primary", 2).send(put("CAthrottle"));
  expect(proxy.counts().primary).toEqual({ PutItem: 3 });
});

test("a write whose answer is lost is stored all the same", async () => {
  proxy.fault("lose-answer", { times: 1 });
  await expect(client("primary").send(put("CAlost"))).rejects.toThrow();
  expect(await isStored("CAlost")).toBe(true);
});

test("a slow write arrives although the asker has given up", async () => {
  proxy.fault("slow", { delayMs: 500, times: 1 });
  await expect(client("primary").send(put("CAslow"))).rejects.toThrow(/time/i);
  expect(await isStored("CAslow")).toBe(false);
  await expect.poll(() => isStored("CAslow"), { timeout: 2_000 }).toBe(true);
});

test("a fault for one leg and one operation leaves the others alone", async () => {
  proxy.fault("refuse", { leg: "primary", operation: "PutItem" });
  await expect(client("primary").send(put("CAonly"))).rejects.toThrow();
  await client("primary").send(get("CAonly"));
  await client("fallback").send(put("CAonly"));
  expect(await isStored("CAonly")).toBe(true);
});
