import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { isGenuine } from "../core/signature.ts";
import { type Incoming, parseForm, type Rejected, rejected, toVoiceRequest } from "../core/voice-request.ts";

/**
 * Reads one event of an API Gateway HTTP API, payload format 2.0, and checks that Twilio made it: the signature is
 * over the public base URL's scheme and host, the path and query as received, and every parameter of the body.
 *
 * @param baseUrl the leg's public base URL; a path in it (an API stage) is part of `rawPath` already
 */
export function readEvent(
  event: APIGatewayProxyEventV2,
  baseUrl: string,
  authTokens: readonly string[],
): Incoming | Rejected {
  const { method } = event.requestContext.http;
  if (method !== "POST" && method !== "GET") return rejected(405, "method not allowed");
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const target = `${event.rawPath}${query}`;
  const url = `${new URL(baseUrl).origin}${target}`;
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  // GET carries everything in the query, which the URL covers [D Webhooks Security]
  const form = parseForm(method === "GET" ? Buffer.from(event.rawQueryString) : body);
  if (form.kind === "rejected") return form;
  const signed = method === "GET" ? {} : Object.fromEntries(form.params);
  if (!isGenuine(authTokens, event.headers["x-twilio-signature"], url, signed)) return rejected(403, "signature");
  const request = toVoiceRequest(form.params);
  return "kind" in request ? request : { kind: "request", request, target };
}

/** An answer that API Gateway passes on as it is. */
export function toResult(statusCode: number, contentType: string, body: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": contentType, "cache-control": "no-store" }, body };
}
