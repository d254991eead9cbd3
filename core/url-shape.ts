import { sealedText, whole } from "./names.ts";

/** A URL as a platform tells of it: nothing in it is trusted, or let into a log as it is. */
export interface ReceivedUrl {
  /** undefined: the platform does not tell */
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly path: string;
  /** raw, without its question mark */
  readonly query: string;
}

/** What was configured and what came, without what they hold. */
export interface UrlShapes {
  readonly configured: string;
  readonly received: string;
}

const ours = [
  "voice",
  "status",
  "media",
  "prompts",
  "voice-webhook",
  "voice-fallback",
  "voice-aside",
  "status-callback",
];
const sealed = whole(sealedText);
const plainHost = /^[a-z0-9.-]{1,120}(?::[0-9]{1,5})?$/;
const plainName = /^[A-Za-z][A-Za-z0-9]{0,31}$/;
const partsMax = 8;

/** A leg's public base URL, and what every request is compared with: taken apart once, not for each of them. */
export interface PublicBase {
  readonly url: string;
  /** empty, or with a slash before and none behind */
  readonly path: string;
  /**
   * Scheme and host, without and, where there are any, with credentials: Voice signs without them [D Webhooks Security], the
   * official libraries hold vectors that were signed with them [C twilio-node].
   */
  readonly origins: readonly string[];
}

export function publicBase(url: string): PublicBase {
  const { protocol, username, password, host, pathname } = new URL(url);
  const bare = `${protocol}//${host}`;
  const whole = `${protocol}//${username}${password === "" ? "" : `:${password}`}@${host}`;
  return { url, path: pathname.replace(/\/+$/, ""), origins: username === "" ? [bare] : [bare, whole] };
}

/**
 * Tells a configured base URL that does not fit from a request that somebody made up: schemes, hosts and the words of
 * our own paths are shown, of all else only what and how long it is.
 *
 * @param isKnown says of a path segment that it is no secret: a flow's name, an API stage
 * @returns undefined when scheme, host and the base URL's path are as configured, so that the cause is another
 */
export function urlShapes(
  { url, path: prefix }: PublicBase,
  received: ReceivedUrl,
  isKnown: (segment: string) => boolean,
): UrlShapes | undefined {
  const base = new URL(url);
  const scheme = base.protocol.slice(0, -1);
  const sameScheme = received.scheme === undefined || received.scheme.toLowerCase() === scheme;
  const sameHost = received.host === undefined || hostOf(scheme, received.host) === base.host;
  const samePath = received.path === prefix || received.path.startsWith(`${prefix}/`);
  if (sameScheme && sameHost && samePath) return undefined;
  const credentials = base.username === "" ? "" : "{credentials}@";
  const asked = `${schemeShape(received.scheme)}://${hostShape(received.host)}${pathShape(received.path, isKnown)}`;
  return {
    configured: `${scheme}://${credentials}${base.host}${pathShape(prefix, isKnown)}`,
    received: `${asked}${queryShape(received.query)}`,
  };
}

/** A host as URLs write it: small letters, no default port. */
function hostOf(scheme: string, host: string): string {
  const url = `${scheme}://${host}`;
  return URL.canParse(url) ? new URL(url).host : host;
}

function schemeShape(scheme: string | undefined): string {
  const small = scheme?.toLowerCase() ?? "";
  return small === "http" || small === "https" ? small : "{scheme}";
}

function hostShape(host: string | undefined): string {
  const small = host?.toLowerCase() ?? "";
  return plainHost.test(small) ? small : "{host}";
}

function pathShape(path: string, isKnown: (segment: string) => boolean): string {
  const segments = path.split("/").map((segment) => {
    if (segment === "" || ours.includes(segment) || isKnown(segment)) return segment;
    return sealed.test(segment) ? "{sealed}" : `{${segment.length} characters}`;
  });
  return bounded(segments, "/");
}

/** Names only: values are callers' numbers, digits and sealed checkpoints. */
function queryShape(query: string): string {
  if (query === "") return "";
  const names = query.split("&").map((pair) => {
    const [name = ""] = pair.split("=", 1);
    return plainName.test(name) ? name : `{${name.length} characters}`;
  });
  return `?${bounded(names, "&")}`;
}

function bounded(parts: readonly string[], sign: string): string {
  return (parts.length > partsMax ? [...parts.slice(0, partsMax), "{more}"] : parts).join(sign);
}
