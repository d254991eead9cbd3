import { randomUUID } from "node:crypto";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { type ConnectionOverrides, type RetryClass, splitOverrides } from "./connection-overrides.ts";
import { exchange } from "./http-exchange.ts";
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
};

/** Runs around each attempt; `attempt` counts from 0. */
export type AroundAttempt = (attempt: number, send: () => Promise<Reply>) => Promise<Reply>;

/**
 * Sends a webhook request over HTTP as Twilio does: signed, without its fragment, with the timeouts and retries that the
 * fragment asks for. The total time counts what is spent on the wire, not in `around`.
 */
export async function fetchWebhook(
  call: WebhookCall,
  around: AroundAttempt = (_attempt, send) => send(),
): Promise<{ reply: Reply; attempts: number }> {
  const split = splitOverrides(call.url);
  if (split.kind === "error") {
    return { reply: { kind: "failed", errorCode: split.errorCode, detail: split.detail }, attempts: 0 };
  }
  const { overrides } = split;
  const idempotencyToken = randomUUID();
  let spentMs = 0;
  const send = async (): Promise<Reply> => {
    const startedMs = performance.now();
    const deadlineMs = startedMs + overrides.totalTimeoutMs - spentMs;
    const reply = await followRedirects(call, split.url, overrides, idempotencyToken, deadlineMs);
    spentMs += performance.now() - startedMs;
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
): Promise<Reply> {
  let url = new URL(firstUrl);
  let { method, params } = call;
  for (let redirects = 0; ; redirects += 1) {
    const remainingMs = deadlineMs - performance.now();
    if (remainingMs <= 0) return failed(11203, "total timeout is triggered", "final");
    const target = method === "GET" ? withParams(url, params) : url;
    const reply = await exchange({
      url: target,
      method,
      headers: headersOf(call, target, method, params, idempotencyToken),
      ...(method === "POST" ? { body: new URLSearchParams(params).toString() } : {}),
      connectTimeoutMs: overrides.connectTimeoutMs,
      readTimeoutMs: overrides.readTimeoutMs,
      totalTimeoutMs: remainingMs,
      bodyBytesMax: twimlBytesMax,
    });
    // The parameters added to a GET are not part of the document's URL.
    if (reply.kind === "answer" && ![301, 302, 303, 307].includes(reply.status)) return { ...reply, url: url.href };
    if (reply.kind === "failed") return reply;
    const location = reply.headers.location;
    if (location === undefined || !URL.canParse(location, url.href)) return failed(11216, "invalid redirect", "final");
    if (redirects === redirectsMax) return failed(11215, `more than ${redirectsMax} redirects`, "final");
    url = new URL(location, url);
    url.hash = "";
    if (reply.status !== 307) {
      // The parameters of the verb (Digits, RecordingUrl) are lost here [D "Debugging Your Twilio Application"].
      method = "GET";
      params = call.standardParams;
    }
  }
}

function withParams(url: URL, params: Record<string, string>): URL {
  const query = new URLSearchParams(params).toString();
  const target = new URL(url);
  if (query !== "") target.search = target.search.length > 1 ? `${target.search}&${query}` : query;
  return target;
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
