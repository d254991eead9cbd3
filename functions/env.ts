import { randomUUID } from "node:crypto";
import { createUrls } from "../core/action-url.ts";
import { systemClock } from "../core/clock.ts";
import type { Engine } from "../core/engine.ts";
import { engineSettings } from "../core/environment.ts";
import { limits } from "../core/limits.ts";
import { logToStdout } from "../core/log.ts";
import { createSealer } from "../core/seal.ts";
import { dynamodbStore } from "../core/stores/dynamodb.ts";
import { flows } from "../flows/index.ts";

/** The fallback leg: its engine and what its door needs. */
export interface FallbackLeg {
  readonly engine: Engine;
  readonly authTokens: readonly string[];
  readonly baseUrl: string;
}

/**
 * @param context Twilio's own context object, which carries the environment, see `.env.example`
 * @throws ConfigurationError naming the variable and what it should be
 */
export function fallbackLeg(context: Readonly<Record<string, string | undefined>>): FallbackLeg {
  const settings = engineSettings(context, "AUTH_TOKEN");
  const { TABLE_ACCESS_KEY_ID: accessKeyId = "", TABLE_SECRET_ACCESS_KEY: secretAccessKey = "" } = context;
  const { region, endpoint, name } = settings.table;
  const store = dynamodbStore({
    table: name,
    attemptMs: limits.fallbackTableAttemptMs,
    // an identity of its own that may do nothing but read and update this one table
    client: { region, ...(endpoint && { endpoint }), credentials: { accessKeyId, secretAccessKey } },
  });
  const engine: Engine = {
    leg: "fallback",
    flows: new Map(flows.map((flow) => [flow.name, flow])),
    store,
    sealer: createSealer(settings.sealKeys),
    urls: createUrls({ primary: settings.primaryBaseUrl, fallback: settings.fallbackBaseUrl }),
    clock: systemClock,
    log: logToStdout,
    newToken: randomUUID,
    build: settings.build,
    settings: settings.flowSettings,
    tableBudgetMs: limits.fallbackTableBudgetMs,
  };
  return { engine, authTokens: settings.authTokens, baseUrl: settings.fallbackBaseUrl };
}
