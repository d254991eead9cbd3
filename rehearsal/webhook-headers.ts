import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";

/** What the headers of one attempt are made from. */
export type HeaderFacts = {
  authToken: string;
  url: string;
  method: "GET" | "POST";
  params: Readonly<Record<string, string>>;
  accept: string;
  idempotencyToken: string;
  signed: boolean;
  referer: string | undefined;
  cookie: string | undefined;
  /** `If-None-Match` and the like. */
  conditions: Readonly<Record<string, string>>;
};

/** Headers as captured in 2022 and 2023 [O]; `Referer` as in a log of 2018 [O]. */
export function webhookHeaders(facts: HeaderFacts): Record<string, string> {
  const { method, params, referer, cookie } = facts;
  const headers: Record<string, string> = {
    "User-Agent": "TwilioProxy/1.1",
    Accept: facts.accept,
    "I-Twilio-Idempotency-Token": facts.idempotencyToken,
    "X-Home-Region": "us1",
    Connection: "close",
    ...facts.conditions,
  };
  if (method === "POST") headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8";
  if (facts.signed) {
    const form = method === "POST" ? { ...params } : {};
    headers["X-Twilio-Signature"] = getExpectedTwilioSignature(facts.authToken, signedUrl(new URL(facts.url)), form);
  }
  if (referer !== undefined) headers.Referer = referer;
  if (cookie !== undefined) headers.Cookie = cookie;
  return headers;
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

/** The parameters of a GET come after the query that is there [D OAI; vectors]. The fragment is left out. */
export function withParams(url: string, params: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(params).toString();
  if (query === "") return url;
  const target = new URL(url);
  target.search = target.search.length > 1 ? `${target.search}&${query}` : query;
  target.hash = "";
  return target.href;
}
