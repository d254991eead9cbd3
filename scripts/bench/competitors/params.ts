import type { APIGatewayProxyEventV2 } from "aws-lambda";

export type Params = Readonly<Record<string, string>>;

/** What Twilio posts. */
export function paramsOf({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): Params {
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  return Object.fromEntries(new URLSearchParams(text));
}
