import { asList, asObject, type Json, type Template, walk } from "./template.ts";

const pseudo = new Set(
  ["AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix"].map(
    (name) => `AWS::${name}`,
  ),
);

/** @returns whether a resource type has an attribute; undefined when the type is not known */
export type HasAttribute = (type: string, attribute: string) => boolean | undefined;

/**
 * Whatever a template names must be there, and whatever it declares must be used.
 *
 * @returns one line for each finding
 */
export function checkReferences(template: Template, hasAttribute: HasAttribute): string[] {
  const { parameters, conditions, resources, outputs, globals } = template;
  const found: string[] = [];
  const used = new Set<string>();
  const named = (name: string, place: string) => {
    used.add(name);
    if (!(name in parameters) && !(name in resources) && !pseudo.has(name)) found.push(`${place}: there is no ${name}`);
  };
  const attribute = (name: string, of: string, place: string) => {
    used.add(name);
    const type = resources[name]?.Type;
    if (type === undefined) found.push(`${place}: there is no resource ${name}`);
    else if (hasAttribute(type, of) === false) found.push(`${place}: ${type} has no attribute ${of}`);
  };
  const condition = (name: Json | undefined, place: string) => {
    used.add(String(name));
    if (!(String(name) in conditions)) found.push(`${place}: there is no condition ${String(name)}`);
  };

  const trees: Record<string, Json> = { Conditions: conditions, Globals: globals, Outputs: outputs };
  for (const [name, { Properties, rest }] of Object.entries(resources)) trees[name] = { ...Properties, rest };
  for (const [tree, whole] of Object.entries(trees)) {
    for (const { value, place } of walk(whole, tree)) {
      const { Ref, Condition, "Fn::GetAtt": getAtt, "Fn::Sub": sub, "Fn::If": choice, DependsOn } = asObject(value);
      if (typeof Ref === "string") named(Ref, place);
      if (typeof Condition === "string") condition(Condition, place);
      if (choice !== undefined) condition(asList(choice)[0], place);
      if (getAtt !== undefined) attribute(String(asList(getAtt)[0]), String(asList(getAtt)[1]), place);
      for (const name of asList(DependsOn)) named(String(name), place);
      const [text, own] = asList(sub);
      for (const [, name = ""] of String(text ?? "").matchAll(/\$\{([^!}][^}]*)\}/g)) {
        const dot = name.indexOf(".");
        if (name in asObject(own)) continue;
        if (dot > 0) attribute(name.slice(0, dot), name.slice(dot + 1), place);
        else named(name, place);
      }
    }
  }
  const unused = [...Object.keys(parameters), ...Object.keys(conditions)].filter((name) => !used.has(name));
  return [...found, ...unused.map((name) => `${name} is declared and never used`)];
}
