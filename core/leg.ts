import { createUrls } from "./action-url.ts";
import type { Leg as LegName } from "./checkpoint.ts";
import { systemClock } from "./clock.ts";
import type { Engine } from "./engine.ts";
import { engineSettings } from "./environment.ts";
import type { Flow } from "./flow.ts";
import { limits } from "./limits.ts";
import { logToStdout } from "./log.ts";
import { createSealer } from "./seal.ts";
import { shedLevel } from "./shed.ts";
import { type DynamodbSettings, dynamodbStore } from "./stores/dynamodb.ts";
import { type PublicBase, publicBase } from "./url-shape.ts";

/** One of the two deployments: its engine, and what its door needs. */
export interface Leg {
  readonly engine: Engine;
  /** all that are valid now */
  readonly authTokens: readonly string[];
  /** public, as Twilio signs it */
  readonly base: PublicBase;
}

export interface LegOptions {
  readonly leg: LegName;
  readonly flows: readonly Flow[];
  /** of the platform, see `.env.example` */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly authTokenName: Parameters<typeof engineSettings>[1];
  /** unguessable, new each time */
  readonly newToken: () => string;
  /** undefined: the platform's own */
  readonly credentials?: DynamodbSettings["client"]["credentials"];
}

/**
 * Makes a leg from its environment: the one place where the real clock, table and log come in.
 *
 * @throws ConfigurationError naming the variable and what it should be
 */
export function createLeg({ leg, flows, env, authTokenName, newToken, credentials }: LegOptions): Leg {
  const settings = engineSettings(env, authTokenName);
  const { primaryBaseUrl, fallbackBaseUrl, table, authTokens } = settings;
  const primary = leg === "primary";
  const endpoint = table.endpoint === undefined ? {} : { endpoint: table.endpoint };
  const store = dynamodbStore({
    table: table.name,
    attemptMs: primary ? limits.primaryTableAttemptMs : limits.fallbackTableAttemptMs,
    client: { region: table.region, ...endpoint, ...(credentials && { credentials }) },
  });
  const engine: Engine = {
    leg,
    flows: new Map(flows.map((flow) => [flow.name, flow])),
    store,
    sealer: createSealer(settings.sealKeys),
    urls: createUrls({ primary: primaryBaseUrl, fallback: fallbackBaseUrl }),
    clock: systemClock,
    log: logToStdout,
    newToken,
    build: settings.build,
    settings: settings.flowSettings,
    shed: shedLevel(env),
    tableBudgetMs: primary ? limits.primaryTableBudgetMs : limits.fallbackTableBudgetMs,
  };
  return { engine, authTokens, base: publicBase(primary ? primaryBaseUrl : fallbackBaseUrl) };
}
