import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

/** What API Gateway does between a socket and a Lambda function: HTTP API, payload format 2.0. [D HTTP API Lambda integration] */

/** API Gateway hands these over as text and everything else, forms included, in base64. */
const textLike = /^\s*(text\/|application\/(json|xml|javascript)\b|[^;]*\+(json|xml)\b)/i;

export interface EventOptions {
  nowMs: number;
  requestId: string;
  /** As Twilio sees this leg; gives the event its host and scheme. */
  publicUrl: string;
}

/** The event of one request: path and query stay exactly as they came in. */
export function toEvent(request: IncomingMessage, body: Buffer, options: EventOptions): APIGatewayProxyEventV2 {
  const { rawPath, rawQueryString } = splitTarget(request.url ?? "/");
  const { cookie, ...headers } = joinHeaders(request.rawHeaders);
  const publicUrl = new URL(options.publicUrl);
  const isBase64Encoded = body.length > 0 && !textLike.test(headers["content-type"] ?? "");
  const sourceIp = request.socket.remoteAddress ?? "127.0.0.1";
  const method = request.method ?? "GET";
  const query = [...new URLSearchParams(rawQueryString)];
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, "x-forwarded-for": sourceIp, "x-forwarded-proto": publicUrl.protocol.replace(":", "") },
    ...(query.length === 0 ? {} : { queryStringParameters: joinPairs(query) }),
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: publicUrl.host,
      domainPrefix: "local",
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: options.requestId,
      routeKey: "$default",
      stage: "$default",
      time: new Date(options.nowMs).toISOString(),
      timeEpoch: options.nowMs,
    },
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

/** Path and query of a request target, both raw; the target may be in absolute form. */
export function splitTarget(target: string): { rawPath: string; rawQueryString: string } {
  const relative = target.replace(/^https?:\/\/[^/?]*/i, "");
  const queryAt = relative.indexOf("?");
  const rawPath = queryAt < 0 ? relative : relative.slice(0, queryAt);
  return { rawPath: rawPath || "/", rawQueryString: queryAt < 0 ? "" : relative.slice(queryAt + 1) };
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([(rawHeaders[at] ?? "").toLowerCase(), rawHeaders[at + 1] ?? ""]);
  }
  return joinPairs(pairs);
}

/** A name that comes twice has its values joined by a comma, as API Gateway does for headers and query parameters. */
function joinPairs(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) joined.set(name, joined.has(name) ? `${joined.get(name)},${value}` : value);
  return Object.fromEntries(joined);
}

/** @param deadlineMs time since the epoch at which Lambda would end the function */
export function toContext(functionName: string, requestId: string, deadlineMs: number): Context {
  const unused = () => {};
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: "512",
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: randomUUID(),
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    done: unused,
    fail: unused,
    succeed: unused,
  };
}

/** Sends what the function returned; a value without `statusCode` is a 200 with that value as JSON. [D HTTP API Lambda integration] */
export function sendResult(response: ServerResponse, result: unknown): void {
  if (typeof result !== "object" || result === null || !("statusCode" in result)) {
    response.writeHead(200, { "content-type": "application/json" });
    return void response.end(typeof result === "string" ? result : JSON.stringify(result ?? null));
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result as Record<string, unknown>;
  const sent: Record<string, string | string[]> = { "content-type": "text/plain;charset=UTF-8" };
  for (const [name, value] of Object.entries(headers ?? {})) sent[name.toLowerCase()] = String(value);
  if (Array.isArray(cookies)) sent["set-cookie"] = cookies.map(String);
  const content = Buffer.from(String(body ?? ""), isBase64Encoded === true ? "base64" : "utf8");
  response.writeHead(Number(statusCode), { ...sent, "content-length": String(content.length) });
  response.end(content);
}

export function sendMessage(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ message }));
}
