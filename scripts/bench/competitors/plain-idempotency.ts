import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { type Params, paramsOf } from "./params.ts";
import { client } from "./sessions.ts";
import { isSigned, type Result, refused, takeTurn } from "./webhook.ts";

/**
 * The same, made idempotent by Powertools, by the token that Twilio repeats when it asks again [D Connection
 * Overrides]. The signature is checked first: nobody else may read what was answered.
 */
const { IDEMPOTENCY_TABLE: tableName = "" } = process.env;
const config = new IdempotencyConfig({});
const takeOnce = makeIdempotent(async (_token: string, params: Params): Promise<Result> => takeTurn(params), {
  persistenceStore: new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client }),
  config,
});

export const handler = middy<APIGatewayProxyEventV2, Result>().handler(async (event, context: Context) => {
  const params = paramsOf(event);
  if (!isSigned(event, params)) return refused;
  config.registerLambdaContext(context);
  return takeOnce(event.headers["i-twilio-idempotency-token"] ?? `${params.CallSid}`, params);
});
