import type { Cause } from "./records.ts";

/** Twilio's codes of requests that got no usable answer. [D error pages 11200 to 11251] */
const byCode: Readonly<Record<string, Cause>> = {
  "11201": { kind: "connect", what: "no connection within the connect timeout" },
  "11202": { kind: "refused", what: "the connection was refused" },
  "11203": { kind: "timeout", what: "no answer within Twilio's total time" },
  "11205": { kind: "connection", what: "the connection failed" },
  "11206": { kind: "protocol", what: "what came back was no HTTP" },
  "11210": { kind: "dns", what: "the host name was not found" },
  "11215": { kind: "redirect", what: "redirected too often" },
  "11216": { kind: "redirect", what: "redirected to nowhere" },
  "11220": { kind: "tls", what: "the TLS handshake failed" },
  "11235": { kind: "tls", what: "the certificate is of another name" },
  "11236": { kind: "tls", what: "the certificate has expired" },
  "11237": { kind: "tls", what: "the certificate's chain could not be checked" },
  "11251": { kind: "protocol", what: "what came back was no HTTP" },
};

const byText: readonly (readonly [RegExp, Cause])[] = [
  [/unknown host|host not found|name or service not known|getaddrinfo/i, { kind: "dns", what: "unknown host" }],
  [/\b(?:ssl|tls)\b|certificate|handshake/i, { kind: "tls", what: "TLS failed" }],
  [/total timeout is triggered/i, { kind: "timeout", what: "no answer within Twilio's total time" }],
  [
    /connect(?:ion)? timed? ?out|connect timeout/i,
    { kind: "connect", what: "no connection within the connect timeout" },
  ],
  [/read timed out|read timeout/i, { kind: "timeout", what: "no answer within the read timeout" }],
  [/connection refused/i, { kind: "refused", what: "the connection was refused" }],
  [
    /connection (?:reset|closed)|broken pipe|end of file|http connection failure/i,
    { kind: "connection", what: "the connection broke" },
  ],
];

/** What an error code of Twilio says by itself; 11200 and 11217 say nothing. */
export function causeOfCode(errorCode: string): Cause | undefined {
  return byCode[errorCode];
}

/**
 * The true cause of a 502 that Twilio's proxy made: the header `X-Twilio-WebhookError`, else the body. [O: section 5.6 of the
 * facts about Twilio] What they say is told in our words: they name hosts and URLs.
 */
export function causeOf(header: string | undefined, ...texts: readonly (string | undefined)[]): Cause | undefined {
  const code = /^\s*(\d{5})\b/.exec(header ?? "")?.[1];
  const known = code === undefined ? undefined : byCode[code];
  if (known !== undefined && code !== undefined) {
    return { kind: known.kind, what: `X-Twilio-WebhookError ${code}: ${known.what}${attempts(texts)}` };
  }
  for (const text of [header, ...texts]) {
    const said = text?.slice(0, 4_000);
    const found = said === undefined ? undefined : byText.find(([pattern]) => pattern.test(said));
    if (found !== undefined)
      return { kind: found[1].kind, what: `Twilio's answer in our place: ${found[1].what}${attempts(texts)}` };
  }
  return undefined;
}

function attempts(texts: readonly (string | undefined)[]): string {
  for (const text of texts) {
    const [, ms, count] =
      /Configured tt is (\d{1,6})ms and we attempted (\d{1,3}) time/.exec(text?.slice(0, 4_000) ?? "") ?? [];
    if (ms !== undefined) return ` (${ms} ms, ${count} attempt${count === "1" ? "" : "s"})`;
  }
  return "";
}
