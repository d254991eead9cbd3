/**
 * dynalite parses the expressions of every request anew, and its parser tries what is in parentheses several times: more than half of
 * the time that one of our writes took. Here an expression is parsed once; what comes later gets a copy with its own values in it.
 */

type Values = Readonly<Record<string, object>>;

/** What dynalite hands to its parsers: the request's names and values, and lists from which the parser deletes what it met. */
export interface ExpressionContext {
  readonly attrNames?: Readonly<Record<string, string>> | undefined;
  readonly attrVals?: Values | undefined;
  readonly unusedAttrNames: Record<string, boolean>;
  readonly unusedAttrVals: Record<string, boolean>;
}
export interface ExpressionParser {
  /** @returns a tree that holds the values themselves, or a text that says what is wrong */
  parse(expression: string, options: { readonly context: ExpressionContext }): unknown;
}

interface Parsed {
  readonly tree: unknown;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** of each parser; our flows have some dozens for each turn that a call may have */
const parsedMax = 2_000;

/** Makes a parser keep what it has parsed. */
export function keepParsed(parser: ExpressionParser): void {
  const { parse } = parser;
  const kept = new Map<string, Parsed>();
  parser.parse = (expression, options) => {
    const { context } = options;
    const values = context.attrVals ?? {};
    const key = keyOf(expression, context);
    const known = kept.get(key);
    if (known !== undefined) {
      for (const name of known.names) delete context.unusedAttrNames[name];
      for (const name of known.values) delete context.unusedAttrVals[name];
      return filled(known.tree, values);
    }
    const [names, given] = [Object.keys(context.unusedAttrNames), Object.keys(context.unusedAttrVals)];
    const tree = parse(expression, options);
    if (typeof tree === "string" || looksIntoValues(expression)) return tree;
    if (kept.size >= parsedMax) kept.clear();
    kept.set(key, {
      tree: emptied(tree, new Map(Object.entries(values).map(([name, value]) => [value, name]))),
      names: names.filter((name) => !(name in context.unusedAttrNames)),
      values: given.filter((name) => !(name in context.unusedAttrVals)),
    });
    return tree;
  };
}

/** All that a tree depends on, but for what is in the values: the parser looks at their types alone. */
function keyOf(expression: string, { attrNames = {}, attrVals = {} }: ExpressionContext): string {
  const types = Object.entries(attrVals).map(([name, value]) => `${name} ${Object.keys(value).join()}`);
  return JSON.stringify([expression, attrNames, types]);
}

/** Bounds are compared with each other, and a type is named by a value, while an expression is parsed. */
const looksIntoValues = (expression: string) => /between|attribute_type/i.test(expression);

class Place {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function emptied(tree: unknown, names: ReadonlyMap<unknown, string>): unknown {
  return copied(tree, (part) => {
    const name = names.get(part);
    return name === undefined ? undefined : new Place(name);
  });
}

function filled(tree: unknown, values: Values): unknown {
  return copied(tree, (part) => (part instanceof Place ? values[part.name] : undefined));
}

/** dynalite writes into the trees that it is given, so everybody gets one of their own. */
function copied(tree: unknown, instead: (part: object) => object | undefined): unknown {
  if (typeof tree !== "object" || tree === null) return tree;
  const other = instead(tree);
  if (other !== undefined) return other;
  if (Array.isArray(tree)) return tree.map((part) => copied(part, instead));
  const copy = Object.create(Object.getPrototypeOf(tree));
  for (const name in tree) copy[name] = copied(tree[name as keyof typeof tree], instead);
  return copy;
}
