/** A small evaluator of identity policies. It is ours and not AWS's: it knows what our policies use and refuses the rest. */

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Context keys and the values of which one must be there, as `StringEquals` has them. */
  readonly equals: Readonly<Record<string, readonly string[]>>;
}

export interface Attempt {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Denied unless something allows it; whatever denies it wins. [D IAM policy evaluation logic] */
export function isAllowed(statements: readonly Statement[], attempt: Attempt): boolean {
  const meant = statements.filter((statement) => concerns(statement, attempt));
  return meant.some(({ effect }) => effect === "Allow") && !meant.some(({ effect }) => effect === "Deny");
}

function concerns({ actions, resources, equals }: Statement, { action, resource, context = {} }: Attempt): boolean {
  return (
    actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    resources.some((pattern) => matches(pattern, resource)) &&
    Object.entries(equals).every(([key, values]) => values.includes(context[key] ?? ""))
  );
}

/** `*` any characters, `?` one. [D IAM JSON policy elements: Resource] */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

/**
 * Reads a policy document.
 *
 * @throws Error when it has an element that this evaluator does not know: what it means is then not known either
 */
export function toStatements(document: unknown): Statement[] {
  const { Statement: listed } = document as { Statement?: unknown };
  return list(listed).map((statement) => {
    const { Effect, Action, Resource, Condition = {}, Sid: _sid, ...unknown } = statement as Record<string, unknown>;
    const [name] = Object.keys(unknown);
    if (name !== undefined) throw new Error(`policy: ${name} is not understood`);
    if (Effect !== "Allow" && Effect !== "Deny") throw new Error("policy: Effect is neither Allow nor Deny");
    const [operator] = Object.keys(Condition as object).filter((one) => one !== "StringEquals");
    if (operator !== undefined) throw new Error(`policy: condition ${operator} is not understood`);
    const { StringEquals = {} } = Condition as { StringEquals?: Record<string, unknown> };
    const equals = Object.entries(StringEquals).map(([key, values]) => [key, list(values).map(String)] as const);
    return {
      effect: Effect,
      actions: list(Action).map(String),
      resources: list(Resource).map(String),
      equals: Object.fromEntries(equals),
    };
  });
}

function list(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
