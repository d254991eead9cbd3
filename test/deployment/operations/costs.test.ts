import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CallRecord } from "../../../rehearsal/call-record.ts";
import { root } from "../../../scripts/build/bundle.ts";
import { build } from "../../../scripts/build.ts";
import { readTemplate } from "../../../scripts/check-deploy/template.ts";
import { tableCredentials } from "../../../scripts/stack/table.ts";
import { lastWords, place, type TestStack, testStack } from "../../support/stack.ts";
import { readPage } from "./page.ts";

/** The costs on the page, against what a call really asks for. The prices are the page's. */
let stack: TestStack;
let text: string;
let folder: string;
beforeAll(async () => {
  ({ text } = await readPage());
  // with the shipped flows alone: a flow that asks what became of its calls costs a read
  folder = await mkdtemp(path.join(tmpdir(), "stayline-costs-"));
  await build({ outDir: folder });
  stack = await testStack({ buildDir: folder, flowNames: ["appointment"] });
});
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const calls = 1_000;
const million = 1_000_000;
const secondsPerRequest = 0.01;
const shown = (count: number) => count.toLocaleString("en-US");
const countOf = (call: CallRecord, isIt: (kind: string) => boolean) =>
  call.requests.filter(({ kind }) => isIt(kind)).length;

const lineWith = (words: string) => text.split("\n").find((line) => line.includes(words)) ?? "";

/** A row of the table: its arithmetic, and its amount in US$. */
function row(part: string): { arithmetic: string; usd: number } {
  const cells =
    text
      .split("\n")
      .find((line) => line.startsWith(`| ${part}`))
      ?.split("|") ?? [];
  return { arithmetic: cells[2] ?? "", usd: Number((cells[3] ?? "").replaceAll("*", "")) };
}

/** As DynamoDB counts it [D item sizes], less a few bytes: names, characters, half a byte a digit. */
type Value = { S?: string; N?: string; M?: Record<string, Value> };
function bytesOf(item: Record<string, Value>): number {
  const sizes = Object.entries(item).map(([name, { S, N, M }]) => {
    const value = S?.length ?? (N === undefined ? bytesOf(M ?? {}) + 3 : Math.ceil(N.length / 2) + 1);
    return name.length + value;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("what 1,000 calls cost is the sum of what a call makes", async () => {
  stack.tableProxy.reset();
  const call = await place(stack, "appointment");
  expect(lastWords(call)).toContain("yours");
  const webhooks = countOf(call, (kind) => kind !== "media") * calls;
  const prompts = countOf(call, (kind) => kind === "media") * calls;
  const requests = webhooks + prompts;
  const { UpdateItem = 0, ...others } = stack.tableProxy.counts().primary;
  expect(others).toEqual({});
  const writes = UpdateItem * calls;
  const client = new DynamoDBClient({ ...stack.table, credentials: tableCredentials });
  const { Item = {} } = await client.send(
    new GetItemCommand({ TableName: stack.table.name, Key: { callSid: { S: call.callSid } } }),
  );
  client.destroy();
  const itemKb = bytesOf(Item as Record<string, Value>) / 1_000;
  expect(itemKb).toBeLessThan(1);
  expect(itemKb).toBeCloseTo(0.8, 1);
  const { size } = await stat(path.join(root, "assets", "prompts", "en", "appointment-day.mp3"));
  const trafficGb = ((prompts * Math.round(size / 1_000) + webhooks * 1) * 1_000) / 1e9;

  const gbSeconds = (webhooks * 1 + prompts * 0.5) * secondsPerRequest;
  const sums: Readonly<Record<string, readonly [usd: number, ...named: string[]]>> = {
    "HTTP API": [(requests * 1.0) / million, shown(webhooks), shown(prompts), `= ${shown(requests)} ×`],
    "Lambda requests": [(requests * 0.2) / million, shown(requests)],
    "Lambda time": [gbSeconds * 0.0000133334, shown(webhooks), shown(prompts), `= ${gbSeconds} GB-s`],
    "table, writes": [(writes * 0.625) / million, `= ${shown(writes)} ×`],
    "table, storage": [((calls * 0.8) / million) * (7 / 30) * (0.25 + 0.2), "0.8 kB × 7 of 30 days"],
    logs: [((requests * 1.2) / million) * 0.5, `${shown(requests)} × 1.2 kB`],
    traffic: [trafficGb * 0.09, `${shown(prompts)} × ${Math.round(size / 1_000)} kB`, `${shown(webhooks)} × 1 kB`],
    Functions: [(webhooks / 10_000) * 0.0001, `${webhooks / 10_000} ×`],
  };
  for (const [part, [usd, ...named]] of Object.entries(sums)) {
    const { arithmetic, usd: said } = row(part);
    for (const count of named) expect(arithmetic, part).toContain(count);
    expect(said, part).toBe(Number(usd.toFixed(4)));
  }
  const together = Object.values(sums).reduce((sum, [usd]) => sum + usd, 0);
  expect(row("**together**").usd).toBe(Number(together.toFixed(3)));
});

test("what 1,000 calls cost without the primary is counted in a call without it", async () => {
  stack.primary.kill();
  await stack.primary.exited;
  const call = await place(stack, "appointment");
  expect(lastWords(call)).toContain("yours");
  const fallback = new URL(stack.fallback.baseUrl).host;
  const asked = call.requests.filter(({ kind, url }) => kind !== "media" && new URL(url).host === fallback).length;
  const usd = (asked * calls * 0.0001).toFixed(2);
  expect(lineWith("webhooks each on Functions")).toContain(
    `make ${asked} webhooks each on Functions: ${shown(asked * calls)} × $0.0001 = $${usd}`,
  );
});

test("what a month costs is counted in the template", async () => {
  const { resources } = await readTemplate();
  const all = Object.values(resources);
  const names = (type: string) => {
    const found = all.filter((one) => one.Type === type).map((one) => JSON.stringify(one));
    return { count: found.length, metrics: found.flatMap((one) => one.match(/"MetricName":"\w+"/g) ?? []) };
  };
  const alarms = names("AWS::CloudWatch::Alarm");
  const own = new Set(names("AWS::Logs::MetricFilter").metrics).size;
  const boards = names("AWS::CloudWatch::Dashboard").count;
  const usd = (alarms.metrics.length * 0.1 + own * 0.3 + boards * 3).toFixed(2);
  expect(lineWith("by the month")).toContain(
    `${alarms.metrics.length} metrics of ${alarms.count} alarms × $0.10 + ${own} metrics of ours × $0.30 + ${boards} dashboard × $3.00 = $${usd}`,
  );
  const [, table = ""] = /^\| alarm \|.*\n.*\n((?:\|.*\n)+)/m.exec(text) ?? [];
  expect(table.trim().split("\n")).toHaveLength(alarms.count);
});
