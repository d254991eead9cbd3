import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { validateBody } from "twilio/lib/webhooks/webhooks.js";
import { isGenuine } from "../core/signature.ts";
import type { PublicBase, ReceivedUrl } from "../core/url-shape.ts";
import { type Incoming, parseForm, type Rejected, rejected, toVoiceRequest } from "../core/voice-request.ts";

/**
 * Reads one event of an API Gateway HTTP API, payload format 2.0, and checks that Twilio made it: the signature is
 * over the public base URL's scheme and host, the path and query as received, and every parameter of the body.
 *
 * @param base the leg's; what a proxy in between says of host and scheme does not count
 */
export function readEvent(
  event: APIGatewayProxyEventV2,
  base: PublicBase,
  authTokens: readonly string[],
): Incoming | Rejected {
  const { method } = event.requestContext.http;
  if (method !== "POST" && method !== "GET") return rejected(405, "method not allowed");
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const signature = event.headers["x-twilio-signature"];
  const urls = publicUrls(event, base);
  const genuine = (params: Readonly<Record<string, string>>) =>
    urls.find(({ url }) => isGenuine(authTokens, signature, url, params));
  if (method === "POST" && isJson(event.headers["content-type"])) {
    const hash = new URLSearchParams(event.rawQueryString).get("bodySHA256") ?? "";
    const signed = genuine({}) !== undefined && validateBody(body.toString("utf8"), hash);
    return signed ? rejected(400, "JSON in place of a form") : rejected(403, "signature");
  }
  // GET carries everything in the query, which the URL covers [D Webhooks Security]
  const form = parseForm(method === "GET" ? Buffer.from(event.rawQueryString) : body);
  if (form.kind === "rejected") return form;
  const asked = genuine(method === "GET" ? {} : Object.fromEntries(form.params));
  if (asked === undefined) return rejected(403, "signature");
  const request = toVoiceRequest(form.params);
  return "kind" in request ? request : { kind: "request", request, target: asked.target };
}

/** Twilio signs JSON by its hash in the query; no voice webhook is documented to be JSON [D Webhooks Security]. */
function isJson(contentType: string | undefined): boolean {
  return /^\s*application\/json\b/i.test(contentType ?? "");
}

/** Every URL by which Twilio can have asked for this event, and its path and query: the received path first. */
function publicUrls(
  event: APIGatewayProxyEventV2,
  { path: prefix, origins }: PublicBase,
): { url: string; target: string }[] {
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const stage = `/${event.requestContext.stage}`;
  // a named stage is in rawPath even where a custom domain's URL has another prefix, or none, in its place
  const inside = event.rawPath.startsWith(`${stage}/`) ? event.rawPath.slice(stage.length) : event.rawPath;
  const received = `${event.rawPath}${query}`;
  const mapped = `${prefix}${inside}${query}`;
  const targets = mapped === received ? [received] : [received, mapped];
  return origins.flatMap((origin) => targets.map((target) => ({ url: `${origin}${target}`, target })));
}

/** The URL as API Gateway saw it, for the log of a request that was not taken. */
export function receivedUrl(event: APIGatewayProxyEventV2): ReceivedUrl {
  const { headers, requestContext, rawPath: path, rawQueryString: query } = event;
  return { scheme: headers["x-forwarded-proto"], host: headers.host ?? requestContext.domainName, path, query };
}

/** An answer that API Gateway passes on as it is. */
export function toResult(statusCode: number, contentType: string, body: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": contentType, "cache-control": "no-store" }, body };
}
