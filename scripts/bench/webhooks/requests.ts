import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { signedEvent } from "../../stack/signed-event.ts";

/** A webhook request, and what its clouds make of it. */
export interface WebhookRequest {
  /** without connection overrides: they are neither sent nor signed */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  /** repeated by Twilio when it asks again [D Connection Overrides] */
  readonly idempotencyToken: string;
}

export function toRequest(url: string, callSid: string, answer: Readonly<Record<string, string>>): WebhookRequest {
  const params = {
    AccountSid: `AC${"0".repeat(32)}`,
    ApiVersion: "2010-04-01",
    CallSid: callSid,
    CallStatus: "in-progress",
    Direction: "inbound",
    From: "+815011112222",
    To: "+815033334444",
    ...answer,
  };
  return { url, params, idempotencyToken: randomUUID() };
}

/** Twilio's fallback request for a webhook that failed. [D Availability and Reliability] */
export function toFallbackRequest(fallbackUrl: string, lost: WebhookRequest): WebhookRequest {
  // 11205: the connection failed [D error 11205]
  return { ...lost, url: fallbackUrl, params: { ...lost.params, ErrorCode: "11205", ErrorUrl: lost.url } };
}

/** The request as API Gateway would hand it to the function. */
export function toApiEvent(request: WebhookRequest, authToken: string): APIGatewayProxyEventV2 {
  const { url, params, idempotencyToken } = request;
  const event = signedEvent(url, params, authToken);
  return { ...event, headers: { ...event.headers, "i-twilio-idempotency-token": idempotencyToken } };
}

/** The request as Twilio Functions would hand it over: query and form in one object, headers beside them. [D Functions request flow] */
export function toFunctionEvent(request: WebhookRequest, authToken: string): Record<string, unknown> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  return { ...query, ...request.params, request: { headers: toApiEvent(request, authToken).headers } };
}

/** Where the document's question goes, without connection overrides; undefined when it asks nothing. */
export function actionOf(twiml: string): string | undefined {
  const [, action] = /<Gather[^>]* action="([^"#]+)/.exec(twiml) ?? [];
  return action?.replaceAll("&amp;", "&");
}
