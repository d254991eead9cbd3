import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { flowName, question } from "./question.ts";

/** The floor: the same middleware engine around a fixed document. No signature is checked and nothing is kept. */
const { PRIMARY_BASE_URL = "" } = process.env;
const action = `${PRIMARY_BASE_URL}/voice/${flowName}`;
const prompts = `<Play>${PRIMARY_BASE_URL}/prompts/${question.file}</Play><Say>${question.ask(1)}</Say>`;
const twiml = `<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1" action="${action}">${prompts}</Gather></Response>`;

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>().handler(async () => ({
  statusCode: 200,
  headers: { "content-type": "text/xml" },
  body: twiml,
}));
