/**
 * Retry classes of the `rp` override; a status of 4xx or 5xx, a connection (or TLS) failure, no byte in the read
 * timeout.
 */
export type RetryClass = "4xx" | "5xx" | "ct" | "rt";

export type ConnectionOverrides = {
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** For all attempts together. */
  readonly totalTimeoutMs: number;
  readonly retriesMax: number;
  readonly retryPolicy: readonly (RetryClass | "all")[];
};

/** [D "Webhooks: Connection Overrides"] */
export const defaultOverrides: ConnectionOverrides = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 15_000,
  retriesMax: 1,
  retryPolicy: ["ct"],
};

export type OverrideError = { kind: "error"; errorCode: 11100 | 11240 | 11243; detail: string };
export type SplitUrl = { kind: "url"; url: string; overrides: ConnectionOverrides } | OverrideError;

const edges = ["ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"];
const interconnects = ["ashburn-ix", "frankfurt-ix", "london-ix", "san-jose-ix", "singapore-ix"];

/** A rehearsal asks the same URLs thousands of times, and the same few fragments stand at the end of all of them. */
const split = new Map<string, SplitUrl>();
const splitMax = 2_000;
const fragments = new Map<string, ConnectionOverrides | OverrideError>();
const fragmentsMax = 200;

/**
 * Splits an absolute URL from the overrides in its fragment: `#ct=1000&rt=4500&tt=5000&rc=0&rp=ct,rt`. Stricter than
 * Twilio is known to be: every unknown key and every value out of range is error 11243, so that a rehearsal finds it.
 */
export function splitOverrides(text: string): SplitUrl {
  const before = split.get(text);
  if (before !== undefined) return before;
  const result = splitText(text);
  if (split.size >= splitMax) split.clear();
  split.set(text, result);
  return result;
}

function splitText(text: string): SplitUrl {
  const hash = text.indexOf("#");
  const address = hash < 0 ? text : text.slice(0, hash);
  const parsed = URL.parse(address);
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) {
    return { kind: "error", errorCode: 11100, detail: "not an absolute http or https URL" };
  }
  const overrides = hash < 0 || hash === text.length - 1 ? defaultOverrides : overridesIn(text.slice(hash + 1));
  return "kind" in overrides ? overrides : { kind: "url", url: parsed.href, overrides };
}

function overridesIn(fragment: string): ConnectionOverrides | OverrideError {
  const before = fragments.get(fragment);
  if (before !== undefined) return before;
  const read = readFragment(fragment);
  if (fragments.size >= fragmentsMax) fragments.clear();
  fragments.set(fragment, read);
  return read;
}

function readFragment(fragment: string): ConnectionOverrides | OverrideError {
  const overrides: { -readonly [K in keyof ConnectionOverrides]: ConnectionOverrides[K] } = { ...defaultOverrides };
  for (const pair of fragment.split("&")) {
    const problem = applyOverride(overrides, pair);
    if (problem === undefined) continue;
    const errorCode = problem === unknownEdge ? 11240 : 11243;
    return { kind: "error", errorCode, detail: `override ${pair}: ${problem}` };
  }
  return overrides;
}

const unknownEdge = "is not a list of edges";

function applyOverride(overrides: ConnectionOverrides, pair: string): string | undefined {
  const equals = pair.indexOf("=");
  if (equals < 0) return "has no value";
  const key = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  const integer = (min: number, max: number, name: keyof ConnectionOverrides): string | undefined => {
    const parsed = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    if (!(parsed >= min && parsed <= max)) return `is not a whole number from ${min} to ${max}`;
    Object.assign(overrides, { [name]: parsed });
    return undefined;
  };
  switch (key) {
    case "ct":
      return integer(100, 10_000, "connectTimeoutMs");
    case "rt":
      return integer(100, 15_000, "readTimeoutMs");
    case "tt":
      return integer(100, 15_000, "totalTimeoutMs");
    case "rc":
      return integer(0, 5, "retriesMax");
    case "rp": {
      const policy = value.split(",");
      if (!policy.every(isPolicy)) return "is not a list of 4xx, 5xx, ct, rt, all";
      Object.assign(overrides, { retryPolicy: policy });
      return undefined;
    }
    case "sni":
      return value === "y" || value === "n" ? undefined : "is not y or n";
    case "e":
      // An edge is meaningless on the way to a local server.
      return value.split(",").every((edge) => edges.includes(edge) || interconnects.includes(edge))
        ? undefined
        : unknownEdge;
    default:
      return "is not a key";
  }
}

function isPolicy(text: string): text is RetryClass | "all" {
  return ["4xx", "5xx", "ct", "rt", "all"].includes(text);
}
