/**
 * Cookies that servers of a call have set; "accepted and returned like a browser" [D "TwiML for Programmable Voice"].
 */
export type CookieJar = ReturnType<typeof createCookieJar>;

type Cookie = {
  name: string;
  value: string;
  host: string;
  /** Set for the host alone, or with `Domain` for its subdomains too. */
  hostOnly: boolean;
  path: string;
  secure: boolean;
  /** Epoch milliseconds; undefined for as long as the jar lives. */
  expiresMs: number | undefined;
};

/** More would not be kept by a browser either. */
const cookiesMax = 50;

export function createCookieJar() {
  let cookies: Cookie[] = [];
  return {
    isEmpty: () => cookies.length === 0,
    /** @param lines values of `Set-Cookie`; one that is malformed or for a foreign domain is dropped */
    store: (url: URL, lines: readonly string[], nowMs: number): void => {
      for (const line of lines) {
        const cookie = parseCookie(line, url, nowMs);
        if (cookie === undefined) continue;
        const { name, host, path, expiresMs } = cookie;
        cookies = cookies.filter((old) => old.name !== name || old.host !== host || old.path !== path);
        if (expiresMs === undefined || expiresMs > nowMs) cookies = [...cookies, cookie].slice(-cookiesMax);
      }
    },
    /**
     * @param ofOtherHosts asked only when there are cookies that other hosts have set: whether they are sent too
     * @returns the value of the `Cookie` header, longest paths first; undefined when there is none
     */
    header: (url: URL, nowMs: number, ofOtherHosts: () => boolean): string | undefined => {
      const live = cookies.filter(({ expiresMs, secure, path }) => {
        if (expiresMs !== undefined && expiresMs <= nowMs) return false;
        return (!secure || url.protocol === "https:") && isPathPrefix(path, url.pathname);
      });
      const own = live.filter((cookie) => isHost(cookie, url.hostname));
      const sent = own.length < live.length && ofOtherHosts() ? live : own;
      if (sent.length === 0) return undefined;
      const ordered = sent.toSorted((a, b) => b.path.length - a.path.length);
      return ordered.map(({ name, value }) => `${name}=${value}`).join("; ");
    },
  };
}

function parseCookie(line: string, url: URL, nowMs: number): Cookie | undefined {
  const [pair = "", ...rest] = line.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === "") return undefined;
  const attributes = new Map(
    rest.map((part) => {
      const [key = "", ...value] = part.split("=");
      return [key.trim().toLowerCase(), value.join("=").trim()];
    }),
  );
  const domain = attributes.get("domain")?.replace(/^\./, "").toLowerCase() || undefined;
  if (domain !== undefined && url.hostname !== domain && !url.hostname.endsWith(`.${domain}`)) return undefined;
  const path = attributes.get("path");
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    host: domain ?? url.hostname,
    hostOnly: domain === undefined,
    path: path?.startsWith("/") ? path : url.pathname.slice(0, url.pathname.lastIndexOf("/")) || "/",
    secure: attributes.has("secure"),
    expiresMs: expiryOf(attributes, nowMs),
  };
}

/** `Max-Age` wins over `Expires`. */
function expiryOf(attributes: ReadonlyMap<string, string>, nowMs: number): number | undefined {
  const maxAge = attributes.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return nowMs + Number(maxAge) * 1000;
  const expiresMs = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(expiresMs) ? undefined : expiresMs;
}

function isHost({ host, hostOnly }: Cookie, hostname: string): boolean {
  return hostname === host || (!hostOnly && hostname.endsWith(`.${host}`));
}

function isPathPrefix(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}
