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
  let key = JSON.stringify(expression);
  for (const name in attrNames) key += `\n${name} ${JSON.stringify(attrNames[name])}`;
  for (const name in attrVals) {
    key += `\n${name}`;
    for (const type in attrVals[name]) key += ` ${type}`;
  }
  return key;
}

/** Bounds are compared with each other, and a type is named by a value, while an expression is parsed. */
const looksIntoValues = (expression: string) => /between|attribute_type/i.test(expression);

/** Stands in a kept tree where a value was. */
class Place {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The tree with places for its values. Paths are frozen, because all later requests share them; dynalite only reads these. */
function emptied(tree: unknown, names: ReadonlyMap<unknown, string>): unknown {
  if (typeof tree !== "object" || tree === null) return tree;
  const name = names.get(tree);
  if (name !== undefined) return new Place(name);
  const copy = changed(tree, (part) => emptied(part, names));
  return Array.isArray(copy) && copy.every(isStep) ? Object.freeze(copy) : copy;
}

const isStep = (part: unknown) => typeof part === "string" || typeof part === "number";

/** dynalite writes into the trees that it is given, so everybody gets one of their own. */
function filled(tree: unknown, values: Values): unknown {
  if (typeof tree !== "object" || tree === null || Object.isFrozen(tree)) return tree;
  if (tree instanceof Place) return values[tree.name];
  return changed(tree, (part) => filled(part, values));
}

function changed(node: object, change: (part: unknown) => unknown): object {
  if (Array.isArray(node)) return node.map(change);
  const copy = Object.getPrototypeOf(node) === null ? Object.assign(Object.create(null), node) : { ...node };
  for (const name in copy) copy[name] = change(copy[name]);
  return copy;
}
