import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ExpressionContext, type ExpressionParser, keepParsed } from "../../scripts/stack/parsed-expressions.ts";

const require = createRequire(import.meta.url);
const condition = untouched("dynalite/db/conditionParser");
const update = untouched("dynalite/db/updateParser");

/** A parser of its own, which no embedded table of this process has made to keep anything. */
function untouched(file: string): ExpressionParser {
  delete require.cache[require.resolve(file)];
  return require(file);
}

type Names = Record<string, string>;
type Values = Record<string, object>;

/** As dynalite makes it for a request. */
function contextOf(names: Names, values: Values): ExpressionContext {
  const [unusedAttrNames, unusedAttrVals] = [names, values].map((all) =>
    Object.fromEntries(Object.keys(all).map((name) => [name, true])),
  ) as [Record<string, boolean>, Record<string, boolean>];
  const rest = {
    isReserved: (name: string) => name.toUpperCase() === "DATA",
    compare: (_: "GT", low: { N?: string }, high: { N?: string }) => Number(low.N) > Number(high.N),
  };
  return { attrNames: names, attrVals: values, unusedAttrNames, unusedAttrVals, ...rest };
}

/** What a parser makes of a request: its tree or what is wrong, and what it has not met. */
function outcome(parser: ExpressionParser, expression: string, names: Names, values: Values) {
  const context = contextOf(names, values);
  try {
    const tree = parser.parse(expression, { context });
    return { tree, unused: [Object.keys(context.unusedAttrNames), Object.keys(context.unusedAttrVals)] };
  } catch (error) {
    return { error: String(error) };
  }
}

/** The parser that keeps, and a way to see how often the one behind it was asked. */
function keeping({ parse }: ExpressionParser) {
  const asked: string[] = [];
  const parser: ExpressionParser = {
    parse(expression, options) {
      asked.push(expression);
      return parse(expression, options);
    },
  };
  keepParsed(parser);
  return { parser, asked };
}

const path = fc.constantFrom("turn", "attempt", "#pin", "#pin.#token", "data", "a[1]", "#unknown");
const value = fc.constantFrom(":a", ":b", ":c", ":unknown");
const operand = fc.oneof(path, value, fc.constant("size(turn)"));
const comparison = fc
  .tuple(operand, fc.constantFrom("=", "<", "<=", "<>"), operand)
  .map(([left, sign, right]) => `${left} ${sign} ${right}`);
const calls = fc.oneof(
  path.map((at) => `attribute_not_exists(${at})`),
  fc.tuple(path, value).map(([at, is]) => `attribute_type(${at}, ${is})`),
  fc.tuple(path, value).map(([at, is]) => `begins_with(${at}, ${is})`),
  fc.tuple(path, value, value).map(([at, low, high]) => `${at} BETWEEN ${low} AND ${high}`),
);
const { either } = fc.letrec<{ either: string }>((tie) => ({
  either: fc.oneof(
    { depthSize: "small" },
    comparison,
    calls,
    fc.tuple(tie("either"), fc.constantFrom("AND", "OR"), tie("either")).map((parts) => parts.join(" ")),
    tie("either").map((inner) => `(${inner})`),
    tie("either").map((inner) => `NOT ${inner}`),
  ),
}));
const assignment = fc
  .tuple(
    path,
    fc.oneof(
      operand,
      fc.tuple(path, value).map(([at, is]) => `if_not_exists(${at}, ${is})`),
    ),
  )
  .map(([at, is]) => `${at} = ${is}`);
const updates = fc
  .tuple(fc.array(assignment, { minLength: 1, maxLength: 4 }), fc.option(path, { nil: undefined }))
  .map(([set, removed]) => `SET ${set.join(", ")}${removed === undefined ? "" : ` REMOVE ${removed}`}`);
const attribute = fc.oneof(
  fc.constantFrom("S", "N", "no type").map((S) => ({ S })),
  fc.integer({ min: 0, max: 9 }).map((n) => ({ N: String(n) })),
  fc.constant({ M: { token: { S: "x" } } }),
);
const values = fc.record({ ":a": attribute, ":b": attribute, ":c": attribute });
const names = fc.record({ "#pin": fc.constantFrom("p#1", "p#2"), "#token": fc.constant("token") });

test.each([
  ["condition", condition, either],
  ["update", update, updates],
] as const)("an expression that is kept means what it meant before: %s", (_, plain, expressions) => {
  const { parser } = keeping(plain);
  fc.assert(
    fc.property(
      expressions,
      fc.array(fc.tuple(names, values), { minLength: 2, maxLength: 4 }),
      (expression, requests) => {
        for (const [called, given] of requests) {
          const kept = outcome(parser, expression, called, given);
          expect(kept).toEqual(outcome(plain, expression, called, given));
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  ["attribute_type(turn, :a)", { ":a": { S: "N" } }, { ":a": { S: "no type" } }],
  ["turn BETWEEN :a AND :b", { ":a": { N: "1" }, ":b": { N: "2" } }, { ":a": { N: "2" }, ":b": { N: "1" } }],
])("an expression of which the values decide is parsed each time: %s", (expression, right, wrong) => {
  const { parser } = keeping(condition);
  expect(outcome(parser, expression, {}, right).tree).toBeTypeOf("object");
  expect(outcome(parser, expression, {}, wrong).tree).toBeTypeOf("string");
});

const fence = "(attribute_not_exists(turn) OR turn < :a) AND attribute_not_exists(#pin)";
const pin = { "#pin": "p#1" };

test("an expression is parsed once for all values of the same types", () => {
  const { parser, asked } = keeping(condition);
  for (let n = 0; n < 5; n += 1) outcome(parser, fence, pin, { ":a": { N: String(n) } });
  expect(asked).toHaveLength(1);
  outcome(parser, fence, pin, { ":a": { S: "text" } });
  outcome(parser, fence, { "#pin": "p#2" }, { ":a": { N: "1" } });
  expect(asked).toHaveLength(3);
});

test("what a request makes of its tree is nobody else's", () => {
  const { parser } = keeping(update);
  const ask = () => outcome(parser, "SET turn = :a", {}, { ":a": { N: "7" } }).tree as { sections: { val: object }[] };
  ask();
  const [section] = ask().sections;
  if (section) section.val = { N: "8" };
  expect(ask().sections[0]?.val).toEqual({ N: "7" });
});

test("expressions without end do not fill the memory", () => {
  const { parser, asked } = keeping(condition);
  const ask = (n: number) => outcome(parser, `turn${n} < :a`, {}, { ":a": { N: "1" } });
  for (let n = 0; n < 2_001; n += 1) ask(n);
  ask(0);
  expect(asked).toHaveLength(2_002);
  ask(2_000);
  expect(asked).toHaveLength(2_002);
});
