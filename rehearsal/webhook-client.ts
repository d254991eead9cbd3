import { randomUUID } from "node:crypto";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import type { RequestKind } from "./call-record.ts";
import { type ConnectionOverrides, type RetryClass, splitOverrides } from "./connection-overrides.ts";
import type { Exchange } from "./exchange.ts";
import { httpExchange } from "./http-exchange.ts";
import { failed, type Reply } from "./reply.ts";
import { twimlBytesMax } from "./twiml-document.ts";

/** [D ERR 11215] */
const redirectsMax = 10;
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
};

/** How requests travel, and the time by which their deadlines are kept. */
export type Wire = { exchange: Exchange; nowMs: () => number };

const realWire: Wire = { exchange: httpExchange, nowMs: () => performance.now() };

/** Runs around each attempt; `attempt` counts from 0. */
export type AroundAttempt = (attempt: number, send: () => Promise<Reply>) => Promise<Reply>;

/**
 * Sends a webhook request as Twilio does: signed, without its fragment, with the timeouts and retries that the
 * fragment asks for. The total time counts what is spent on the wire, not in `around`.
 */
export async function fetchWebhook(
  call: WebhookCall,
  around: AroundAttempt = (_attempt, send) => send(),
  wire: Wire = realWire,
): Promise<{ reply: Reply; attempts: number }> {
  const split = splitOverrides(call.url);
  if (split.kind === "error") {
    return { reply: { kind: "failed", errorCode: split.errorCode, detail: split.detail }, attempts: 0 };
  }
  const { overrides } = split;
  const idempotencyToken = randomUUID();
  let spentMs = 0;
  const send = async (): Promise<Reply> => {
    const startedMs = wire.nowMs();
    const deadlineMs = startedMs + overrides.totalTimeoutMs - spentMs;
    const reply = await followRedirects(call, split.url, overrides, idempotencyToken, deadlineMs, wire);
    spentMs += wire.nowMs() - startedMs;
    return reply;
  };
  for (let attempt = 0; ; attempt += 1) {
    const reply = await around(attempt, send);
    const again =
      attempt < overrides.retriesMax && spentMs < overrides.totalTimeoutMs && isRetried(reply, overrides.retryPolicy);
    if (!again) return { reply, attempts: attempt + 1 };
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
  idempotencyToken: string,
  deadlineMs: number,
  { exchange, nowMs }: Wire,
): Promise<Reply> {
  let url = firstUrl;
  let { method, params } = call;
  for (let redirects = 0; ; redirects += 1) {
    const remainingMs = deadlineMs - nowMs();
    if (remainingMs <= 0) return failed(11203, "total timeout is triggered", "final");
    const target = method === "GET" ? withParams(url, params) : url;
    const [asked, by, sent] = [target, method, params];
    const reply = await exchange({
      url: target,
      method,
      kind: call.kind,
      params,
      headers: () => headersOf(call, new URL(asked), by, sent, idempotencyToken),
      connectTimeoutMs: overrides.connectTimeoutMs,
      readTimeoutMs: overrides.readTimeoutMs,
      totalTimeoutMs: remainingMs,
      bodyBytesMax: twimlBytesMax,
    });
    // The parameters added to a GET are not part of the document's URL.
    if (reply.kind === "answer" && ![301, 302, 303, 307].includes(reply.status)) return { ...reply, url };
    if (reply.kind === "failed") return reply;
    const location = reply.headers.location;
    if (location === undefined || !URL.canParse(location, url)) return failed(11216, "invalid redirect", "final");
    if (redirects === redirectsMax) return failed(11215, `more than ${redirectsMax} redirects`, "final");
    const next = new URL(location, url);
    next.hash = "";
    url = next.href;
    if (reply.status !== 307) {
      // The parameters of the verb (Digits, RecordingUrl) are lost here [D "Debugging Your Twilio Application"].
      method = "GET";
      params = call.standardParams;
    }
  }
}

function withParams(url: string, params: Record<string, string>): string {
  const query = new URLSearchParams(params).toString();
  if (query === "") return url;
  const target = new URL(url);
  target.search = target.search.length > 1 ? `${target.search}&${query}` : query;
  return target.href;
}

/** Headers as captured in 2022 and 2023 [O]. */
function headersOf(
  call: WebhookCall,
  url: URL,
  method: "GET" | "POST",
  params: Record<string, string>,
  idempotencyToken: string,
): Record<string, string> {
  const signed = getExpectedTwilioSignature(call.authToken, signedUrl(url), method === "POST" ? params : {});
  return {
    ...(method === "POST" ? { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" } : {}),
    "User-Agent": "TwilioProxy/1.1",
    Accept: call.accept ?? "*/*",
    "X-Twilio-Signature": signed,
    "I-Twilio-Idempotency-Token": idempotencyToken,
    "X-Home-Region": "us1",
    Connection: "close",
  };
}

/** Credentials and fragment never count; the port counts on http only [D "Webhooks Security"]. */
export function signedUrl(url: URL): string {
  const signed = new URL(url);
  signed.hash = "";
  signed.username = "";
  signed.password = "";
  if (signed.protocol === "https:") signed.port = "";
  return signed.href;
}
