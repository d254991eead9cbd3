import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { bodyBytesMax, tokenHeader } from "../../console/protocol.ts";

export interface Refused {
  readonly status: 403 | 405 | 413 | 415;
  readonly message: string;
}

/** The page's own address and what only the page knows. */
export interface Own {
  /** `127.0.0.1:4104` */
  readonly host: string;
  readonly token: string;
}

/**
 * What keeps pages of other origins out, before a byte of the body is read: a name that was bound anew to this machine
 * (DNS rebinding) has another Host, a form or script of another page another Origin, and neither can know the token.
 * @returns undefined for a request of our page
 */
export function refusalOf({ method, headers, url = "/" }: IncomingMessage, own: Own): Refused | undefined {
  const refuse = (status: Refused["status"], message: string): Refused => ({ status, message });
  if (headers.host !== own.host) return refuse(403, `Open http://${own.host}/ itself: another name is not answered.`);
  const { origin } = headers;
  const isOwn = origin === `http://${own.host}`;
  if (origin !== undefined && !isOwn) return refuse(403, "Another page may neither read nor act here.");
  if (method === "GET" || method === "HEAD") {
    const site = headers["sec-fetch-site"];
    const foreign = site !== undefined && site !== "same-origin" && site !== "none";
    // a link from elsewhere may lead to the page, and to nothing else
    return foreign && url.split("?", 1)[0] !== "/" ? refuse(403, "Another page may not read this.") : undefined;
  }
  if (method !== "POST") return refuse(405, "GET or POST.");
  if (!isOwn) return refuse(403, "The Origin is missing: only the page itself may act.");
  if (!isSame(String(headers[tokenHeader] ?? ""), own.token)) {
    return refuse(403, "The page is from another start of the server: reload it.");
  }
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  if (type.trim().toLowerCase() !== "application/json") return refuse(415, "The body must be application/json.");
  const length = Number(headers["content-length"] ?? "0");
  if (length > bodyBytesMax) return refuse(413, `The body is over ${bodyBytesMax} bytes.`);
  return undefined;
}

/** For every answer: nothing from elsewhere is loaded, and nobody frames the page. */
export const safeHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** In the same time whatever is wrong. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
