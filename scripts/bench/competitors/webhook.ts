import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import twilio from "twilio";
import type { Params } from "./params.ts";
import { flowName, question } from "./question.ts";
import { readSession, writeSession } from "./sessions.ts";

/** A webhook as it is written by hand: the whole `twilio` package, the session read and then written. */
export type Result = APIGatewayProxyStructuredResultV2;

const { PRIMARY_BASE_URL: baseUrl = "", TWILIO_AUTH_TOKEN: authToken = "" } = process.env;
const actionUrl = `${baseUrl}/voice/${flowName}`;
const promptUrl = `${baseUrl}/prompts/${question.file}`;

export function isSigned({ headers, rawPath, rawQueryString }: APIGatewayProxyEventV2, params: Params): boolean {
  const url = `${baseUrl}${rawPath}${rawQueryString && `?${rawQueryString}`}`;
  return twilio.validateRequest(authToken, headers["x-twilio-signature"] ?? "", url, params);
}

export const refused: Result = { statusCode: 403, headers: { "content-type": "text/plain" }, body: "signature" };

/** Takes the call one question further. */
export async function takeTurn({ CallSid: callSid = "", Digits: digits }: Params): Promise<Result> {
  const session = await readSession(callSid);
  const turn = (session?.turn ?? 0) + 1;
  const count = session === undefined || digits === undefined ? 1 : session.count + 1;
  await writeSession({ callSid, step: "ask", turn, count });
  const response = new twilio.twiml.VoiceResponse();
  const gather = response.gather({ numDigits: 1, action: actionUrl, method: "POST" });
  gather.play(promptUrl);
  gather.say({ language: "en-US" }, question.ask(count));
  // a caller who says nothing
  response.redirect({ method: "POST" }, actionUrl);
  return { statusCode: 200, headers: { "content-type": "text/xml" }, body: response.toString() };
}
