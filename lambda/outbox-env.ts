import { randomUUID } from "node:crypto";
import { createUrls } from "../core/action-url.ts";
import { systemClock } from "../core/clock.ts";
import { engineSettings } from "../core/environment.ts";
import { ConfigurationError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { type LogLine, logToStdout } from "../core/log.ts";
import { namespaceIn } from "../core/metrics.ts";
import type { Deliverer, Told } from "../core/outbox-delivery.ts";
import { callParameters } from "../core/place-call.ts";
import { createSealer } from "../core/seal.ts";
import { dynamodbOutbox } from "../core/stores/dynamodb-outbox.ts";
import { flows } from "../flows/index.ts";
import { twilioCarrier } from "./carrier.ts";
import type { Values } from "./parameters.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** May be given as `<name>_PARAMETER`: the SSM parameter that holds it. */
const secretNames = ["SEAL_KEYS", "TWILIO_REST_LOGIN"] as const;
/** A try in SSM may take long here: nobody waits. */
const attemptMs = 3_000;

/** @returns what reads the secrets that the environment names by their parameters; kept as long as a leg keeps its own */
export function outboxSecrets(env: Environment, load: () => Promise<typeof import("./parameters.ts")>) {
  const given = secretNames.map((name) => [name, env[`${name}_PARAMETER`] ?? ""] as const);
  const names = Object.fromEntries(given.filter(([, parameter]) => parameter !== ""));
  if (Object.keys(names).length === 0) return async (): Promise<Values> => ({});
  const options = { refreshMs: limits.secretsRefreshMs, attemptMs, attempts: limits.secretsAttempts };
  const reader = load().then(({ parameterReader }) => parameterReader(names, options));
  reader.catch(() => {});
  return async () => (await reader)();
}

/**
 * Makes the deliverer from its environment.
 *
 * @throws ConfigurationError naming the variable and what it should be
 */
export function createDeliverer(env: Environment): Deliverer {
  const { TWILIO_ACCOUNT_SID: sid = "", TWILIO_REST_LOGIN: login = "", TWILIO_API_BASE_URL: baseUrl } = env;
  // nobody asks this function anything: there is no signature to check
  const settings = engineSettings({ ...env, TWILIO_AUTH_TOKEN: "none" }, "TWILIO_AUTH_TOKEN");
  if (!/^AC[0-9a-f]{32}$/.test(sid)) throw new ConfigurationError("TWILIO_ACCOUNT_SID: set it to the account's sid");
  if (!/^(?:AC|SK)[0-9a-f]{32}:\S+$/.test(login)) {
    throw new ConfigurationError(
      "TWILIO_REST_LOGIN: set it to an API key as 'SK…:secret', or to the account's sid and token",
    );
  }
  const { primaryBaseUrl, fallbackBaseUrl, table, build } = settings;
  const sealer = createSealer(settings.sealKeys);
  const urls = createUrls({ primary: primaryBaseUrl, fallback: fallbackBaseUrl });
  const known = { flows: new Map(flows.map((flow) => [flow.name, flow])), sealer, urls };
  const endpoint = table.endpoint === undefined ? {} : { endpoint: table.endpoint };
  const startedMs = systemClock.nowMs();
  return {
    store: dynamodbOutbox({ table: table.name, client: { region: table.region, ...endpoint } }),
    carrier: twilioCarrier({ sid, login, baseUrl }),
    sealer,
    clock: systemClock,
    newToken: randomUUID,
    random: Math.random,
    callParameters: (call) => callParameters(known, call),
    letterLifeSec: limits.letterLifeSec,
    told: (event, letter) =>
      logToStdout(lineOf(event, letter, { build, startedMs, logGroup: env.AWS_LAMBDA_LOG_GROUP_NAME })),
  };
}

/** One line for each letter that was settled, from the same closed lists as a webhook's, and counted by CloudWatch by its event. */
export function lineOf(
  event: Parameters<Deliverer["told"]>[0],
  { key, tries, reason }: Told,
  run: { readonly build: string; readonly startedMs: number; readonly logGroup: string | undefined },
): LogLine {
  const atMs = systemClock.nowMs();
  const [callSid = "", turn = ""] = key.split(":");
  const at = { leg: "primary", build: run.build, atMs, elapsedMs: atMs - run.startedMs } as const;
  const line: LogLine = { ...at, event, callSid, turn: Number(turn), attempt: tries, ...(reason && { reason }) };
  const Namespace = namespaceIn(run.logGroup);
  if (Namespace === undefined) return line;
  const counted = { Namespace, Dimensions: [["event"]], Metrics: [{ Name: "letters", Unit: "Count" }] } as const;
  return { ...line, letters: 1, _aws: { Timestamp: atMs, CloudWatchMetrics: [counted] } };
}
