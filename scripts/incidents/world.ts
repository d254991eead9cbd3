import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { build } from "../build.ts";
import { legEnvironments } from "../stack/leg-environments.ts";
import { startStack } from "../stack/start-stack.ts";
import { tableCredentials } from "../stack/table.ts";
import { flows } from "./flows.ts";
import type { Met } from "./plan.ts";
import { accountSid, authToken, publicUrls, sealKeys } from "./times.ts";

/** What all incidents share: both legs' code, the fallback leg, the table and the effects service, both with faults. */
export interface World {
  readonly lambdaDir: string;
  readonly primaryEnv: Readonly<Record<string, string>>;
  readonly fallbackUrl: string;
  /** Faults that last until the next. */
  meet(met: Met): void;
  /** Whoever listens last is told. */
  onFallbackLine(listener: (line: string) => void): void;
  /** Resolves when the fallback has written one more line of this call, or the time is over. */
  fallbackLine(callSid: string, withinMs: number): Promise<void>;
  /** The items of these calls as a scan tells them. */
  items(callSids: readonly string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const flowsEntry = fileURLToPath(new URL("./flows.ts", import.meta.url));

/** @throws StackError or BuildError with one line */
export async function startWorld(): Promise<World> {
  const outDir = await mkdtemp(path.join(tmpdir(), "stayline-incidents-"));
  const listeners = new Set<(line: string) => void>();
  let told: (line: string) => void = () => {};
  const { lambdaDir } = await build({ outDir, flowsEntry, buildId: "incidents" });
  const stack = await startStack({
    buildDir: outDir,
    flowNames: flows.map(({ name }) => name),
    ...{ tableProxy: true, authToken, accountSid, sealKeys, publicUrls },
    onLine: (leg, line) => {
      if (leg !== "fallback") return;
      told(line);
      for (const listener of listeners) listener(line);
    },
  });
  const { table, tableProxy, effects } = stack;
  if (tableProxy === undefined) throw new Error("the stack has no table proxy");
  // the functions run in processes of ours, where the platform can be seen
  stack.primary.kill();
  const { primary: primaryEnv } = legEnvironments({
    ...{ publicUrls, sealKeys, accountSid, authToken, table, effectsUrl: effects.baseUrl },
    tableUrls: tableProxy.urls,
    extra: {},
  });
  const client = new DynamoDBClient({
    ...{ endpoint: table.endpoint, region: table.region, credentials: tableCredentials },
  });
  return {
    ...{ lambdaDir, primaryEnv, fallbackUrl: stack.fallback.baseUrl },
    meet: ({ table: mode, effects: fault }) => {
      tableProxy.clear();
      if (mode !== undefined) tableProxy.fault(mode);
      effects.fail(fault);
    },
    onFallbackLine: (listener) => {
      told = listener;
    },
    fallbackLine: (callSid, withinMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, withinMs);
        function done() {
          clearTimeout(timer);
          listeners.delete(look);
          resolve();
        }
        function look(line: string) {
          if (line.includes(callSid)) done();
        }
        listeners.add(look);
      }),
    items: async (callSids) => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table.name }));
      const wanted = new Set(callSids);
      return Items.filter(({ callSid }) => wanted.has(callSid?.S ?? ""));
    },
    stop: async () => {
      client.destroy();
      await stack.stop();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
