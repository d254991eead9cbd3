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

/** The primary leg: its engine and what its door needs, made once per Lambda instance. */
export interface PrimaryLeg {
  readonly engine: Engine;
  readonly authTokens: readonly string[];
  readonly baseUrl: string;
}

/**
 * @param env Lambda's environment, see `.env.example`
 * @throws ConfigurationError naming the variable and what it should be
 */
export function primaryLeg(env: Readonly<Record<string, string | undefined>>): PrimaryLeg {
  const settings = engineSettings(env, "TWILIO_AUTH_TOKEN");
  const store = dynamodbStore({
    table: settings.table.name,
    attemptMs: limits.primaryTableAttemptMs,
    client: { region: settings.table.region, ...(settings.table.endpoint && { endpoint: settings.table.endpoint }) },
  });
  const engine: Engine = {
    leg: "primary",
    flows: new Map(flows.map((flow) => [flow.name, flow])),
    store,
    sealer: createSealer(settings.sealKeys),
    urls: createUrls({ primary: settings.primaryBaseUrl, fallback: settings.fallbackBaseUrl }),
    clock: systemClock,
    log: logToStdout,
    newToken: randomUUID,
    build: settings.build,
    settings: settings.flowSettings,
    tableBudgetMs: limits.primaryTableBudgetMs,
  };
  return { engine, authTokens: settings.authTokens, baseUrl: settings.primaryBaseUrl };
}
