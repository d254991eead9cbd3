import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import type { Property, PropertyType, ResourceProperties } from "@aws-cdk/service-spec-types";
import type { HasAttribute } from "./references.ts";
import { asObject, type Json, type Template } from "./template.ts";

/** AWS's own description of CloudFormation's resource types, as its CDK ships it. */
export interface ServiceSpec {
  readonly hasAttribute: HasAttribute;
  /** @returns one line for each property that is unknown, missing or of a wrong kind, and for each unknown type */
  checkProperties(template: Template): string[];
}

const intrinsic = (value: Json) => {
  const names = Object.keys(asObject(value));
  return names.length === 1 && /^(?:Ref|Condition|Fn::[A-Za-z]+)$/.test(names[0] ?? "");
};

/** Takes about half a second: the whole database is read. */
export async function loadServiceSpec(): Promise<ServiceSpec> {
  const db = await loadAwsServiceSpec();
  const known = (type: string) => db.lookup("resource", "cloudFormationType", "equals", type)[0];
  /** SAM's function becomes one of Lambda's, whose attributes it has, and whose properties it passes on. */
  const resourceOf = (type: string) => {
    const own = known(type);
    const behind = type === "AWS::Serverless::Function" ? known("AWS::Lambda::Function") : undefined;
    if (own === undefined || behind === undefined) return own;
    const passed = Object.entries(behind.properties).map(
      ([name, property]) => [name, { type: property.type }] as const,
    );
    return {
      properties: { ...Object.fromEntries(passed), ...own.properties },
      attributes: { ...behind.attributes, ...own.attributes },
    };
  };

  function checkValue(value: Json, type: PropertyType, place: string): string[] {
    if (value === null) return [`${place} is empty`];
    const branches = asObject(value)["Fn::If"];
    if (Array.isArray(branches)) {
      return (branches as Json[]).slice(1).flatMap((branch) => checkValue(branch, type, place));
    }
    if (intrinsic(value)) return [];
    const wrong = (what: string) => [`${place} is not ${what}: ${JSON.stringify(value).slice(0, 60)}`];
    switch (type.type) {
      case "string":
        // CloudFormation turns numbers and booleans into text
        return typeof value === "object" ? wrong("text") : [];
      case "integer":
      case "number":
        return Number.isFinite(Number(value)) && typeof value !== "object" ? [] : wrong("a number");
      case "boolean":
        return /^(?:true|false)$/.test(String(value)) ? [] : wrong("true or false");
      case "array":
        if (!Array.isArray(value)) return wrong("a list");
        return (value as Json[]).flatMap((item, at) => checkValue(item, type.element, `${place}[${at}]`));
      case "map":
        return Object.entries(asObject(value)).flatMap(([name, item]) =>
          checkValue(item, type.element, `${place}.${name}`),
        );
      case "ref": {
        const { properties } = db.get("typeDefinition", type.reference.$ref);
        if (typeof value !== "object" || Array.isArray(value)) return wrong("an object");
        return checkObject(asObject(value), properties, place);
      }
      case "union": {
        const tries = type.types.map((one) => checkValue(value, one, place));
        return tries.some((problems) => problems.length === 0) ? [] : (tries[0] ?? []);
      }
      default:
        return [];
    }
  }

  function checkObject(object: Readonly<Record<string, Json>>, spec: ResourceProperties, place: string): string[] {
    const missing = Object.entries(spec).filter(([name, { required }]) => required === true && !(name in object));
    return [
      ...missing.map(([name]) => `${place}.${name} is missing`),
      ...Object.entries(object).flatMap(([name, value]) => {
        const property: Property | undefined = spec[name];
        return property === undefined
          ? [`${place}.${name} is not known`]
          : checkValue(value, property.type, `${place}.${name}`);
      }),
    ];
  }

  return {
    hasAttribute: (type, attribute) => {
      const resource = resourceOf(type);
      return resource === undefined ? undefined : attribute in resource.attributes;
    },
    checkProperties: ({ resources }) =>
      Object.entries(resources).flatMap(([name, { Type, Properties }]) => {
        const resource = resourceOf(Type);
        return resource === undefined
          ? [`${name}: there is no resource type ${Type}`]
          : checkObject(Properties, resource.properties, name);
      }),
  };
}
