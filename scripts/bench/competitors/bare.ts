import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fixedDocument } from "./fixed-document.ts";

/** The floor: the same middleware engine around a fixed document. No signature is checked and nothing is kept. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>().handler(
  async () => fixedDocument,
);
