import { randomUUID } from "node:crypto";
import type { RequestKind } from "./call-record.ts";
import { type ConnectionOverrides, type RetryClass, splitOverrides } from "./connection-overrides.ts";
import type { CookieJar } from "./cookie-jar.ts";
import { type Dialect, defaultDialect } from "./dialect.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpCache } from "./http-cache.ts";
import { httpExchange } from "./http-exchange.ts";
import { failed, type Reply, refused } from "./reply.ts";
import { twimlBytesMax } from "./twiml-document.ts";
import { webhookHeaders, withParams } from "./webhook-headers.ts";

/** [D ERR 11215] */
const redirectsMax = 10;
/** Any other is an invalid redirect [D ERR 11216]. */
const redirectStatuses = [301, 302, 303, 307];

export type WebhookCall = {
  /** Absolute, its fragment holding connection overrides. */
  url: string;
  method: "GET" | "POST";
  params: Record<string, string>;
  /** What is left of the parameters after an HTTP redirect. */
  standardParams: Record<string, string>;
  authToken: string;
  accept?: string;
  kind?: RequestKind;
  dialect?: Dialect;
  /** Asked for only when headers are made, or a cookie has come. */
  cookies?: () => CookieJar;
  referer?: () => string | undefined;
  cache?: HttpCache;
  idempotencyToken?: (attempt: number) => string;
  /** Epoch milliseconds, for the age of cookies and cached answers. */
  epochMs?: () => number;
};

/** How requests travel, and the time by which their deadlines are kept. */
export type Wire = { exchange: Exchange; nowMs: () => number };

const realWire: Wire = { exchange: httpExchange, nowMs: () => performance.now() };

/** Runs around each attempt; `attempt` counts from 0. */
export type AroundAttempt = (attempt: number, send: () => Promise<Reply>) => Promise<Reply>;

const straight: AroundAttempt = (_attempt, send) => send();

/**
 * Sends a webhook request as Twilio does: signed, without its fragment, with the timeouts and retries that the
 * fragment asks for. The total time counts what is spent on the wire, not in `around`. No attempt is made for what a
 * cache knows and for a URL that is none.
 */
export async function fetchWebhook(
  call: WebhookCall,
  around: AroundAttempt = straight,
  wire: Wire = realWire,
): Promise<{ reply: Reply; attempts: number }> {
  const split = splitOverrides(call.url);
  if (split.kind === "error") return { reply: refused(split.errorCode, split.detail), attempts: 0 };
  const { overrides, url } = split;
  if (call.cache !== undefined && call.method === "GET")
    return throughCache(call.cache, call, url, overrides, around, wire);
  return attempt(call, url, overrides, {}, around, wire);
}

/** A cached answer that may be stale is asked about, and a 304 brings it back. */
async function throughCache(
  cache: HttpCache,
  call: WebhookCall,
  url: string,
  overrides: ConnectionOverrides,
  around: AroundAttempt,
  wire: Wire,
): Promise<{ reply: Reply; attempts: number }> {
  const epochMs = call.epochMs ?? Date.now;
  const dialect = call.dialect ?? defaultDialect;
  const key = withParams(url, call.params);
  const cached = cache.find(key, epochMs(), () => dialect.cacheFreshness === "reuse");
  if (cached.kind === "fresh") return { reply: cached.answer, attempts: 0 };
  const conditions = cached.kind === "stale" ? cached.headers : {};
  const { reply, attempts } = await attempt(call, url, overrides, conditions, around, wire);
  if (reply.kind !== "answer") return { reply, attempts };
  if (reply.status === 304 && cached.kind === "stale") return { reply: cached.answer, attempts };
  // What came by way of a redirect belongs to another URL.
  if (reply.url === url) cache.store(key, reply, epochMs());
  return { reply, attempts };
}

async function attempt(
  call: WebhookCall,
  url: string,
  overrides: ConnectionOverrides,
  conditions: Record<string, string>,
  around: AroundAttempt,
  wire: Wire,
): Promise<{ reply: Reply; attempts: number }> {
  let spentMs = 0;
  let token: string | undefined;
  for (let count = 0; ; count += 1) {
    const tokenOf = () => {
      if (call.idempotencyToken !== undefined) return call.idempotencyToken(count);
      token ??= randomUUID();
      return token;
    };
    const send = async (): Promise<Reply> => {
      const startedMs = wire.nowMs();
      const deadlineMs = startedMs + overrides.totalTimeoutMs - spentMs;
      const reply = await followRedirects(call, url, overrides, conditions, tokenOf, deadlineMs, wire);
      spentMs += wire.nowMs() - startedMs;
      return reply;
    };
    const reply = await around(count, send);
    const again =
      count < overrides.retriesMax && spentMs < overrides.totalTimeoutMs && isRetried(reply, overrides.retryPolicy);
    if (!again) return { reply, attempts: count + 1 };
  }
}

function isRetried(reply: Reply, policy: ConnectionOverrides["retryPolicy"]): boolean {
  const named = (name: RetryClass) => policy.includes(name) || policy.includes("all");
  if (reply.kind === "answer") {
    if (reply.status >= 500) return named("5xx");
    return reply.status >= 400 && named("4xx");
  }
  if (reply.failureClass === "final") return false;
  if (reply.failureClass === "ct" || reply.failureClass === "rt") return named(reply.failureClass);
  return policy.includes("all");
}

async function followRedirects(
  call: WebhookCall,
  firstUrl: string,
  overrides: ConnectionOverrides,
  conditions: Record<string, string>,
  tokenOf: () => string,
  deadlineMs: number,
  { exchange, nowMs }: Wire,
): Promise<Reply> {
  let url = firstUrl;
  let { method, params } = call;
  for (let redirects = 0; ; redirects += 1) {
    const remainingMs = deadlineMs - nowMs();
    if (remainingMs <= 0) return failed(11203, "total timeout is triggered", "final");
    const target = method === "GET" ? withParams(url, params) : url;
    const [by, sent] = [method, params];
    const reply = await exchange({
      url: target,
      method,
      kind: call.kind,
      params,
      headers: () => headersOf(call, target, by, sent, conditions, tokenOf()),
      connectTimeoutMs: overrides.connectTimeoutMs,
      readTimeoutMs: overrides.readTimeoutMs,
      totalTimeoutMs: remainingMs,
      bodyBytesMax: twimlBytesMax,
    });
    if (reply.kind === "failed") return reply;
    const setCookie = reply.headers["set-cookie"];
    if (setCookie !== undefined && call.cookies !== undefined) {
      call.cookies().store(new URL(url), setCookie.split("\n"), (call.epochMs ?? Date.now)());
    }
    const isRedirect = reply.status >= 300 && reply.status < 400 && reply.status !== 304;
    // The parameters added to a GET are not part of the document's URL.
    if (!isRedirect) return reply.url === url ? reply : { ...reply, url };
    const location = reply.headers.location;
    const next = location === undefined ? null : URL.parse(location, url);
    if (next === null || !redirectStatuses.includes(reply.status)) {
      return refused(11216, `invalid redirect: ${reply.status} to ${location ?? "nowhere"}`);
    }
    if (redirects === redirectsMax) return refused(11215, `more than ${redirectsMax} redirects`);
    next.hash = "";
    url = next.href;
    const kept = reply.status === 307 && (call.dialect ?? defaultDialect).redirect307 === "keeps-post";
    if (kept) continue;
    // The parameters of the verb (Digits, RecordingUrl) are lost here [D "Debugging Your Twilio Application"].
    method = "GET";
    params = call.standardParams;
  }
}

function headersOf(
  call: WebhookCall,
  url: string,
  method: "GET" | "POST",
  params: Record<string, string>,
  conditions: Record<string, string>,
  idempotencyToken: string,
): Record<string, string> {
  const dialect = call.dialect ?? defaultDialect;
  const jar = call.cookies?.();
  const nowMs = (call.epochMs ?? Date.now)();
  const cookie =
    jar?.isEmpty() === false ? jar.header(new URL(url), nowMs, () => dialect.cookieScope === "call") : undefined;
  const referer = call.referer?.();
  return webhookHeaders({
    ...{ url, method, params, conditions, idempotencyToken, cookie },
    authToken: call.authToken,
    accept: call.accept ?? "*/*",
    signed: call.kind !== "media" || dialect.mediaSigned,
    referer: referer !== undefined && dialect.referer ? referer : undefined,
  });
}
