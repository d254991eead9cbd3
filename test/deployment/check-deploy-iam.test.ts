import { describe, expect, test } from "vitest";
import { isAllowed, toStatements } from "../../scripts/check-deploy/iam.ts";

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/calls";
const document = (...statements: object[]) => toStatements({ Version: "2012-10-17", Statement: statements });
const allow = (Action: unknown, Resource: unknown, more = {}) => ({ Effect: "Allow", Action, Resource, ...more });

describe("a policy", () => {
  test("allows nothing by itself", () => {
    expect(isAllowed([], { action: "dynamodb:GetItem", resource: table })).toBe(false);
  });

  test.each([
    ["dynamodb:GetItem", table, true],
    ["DynamoDB:getitem", table, true],
    ["dynamodb:GetItems", table, false],
    ["dynamodb:GetItem", `${table}2`, false],
    ["dynamodb:GetItem", `${table}/index/x`, false],
    ["dynamodb:GetItem", "*", false],
  ])("allows %s on %s: %s", (action, resource, expected) => {
    expect(isAllowed(document(allow("dynamodb:GetItem", table)), { action, resource })).toBe(expected);
  });

  test.each([
    ["dynamodb:*", "*", true],
    ["dynamodb:Get*", `${table.slice(0, -2)}??`, true],
    ["dynamodb:?etItem", table, true],
    ["d.namodb:GetItem", table, false],
    ["dynamodb:Put*", "*", false],
    ["*", "arn:aws:s3:::*", false],
  ])("with the wildcards %s on %s: %s", (action, resource, expected) => {
    const attempt = { action: "dynamodb:GetItem", resource: table };
    expect(isAllowed(document(allow([action], [resource])), attempt)).toBe(expected);
  });

  test("that denies wins over one that allows", () => {
    const deny = { Effect: "Deny", Action: "dynamodb:Delete*", Resource: "*" };
    const both = document(allow("*", "*"), deny);
    expect(isAllowed(both, { action: "dynamodb:DeleteItem", resource: table })).toBe(false);
    expect(isAllowed(both, { action: "dynamodb:GetItem", resource: table })).toBe(true);
  });

  test("with a condition needs what the condition says", () => {
    const via = { Condition: { StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" } } };
    const statements = document(allow("kms:Decrypt", "*", via));
    const attempt = { action: "kms:Decrypt", resource: "arn:aws:kms:us-east-1:123456789012:key/1" };
    const context = { "kms:ViaService": "ssm.us-east-1.amazonaws.com" };
    expect(isAllowed(statements, attempt)).toBe(false);
    expect(isAllowed(statements, { ...attempt, context })).toBe(true);
    expect(isAllowed(statements, { ...attempt, context: { "kms:ViaService": "s3" } })).toBe(false);
  });

  test.each([
    [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }, "NotAction is not understood"],
    [{ Effect: "Allow", Action: "*", NotResource: table }, "NotResource is not understood"],
    [allow("*", "*", { Condition: { StringLike: {} } }), "condition StringLike is not understood"],
    [allow("*", "*", { Effect: "allow" }), "Effect is neither Allow nor Deny"],
  ])("that is not understood is refused, not guessed: %o", (statement, message) => {
    expect(() => document(statement)).toThrow(message);
  });
});
