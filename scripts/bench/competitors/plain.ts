import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { paramsOf } from "./params.ts";
import { isSigned, type Result, refused, takeTurn } from "./webhook.ts";

/** What a good engineer writes today. */
export const handler = middy<APIGatewayProxyEventV2, Result>().handler(async (event) => {
  const params = paramsOf(event);
  return isSigned(event, params) ? takeTurn(params) : refused;
});
