import { type Statement, toStatements } from "./iam.ts";
import { asList, asObject, type Json, type JsonObject, type Template } from "./template.ts";

/** The template as if it were deployed: what its references stand for. */
export const sample = {
  account: "123456789012",
  region: "us-east-1",
  stack: "stayline",
  table: "arn:aws:dynamodb:us-east-1:123456789012:table/stayline-Table",
  key: "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
} as const;

const pseudo: Readonly<Record<string, string>> = {
  "AWS::AccountId": sample.account,
  "AWS::Region": sample.region,
  "AWS::Partition": "aws",
  "AWS::StackName": sample.stack,
  "AWS::URLSuffix": "amazonaws.com",
};

/** Replaces references; every condition holds, so that nothing that could be allowed is overlooked. */
export function resolve(value: Json, template: Template): Json {
  const { parameters, resources } = template;
  const named = (name: string): string => {
    if (name in pseudo) return pseudo[name] ?? "";
    if (name === "SecretsKeyArn") return sample.key;
    if (name in parameters) return String(parameters[name]?.Default ?? `<${name}>`);
    return `<${name}>`;
  };
  const arnOf = (name: string): string => {
    const { Type, Properties = {} } = resources[name] ?? {};
    if (Type === "AWS::DynamoDB::GlobalTable") return sample.table;
    if (Type !== "AWS::Logs::LogGroup") return `<${name}.Arn>`;
    const group = String(resolve(Properties.LogGroupName ?? "", template));
    return `arn:aws:logs:${sample.region}:${sample.account}:log-group:${group}:*`;
  };
  if (Array.isArray(value)) return (value as Json[]).map((item) => resolve(item, template));
  if (typeof value !== "object" || value === null) return value;
  const { Ref, "Fn::Sub": sub, "Fn::GetAtt": getAtt, "Fn::If": choice } = asObject(value);
  if (typeof Ref === "string") return named(Ref);
  if (typeof sub === "string")
    return sub.replace(/\$\{([^}]+)\}/g, (_, name: string) =>
      name.endsWith(".Arn") ? arnOf(name.slice(0, -4)) : named(name),
    );
  if (getAtt !== undefined) return arnOf(String(asList(getAtt)[0]));
  if (choice !== undefined) return resolve(asList(choice)[1] ?? null, template);
  return Object.fromEntries(Object.entries(asObject(value)).map(([name, inner]) => [name, resolve(inner, template)]));
}

/** Every role and user of the template with all that its policies say, by its name in the template. */
export function identities(template: Template): Map<string, Statement[]> {
  const { resources } = template;
  const document = (policy: JsonObject) => toStatements(resolve(policy.PolicyDocument ?? null, template));
  const all = Object.entries(resources);
  const found = new Map<string, Statement[]>();
  for (const [name, { Type, Properties }] of all) {
    if (Type !== "AWS::IAM::Role" && Type !== "AWS::IAM::User") continue;
    if ("ManagedPolicyArns" in Properties) throw new Error(`${name}: ManagedPolicyArns are not read here`);
    const attached = all.filter(([, policy]) => {
      if (!policy.Type.startsWith("AWS::IAM::") || !policy.Type.endsWith("Policy")) return false;
      const { Roles, Users } = policy.Properties;
      return [...asList(Roles), ...asList(Users)].some((identity) => asObject(identity).Ref === name);
    });
    const policies = [...asList(Properties.Policies).map(asObject), ...attached.map(([, policy]) => policy.Properties)];
    found.set(name, policies.flatMap(document));
  }
  return found;
}

/** `effect action resource` of each statement, in order. */
export function permissions(statements: readonly Statement[]): string[] {
  const lines = statements.flatMap(({ effect, actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => `${effect} ${action} ${resource}`)),
  );
  return lines.sort();
}
