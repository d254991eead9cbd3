import { createUrls } from "../../core/action-url.ts";
import { createSealer } from "../../core/seal.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import { type Stack, type StackOptions, startStack } from "../stack/start-stack.ts";
import { tableCredentials } from "../stack/table.ts";
import type { TableProxy } from "../stack/table-proxy.ts";
import type { HttpWorld } from "./http-call.ts";
import { createSlots } from "./http-gates.ts";
import { faultyNetwork } from "./http-network.ts";

const itemAttemptMs = 2_000;

export interface RunningWorld extends HttpWorld {
  readonly tableProxy: TableProxy;
  stop(): Promise<void>;
}

/**
 * Starts one stack behind a network with faults: both legs in their own processes, the table behind its proxy, the effects service.
 *
 * @param slots requests under way at once
 * @throws StackError or BuildError with one line, after everything that had started is stopped again
 */
export async function startHttpWorld(
  slots: number,
  build: Pick<StackOptions, "buildDir" | "flowsEntry" | "flowNames">,
): Promise<RunningWorld> {
  const stack = await startStack({ ...build, tableProxy: true });
  const { table, tableProxy, effects, primary, fallback, sealKeys, authToken, accountSid } = stack;
  if (tableProxy === undefined) throw new Error("the stack has no table proxy");
  const legs = { primary: primary.baseUrl, fallback: fallback.baseUrl };
  const network = faultyNetwork(legs);
  const executed = noteEffects(effects);
  const stop = async (): Promise<void> => {
    await network.stop();
    await stack.stop();
  };
  const client = { endpoint: table.endpoint, region: table.region, credentials: tableCredentials };
  return {
    network,
    urls: createUrls(legs),
    sealer: createSealer(sealKeys),
    // past the proxy: what the table holds, not what it tells
    store: dynamodbStore({ table: table.name, client, attemptMs: itemAttemptMs }),
    authToken,
    accountSid,
    slots: createSlots(slots),
    effectsOf: (callSid) => [...(executed.get(callSid)?.values() ?? [])],
    tableProxy,
    stop,
  };
}

/** The service executes an effect at the first request with its key. */
function noteEffects(effects: Stack["effects"]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const executed = new Map<string, Map<string, string>>();
  effects.onRequest((phase, { callSid, idempotencyKey, effect, arguments: given }) => {
    if (phase === "before") return;
    const ofCall = executed.get(callSid) ?? new Map<string, string>();
    executed.set(callSid, ofCall);
    if (ofCall.has(idempotencyKey)) return;
    ofCall.set(idempotencyKey, `${effect} ${JSON.stringify(given)} by ${idempotencyKey}`);
  });
  return executed;
}
