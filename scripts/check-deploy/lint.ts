import type { StepResult } from "../check-deploy.ts";
import { forbiddenToFallback } from "./allowed.ts";
import { checkFallback, checkPolicies } from "./policies.ts";
import { checkPromises } from "./promises.ts";
import { checkReferences } from "./references.ts";
import { loadServiceSpec, type ServiceSpec } from "./service-spec.ts";
import { readTemplate, type Template } from "./template.ts";

/** @returns one line for each thing that is wrong with a template */
export function problemsOf(template: Template, spec: ServiceSpec): string[] {
  return [
    ...checkReferences(template, spec.hasAttribute),
    ...spec.checkProperties(template),
    ...checkPromises(template),
    ...checkPolicies(template),
    ...checkFallback(template),
  ];
}

/** Our own lint of this project's template, with AWS's description of its resource types: needs nothing but npm. */
export async function lint(): Promise<StepResult> {
  const [template, spec] = await Promise.all([readTemplate(), loadServiceSpec()]);
  const problems = problemsOf(template, spec);
  if (problems.length > 0) return { problems };
  const resources = Object.keys(template.resources).length;
  return {
    said: [
      `${resources} resources as AWS describes them, references, deadlines, logs, table, no secret`,
      "every permission is in the written list",
      `the fallback's identity may do 2 things; ${forbiddenToFallback.length} others tried and refused, by our evaluator, not by AWS's`,
    ],
  };
}
