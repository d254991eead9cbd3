import * as v from "valibot";
import { ConfigurationError } from "./errors.ts";
import { limits } from "./limits.ts";

/** What both legs read from their environment. */
export interface EngineSettings {
  readonly primaryBaseUrl: string;
  readonly fallbackBaseUrl: string;
  readonly authTokens: readonly string[];
  readonly sealKeys: string;
  readonly table: { readonly name: string; readonly region: string; readonly endpoint: string | undefined };
  readonly flowSettings: Readonly<Record<string, string>>;
  readonly build: string;
}

declare const STAYLINE_BUILD: string | undefined;

const baseUrl = v.pipe(
  v.string("is missing; set it to the leg's public base URL, like https://line.example.com"),
  v.transform((text) => text.replace(/\/+$/, "")),
  v.check((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "is not an http or https URL"),
  v.check(
    (text) => !URL.canParse(text) || (new URL(text).search === "" && new URL(text).hash === ""),
    "must not have a query or a fragment",
  ),
  v.maxLength(limits.baseUrlCharactersMax, `is longer than ${limits.baseUrlCharactersMax} characters`),
);
const filled = (what: string) => v.pipe(v.string(`is missing; ${what}`), v.trim(), v.nonEmpty(`is empty; ${what}`));
const tokens = (what: string) =>
  v.pipe(
    v.string(`is missing; ${what}`),
    v.transform((text) => text.split(",").map((token) => token.trim())),
    v.check((all) => all.every((token) => token !== ""), `holds an empty token; ${what}`),
  );

/**
 * Reads and checks the environment. Flow settings are the `FLOW_*` variables, without the prefix.
 *
 * @param env as the platform hands it in
 * @param authTokenName the variable that holds Twilio's auth token; two tokens, comma separated, while one is rotated
 * @throws ConfigurationError with one line for all that is wrong: variable, cause, mend; never a value
 */
export function engineSettings(
  env: Readonly<Record<string, string | undefined>>,
  authTokenName: "TWILIO_AUTH_TOKEN" | "AUTH_TOKEN",
): EngineSettings {
  const shape = v.object({
    PRIMARY_BASE_URL: baseUrl,
    FALLBACK_BASE_URL: baseUrl,
    authTokens: tokens(`set ${authTokenName} to the account's auth token (two, comma separated, while it is rotated)`),
    SEAL_KEYS: filled("set it to 'id:base64 of 32 bytes', the same on both legs"),
    TABLE_NAME: filled("set it to the checkpoint table's name"),
    TABLE_REGION: filled("set it to the table's AWS Region"),
    TABLE_ENDPOINT: v.optional(v.pipe(v.string(), v.url("is not a URL"))),
  });
  // every key is there, if only as undefined: so each has its own message, not the schema library's
  const given = Object.fromEntries(Object.keys(shape.entries).map((name) => [name, env[name]]));
  const parsed = v.safeParse(shape, { ...given, authTokens: env[authTokenName] });
  if (!parsed.success) {
    const named = (issue: v.BaseIssue<unknown>) =>
      (v.getDotPath(issue) ?? "environment").replace("authTokens", authTokenName);
    const wrong = parsed.issues.map((issue) => `${named(issue)} ${issue.message}`);
    throw new ConfigurationError(wrong.join("; "));
  }
  const { PRIMARY_BASE_URL, FALLBACK_BASE_URL, SEAL_KEYS, TABLE_NAME, TABLE_REGION, TABLE_ENDPOINT } = parsed.output;
  const flowEntries = Object.entries(env).filter(([name, value]) => name.startsWith("FLOW_") && value !== undefined);
  return {
    primaryBaseUrl: PRIMARY_BASE_URL,
    fallbackBaseUrl: FALLBACK_BASE_URL,
    authTokens: parsed.output.authTokens,
    sealKeys: SEAL_KEYS,
    table: { name: TABLE_NAME, region: TABLE_REGION, endpoint: TABLE_ENDPOINT },
    flowSettings: Object.fromEntries(flowEntries.map(([name, value]) => [name.slice(5), String(value)])),
    build: typeof STAYLINE_BUILD === "string" ? STAYLINE_BUILD : "source",
  };
}
