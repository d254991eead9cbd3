import { allowed, forbiddenToFallback } from "./allowed.ts";
import { isAllowed } from "./iam.ts";
import { identities, permissions, sample } from "./identities.ts";
import type { Template } from "./template.ts";

/** @returns one line for each permission that is not in the written list, or is there and not given */
export function checkPolicies(template: Template): string[] {
  const found = identities(template);
  const problems = [...found].flatMap(([name, statements]) => {
    const given = permissions(statements);
    const written = allowed[name] ?? [];
    return [
      ...given.filter((line) => !written.includes(line)).map((line) => `${name}: not in the written list: ${line}`),
      ...written.filter((line) => !given.includes(line)).map((line) => `${name}: written but not given: ${line}`),
    ];
  });
  const missing = Object.keys(allowed).filter((name) => !found.has(name));
  // the key of somebody else's secrets: only for SSM, and only as long as that is said
  const decrypting = [...found].filter(([, statements]) =>
    isAllowed(statements, { action: "kms:Decrypt", resource: sample.key }),
  );
  return [
    ...problems,
    ...missing.map((name) => `${name} is in the written list and not in the template`),
    ...decrypting.map(([name]) => `${name} can decrypt without SSM`),
  ];
}

/** @returns one line for each thing that the fallback's identity can do and must not, or must and cannot */
export function checkFallback(template: Template): string[] {
  const statements = identities(template).get("FallbackUser") ?? [];
  const may = (action: string, resource: string) => isAllowed(statements, { action, resource });
  const needed = ["dynamodb:GetItem", "dynamodb:UpdateItem"].filter((action) => !may(action, sample.table));
  const wrong = forbiddenToFallback.filter(({ action, resource }) => may(action, resource));
  return [
    ...needed.map((action) => `FallbackUser cannot ${action} on the table`),
    ...wrong.map(({ action, resource }) => `FallbackUser can ${action} on ${resource}`),
  ];
}
