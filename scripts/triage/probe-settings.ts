import { flows } from "../../flows/index.ts";
import { httpWay, invokeWay, type Way } from "./probe-ways.ts";

/** For `parseArgs`: the options of `triage --probe`. */
export const probeOptions = {
  probe: { type: "boolean", default: false },
  public: { type: "string" },
  api: { type: "string" },
  function: { type: "string" },
  fallback: { type: "string" },
  times: { type: "string", default: "20" },
  every: { type: "string", default: "500ms" },
} as const;

/** As `parseArgs` gives them. */
export interface ProbeValues {
  readonly public?: string | undefined;
  readonly api?: string | undefined;
  readonly function?: string | undefined;
  readonly fallback?: string | undefined;
  readonly times: string;
  readonly every: string;
}

export const probeUsage = `--probe asks both legs in several ways at once, again and again, by signed requests that take no turn, and tells which layer adds the failures:
  --public URL     the primary's public base URL; default PRIMARY_BASE_URL
  --api URL        the API's own URL (https://ID.execute-api.REGION.amazonaws.com), if that is another one
  --function NAME  the status callback's function, invoked directly (needs lambda:InvokeFunction, AWS_REGION)
  --fallback URL   the fallback leg's base URL; default FALLBACK_BASE_URL
  --times N        rounds, 1 to 200; default 20
  --every TIME     between rounds, 100ms to 60s; default 500ms
  It needs TWILIO_AUTH_TOKEN, by which requests are signed.`;

const timesMax = 200;
const everyMsMin = 100;
const everyMsMax = 60_000;

export type ProbeSettings =
  | {
      readonly kind: "settings";
      readonly ways: readonly Way[];
      readonly notAsked: readonly string[];
      readonly times: number;
      readonly everyMs: number;
    }
  | { readonly kind: "wrong"; readonly why: string };

/** Reads arguments and environment; `AWS_ENDPOINT_URL_LAMBDA` is where Lambda is instead of at AWS, as for the SDK. */
export function readProbeSettings(
  values: ProbeValues,
  env: Readonly<Record<string, string | undefined>>,
): ProbeSettings {
  const wrong = (why: string) => ({ kind: "wrong", why }) as const;
  const times = /^\d{1,3}$/.test(values.times) ? Number(values.times) : 0;
  if (times < 1 || times > timesMax) return wrong(`--times: a whole number from 1 to ${timesMax}`);
  const everyMs = millis(values.every);
  if (everyMs === undefined || everyMs < everyMsMin || everyMs > everyMsMax)
    return wrong("--every: from 100ms to 60s, like 500ms or 2s");
  const [authToken = ""] = (env.TWILIO_AUTH_TOKEN ?? "").split(",");
  if (authToken === "") return wrong("TWILIO_AUTH_TOKEN is missing: legs answer a probe only if it is signed");

  const urls: Record<"public" | "api" | "fallback", string | undefined> = {
    public: values.public || env.PRIMARY_BASE_URL,
    api: values.api,
    fallback: values.fallback || env.FALLBACK_BASE_URL,
  };
  for (const [name, url] of Object.entries(urls)) {
    if (url && !isBase(url))
      return wrong(`--${name}: a base URL, http or https, without credentials, query and fragment`);
  }
  if (!urls.public && !urls.fallback) return wrong("--public is missing: set it, or PRIMARY_BASE_URL");
  if (!urls.public && (urls.api || values.function)) return wrong("--public is missing: signatures are over that URL");

  const signed = { flow: flows[0]?.name ?? "probe", authToken };
  const ways: Way[] = [];
  const notAsked: string[] = [];
  if (urls.public) {
    const primary = { leg: "primary", signedFor: urls.public, ...signed } as const;
    ways.push(httpWay("public name", { ...primary, baseUrl: urls.public }));
    if (urls.api && !sameBase(urls.api, urls.public))
      ways.push(httpWay("API endpoint", { ...primary, baseUrl: urls.api }));
    else notAsked.push(urls.api ? "API endpoint: it is the public name" : "API endpoint: no --api");
    const region = regionOf(values.function, env);
    if (values.function && !region) return wrong("AWS_REGION is missing: where the function is");
    if (values.function && region) {
      const endpoint = env.AWS_ENDPOINT_URL_LAMBDA || `https://lambda.${region}.${domainOf(region)}`;
      if (!URL.canParse(endpoint)) return wrong("AWS_REGION or AWS_ENDPOINT_URL_LAMBDA makes no URL");
      ways.push(invokeWay({ functionName: values.function, region, endpoint, signedFor: urls.public, ...signed }));
    } else notAsked.push("direct invocation: no --function");
  } else notAsked.push("primary leg: no --public, no PRIMARY_BASE_URL");
  if (urls.fallback) {
    ways.push(
      httpWay("fallback leg", { leg: "fallback", baseUrl: urls.fallback, signedFor: urls.fallback, ...signed }),
    );
  } else notAsked.push("fallback leg: no --fallback, no FALLBACK_BASE_URL");
  return { kind: "settings", ways, notAsked, times, everyMs };
}

function millis(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})(ms|s)?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === "s" ? 1000 : 1);
}

function isBase(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return false;
  return url.username === "" && url.search === "" && url.hash === "";
}

function sameBase(one: string, other: string): boolean {
  return new URL(one).host === new URL(other).host;
}

/** An ARN names its Region. */
function regionOf(name: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [, ofArn] = /^arn:[a-z-]+:lambda:([a-z0-9-]+):/.exec(name ?? "") ?? [];
  return ofArn ?? (env.AWS_REGION || env.TABLE_REGION || undefined);
}

function domainOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
