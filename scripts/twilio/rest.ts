import twilio from "twilio";

type Options = NonNullable<Parameters<typeof twilio>[2]>;
type HttpClient = NonNullable<Options["httpClient"]>;
type RequestOptions = Parameters<HttpClient["request"]>[0];

export type RestClient = ReturnType<typeof twilio>;

/** Twilio's own client gives up after this long: a command of an operator may wait, a script of a caller may not. */
const restTimeoutMs = 10_000;

export class RestError extends Error {}

/**
 * Twilio's official client for the REST API.
 *
 * @param env `TWILIO_ACCOUNT_SID` with `TWILIO_AUTH_TOKEN`, or better with `TWILIO_API_KEY` and `TWILIO_API_SECRET`.
 *   `TWILIO_API_BASE_URL` sends every request to another host, for tests against a local server.
 * @throws RestError naming the variable that is missing
 */
export function restClient(env: Readonly<Record<string, string | undefined>>): RestClient {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_API_KEY: key, TWILIO_API_SECRET: secret } = env;
  // two tokens may be valid at once, comma separated, while one is rotated: the first one is used
  const [authToken] = (env.TWILIO_AUTH_TOKEN ?? "").split(",");
  if (!accountSid) throw new RestError("TWILIO_ACCOUNT_SID is missing: the account's sid, AC and 32 characters");
  const httpClient = elsewhere(env.TWILIO_API_BASE_URL);
  const options = { accountSid, autoRetry: false, ...(httpClient && { httpClient }) };
  if (key && secret) return twilio(key, secret, options);
  if (authToken) return twilio(accountSid, authToken, options);
  throw new RestError("TWILIO_AUTH_TOKEN is missing: set it, or TWILIO_API_KEY and TWILIO_API_SECRET");
}

function elsewhere(baseUrl: string | undefined): HttpClient | undefined {
  if (baseUrl === undefined || baseUrl === "") return undefined;
  const own = new twilio.RequestClient({ timeout: restTimeoutMs });
  return {
    request: (options: RequestOptions) => {
      const { pathname, search, host } = new URL(options.uri);
      // the host that was meant is kept for the server: products have hosts of their own
      const headers = { ...options.headers, "x-twilio-host": host };
      return own.request({ ...options, headers, uri: `${baseUrl.replace(/\/$/, "")}${pathname}${search}` });
    },
  } as HttpClient;
}

/**
 * What an error of the client tells.
 * @returns `refused`: Twilio answered that it does not do this (4xx, but for "too many requests" and a timeout); nothing was done.
 *   `unknown`: no answer, or one that leaves open whether it was done.
 */
export function readRestError(error: unknown): { readonly kind: "refused" | "unknown"; readonly reason: string } {
  const { status, code, message } = (error ?? {}) as { status?: unknown; code?: unknown; message?: unknown };
  const certain = typeof status === "number" && status >= 400 && status < 500 && status !== 429 && status !== 408;
  if (certain) return { kind: "refused", reason: `${String(code ?? status)} ${String(message ?? "")}`.trim() };
  // a status, or the system's word, like ECONNREFUSED: nothing else of what a client may say
  const known = typeof code === "string" && /^E[A-Z_]{2,30}$/.test(code) ? code : "no answer";
  if (status === 429)
    return { kind: "unknown", reason: "Twilio's REST API takes no more requests just now (status 429)" };
  const how = typeof status === "number" ? `status ${status}` : known;
  return { kind: "unknown", reason: `Twilio's REST API is down or cannot be reached (${how})` };
}
