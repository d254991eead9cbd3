import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { startTable, tableCredentials } from "../../scripts/stack/table.ts";

test("a write that takes a value from the item takes it from each item", async () => {
  const { endpoint, region, name: TableName, stop } = await startTable(0);
  const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
  try {
    const turns = [];
    for (const turn of ["1", "2", "3"]) {
      const Key = { callSid: { S: `call ${turn}` } };
      await client.send(new PutItemCommand({ TableName, Item: { ...Key, turn: { N: turn } } }));
      const [UpdateExpression, ConditionExpression] = ["SET attempt = turn", "turn <> resumes"];
      const asked = { TableName, Key, UpdateExpression, ConditionExpression, ReturnValues: "UPDATED_NEW" } as const;
      turns.push((await client.send(new UpdateItemCommand(asked))).Attributes?.attempt);
    }
    expect(turns).toEqual([{ N: "1" }, { N: "2" }, { N: "3" }]);
  } finally {
    client.destroy();
    await stop();
  }
});
