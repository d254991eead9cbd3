import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { flowName, question } from "./question.ts";

/** The question without anybody thinking about it, for those that measure what is around. */
const { PRIMARY_BASE_URL = "" } = process.env;
const action = `${PRIMARY_BASE_URL}/voice/${flowName}`;
const prompts = `<Play>${PRIMARY_BASE_URL}/prompts/${question.file}</Play><Say>${question.ask(1)}</Say>`;

export const fixedDocument: APIGatewayProxyStructuredResultV2 = {
  statusCode: 200,
  headers: { "content-type": "text/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1" action="${action}">${prompts}</Gather></Response>`,
};
