import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";

/** A webhook request as API Gateway would hand it to the function, signed as Twilio signs it. */
export function signedEvent(
  url: string,
  params: Readonly<Record<string, string>>,
  authToken: string,
): APIGatewayProxyEventV2 {
  const { host, pathname, search } = new URL(url);
  const signature = getExpectedTwilioSignature(authToken, `https://${host}${pathname}${search}`, { ...params });
  const nowMs = Date.now();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: {
      host,
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "user-agent": "TwilioProxy/1.1",
      "x-forwarded-proto": "https",
      "x-twilio-signature": signature,
    },
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: host,
      domainPrefix: "local",
      http: {
        method: "POST",
        path: pathname,
        protocol: "HTTP/1.1",
        sourceIp: "192.0.2.1",
        userAgent: "TwilioProxy/1.1",
      },
      requestId: "bench",
      routeKey: "$default",
      stage: "$default",
      time: new Date(nowMs).toISOString(),
      timeEpoch: nowMs,
    },
    body: Buffer.from(new URLSearchParams(params).toString()).toString("base64"),
    isBase64Encoded: true,
  };
}
