import type { Clock } from "../core/clock.ts";
import { ConfigurationError, describe } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { ParameterNames, ParameterOptions, Values } from "./parameters.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** May be given as `<name>_PARAMETER`: the SSM parameter that holds it. */
const secretNames = ["SEAL_KEYS", "TWILIO_AUTH_TOKEN"] as const;
const none: Values = {};

export interface SecretsOptions {
  readonly env: Environment;
  /** Loads the part that talks to SSM; only called when a parameter is named. */
  readonly load: () => Promise<{
    parameterReader: (names: ParameterNames, options: ParameterOptions) => () => Promise<Values>;
  }>;
  readonly clock: Pick<Clock, "nowMs">;
  /** Told in one line when secrets that are known could not be read again. */
  readonly warn: (line: string) => void;
  readonly refreshMs?: number;
  readonly retryMs?: number;
}

/**
 * The secrets that this instance uses. The reader asks for them as soon as it is loaded, so that the wait falls into the start
 * of the instance.
 * Whoever knows them never waits again: they are refreshed beside the webhooks, and stay as they are when that fails.
 *
 * @returns a function that gives the same object until a value changes
 * @throws from that function: ConfigurationError when a parameter cannot be read and its value was never known
 */
export function createSecrets(options: SecretsOptions): () => Values | Promise<Values> {
  const { env, load, clock, warn, refreshMs = limits.secretsRefreshMs, retryMs = limits.secretsRetryMs } = options;
  const given = secretNames.map((name) => [name, env[`${name}_PARAMETER`] ?? ""] as const);
  const names = Object.fromEntries(given.filter(([, parameter]) => parameter !== ""));
  if (Object.keys(names).length === 0) return () => none;

  const { secretsAttemptMs: attemptMs, secretsAttempts: attempts } = limits;
  const reader = load().then(({ parameterReader }) => parameterReader(names, { refreshMs, attemptMs, attempts }));
  let known: Values | undefined;
  let reading: Promise<Values> | undefined;
  let notBeforeMs = 0;

  async function read(): Promise<Values> {
    try {
      const values = await (await reader)();
      if (known === undefined || !same(known, values)) known = values;
      return known;
    } catch (error) {
      notBeforeMs = clock.nowMs() + retryMs;
      const why = describe(error);
      if (known === undefined) {
        const variables = Object.keys(names).map((name) => `${name}_PARAMETER`);
        throw new ConfigurationError(`${variables.join(" or ")} cannot be read from SSM (${why})`);
      }
      warn(`secrets not refreshed, the known ones stay: ${why}`);
      return known;
    } finally {
      reading = undefined;
    }
  }
  const readOnce = () => {
    reading ??= read();
    return reading;
  };
  // the first webhook meets the error, if there is one
  reader.catch(() => {});

  return () => {
    if (known === undefined) return readOnce();
    if (clock.nowMs() >= notBeforeMs) void readOnce();
    return known;
  };
}

/**
 * Makes something of the secrets, and makes it anew when they change. A mistake in a rotation does not end the line: what was
 * made of the former secrets then stays in use.
 *
 * @throws from the returned function: whatever `make` throws while nothing is made yet
 */
export function madeFrom<T>(make: (from: Values) => T, warn: (line: string) => void): (from: Values) => T {
  let made: { readonly from: Values; readonly thing: T } | undefined;
  return (from) => {
    if (made?.from === from) return made.thing;
    try {
      made = { from, thing: make(from) };
    } catch (error) {
      if (made === undefined) throw error;
      warn(`secrets not taken, the former ones stay: ${describe(error)}`);
      made = { from, thing: made.thing };
    }
    return made.thing;
  };
}

function same(one: Values, other: Values): boolean {
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => one[name] === other[name]);
}
