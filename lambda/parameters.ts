import ssm from "@middy/ssm";

// in this bundle, which only an instance with parameters loads
export { createSorry } from "./sorry-parameter.ts";

/** Variable of the environment by name of the SSM parameter that holds its value. */
export type ParameterNames = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string>>;

export interface ParameterOptions {
  /** How long values are kept before they are asked for again; 0: every reading asks. */
  readonly refreshMs: number;
  /** One attempt of one request. */
  readonly attemptMs: number;
  readonly attempts: number;
}

/**
 * Reads SecureStrings through middy's middleware for SSM, which asks at once, keeps what it got and asks again when that is old.
 * A bundle of its own: a leg whose secrets are in its environment never loads it.
 *
 * @returns a function that reads all of them; it rejects when one cannot be read
 */
export function parameterReader(names: ParameterNames, options: ParameterOptions): () => Promise<Values> {
  const middleware = ssm({
    fetchData: { ...names },
    cacheKey: `ssm ${Object.values(names).join(" ")}`,
    cacheExpiry: options.refreshMs,
    awsClientOptions: {
      maxAttempts: options.attempts,
      requestHandler: {
        connectionTimeout: options.attemptMs,
        requestTimeout: options.attemptMs,
        throwOnRequestTimeout: true,
      },
    },
  });
  const before = middleware.before as (request: { internal: Record<string, unknown> }) => Promise<unknown>;
  return async () => {
    const request = { internal: {} as Record<string, unknown> };
    await before(request);
    const read = Object.keys(names).map(async (name) => [name, await request.internal[name]] as const);
    const values = await Promise.all(read);
    const missing = values.filter(([, value]) => typeof value !== "string").map(([name]) => name);
    if (missing.length > 0) throw new TypeError(`no text: ${missing.join(", ")}`);
    return Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
  };
}
