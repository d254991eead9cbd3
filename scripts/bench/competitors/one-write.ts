import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fixedDocument } from "./fixed-document.ts";
import { paramsOf } from "./params.ts";

const { SESSIONS_TABLE: TableName, TABLE_REGION: region, TABLE_ENDPOINT: endpoint } = process.env;
const client = new DynamoDBClient({ ...(region && { region }), ...(endpoint && { endpoint }) });

/**
 * The limit: what keeps a position cannot do less than one conditional write. Nothing is checked, sealed, thought about or logged.
 */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>().handler(async (event) => {
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { callSid: { S: paramsOf(event).CallSid ?? "" } },
      UpdateExpression: "SET turn = :turn",
      ConditionExpression: "attribute_not_exists(turn) OR turn <= :turn",
      ExpressionAttributeValues: { ":turn": { N: "1" } },
    }),
  );
  return fixedDocument;
});
