/** Retry classes of the `rp` override; a status of 4xx or 5xx, a connection (or TLS) failure, no byte in the read timeout. */
export type RetryClass = "4xx" | "5xx" | "ct" | "rt";

export type ConnectionOverrides = {
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** For all attempts together. */
  totalTimeoutMs: number;
  retriesMax: number;
  retryPolicy: readonly (RetryClass | "all")[];
};

/** [D "Webhooks: Connection Overrides"] */
export const defaultOverrides: ConnectionOverrides = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 15_000,
  retriesMax: 1,
  retryPolicy: ["ct"],
};

export type SplitUrl =
  | { kind: "url"; url: string; overrides: ConnectionOverrides }
  | { kind: "error"; errorCode: 11100 | 11243; detail: string };

/**
 * Splits an absolute URL from the overrides in its fragment: `#ct=1000&rt=4500&tt=5000&rc=0&rp=ct,rt`. Stricter than Twilio is
 * known to be: every unknown key and every value out of range is error 11243, so that a rehearsal finds it.
 */
export function splitOverrides(text: string): SplitUrl {
  const hash = text.indexOf("#");
  const address = hash < 0 ? text : text.slice(0, hash);
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    return { kind: "error", errorCode: 11100, detail: "not an absolute http or https URL" };
  }
  const overrides: ConnectionOverrides = { ...defaultOverrides };
  for (const pair of hash < 0 || hash === text.length - 1 ? [] : text.slice(hash + 1).split("&")) {
    const problem = applyOverride(overrides, pair);
    if (problem !== undefined) return { kind: "error", errorCode: 11243, detail: `override ${pair}: ${problem}` };
  }
  return { kind: "url", url: parsed.href, overrides };
}

function applyOverride(overrides: ConnectionOverrides, pair: string): string | undefined {
  const equals = pair.indexOf("=");
  if (equals < 0) return "has no value";
  const key = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  const integer = (min: number, max: number, set: (value: number) => void): string | undefined => {
    const parsed = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    if (!(parsed >= min && parsed <= max)) return `is not a whole number from ${min} to ${max}`;
    set(parsed);
    return undefined;
  };
  switch (key) {
    case "ct":
      return integer(100, 10_000, (ms) => Object.assign(overrides, { connectTimeoutMs: ms }));
    case "rt":
      return integer(100, 15_000, (ms) => Object.assign(overrides, { readTimeoutMs: ms }));
    case "tt":
      return integer(100, 15_000, (ms) => Object.assign(overrides, { totalTimeoutMs: ms }));
    case "rc":
      return integer(0, 5, (count) => Object.assign(overrides, { retriesMax: count }));
    case "rp": {
      const policy = value.split(",");
      if (!policy.every(isPolicy)) return "is not a list of 4xx, 5xx, ct, rt, all";
      overrides.retryPolicy = policy;
      return undefined;
    }
    case "sni":
    case "e":
      return undefined; // Meaningless on the way to a local server.
    default:
      return "is not a key";
  }
}

function isPolicy(text: string): text is RetryClass | "all" {
  return ["4xx", "5xx", "ct", "rt", "all"].includes(text);
}
