import { readFile } from "node:fs/promises";
import path from "node:path";
import { type CollectionTag, Pair, parseDocument, Scalar, type ScalarTag, YAMLMap } from "yaml";
import { root } from "../build/bundle.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface Resource {
  readonly Type: string;
  readonly Properties: JsonObject;
  /** DependsOn, Condition, DeletionPolicy … */
  readonly rest: JsonObject;
}

export interface Template {
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly conditions: JsonObject;
  readonly globals: JsonObject;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, JsonObject>>;
}

/** Short forms of intrinsic functions, each as its long form. */
const scalars = ["Ref", "Condition", "Sub", "GetAtt"] as const;
const collections = ["Sub", "GetAtt", "If", "Equals", "Not", "And", "Or", "Join", "Select"] as const;
const longName = (name: string) => (name === "Ref" || name === "Condition" ? name : `Fn::${name}`);

const scalarTags = scalars.map(
  (name): ScalarTag => ({
    tag: `!${name}`,
    resolve: (text) => {
      const value = name === "GetAtt" ? [text.slice(0, text.indexOf(".")), text.slice(text.indexOf(".") + 1)] : text;
      return { [longName(name)]: value };
    },
  }),
);
const collectionTags = collections.map(
  (name): CollectionTag => ({
    tag: `!${name}`,
    collection: "seq",
    resolve: (seq) => {
      const map = new YAMLMap<Scalar, unknown>();
      map.items.push(new Pair(new Scalar(longName(name)), seq));
      return map;
    },
  }),
);

/**
 * Reads a CloudFormation template, short forms of intrinsic functions in their long form.
 *
 * @throws Error naming line and reason when it is not YAML
 */
export function parseTemplate(text: string): Template {
  const document = parseDocument(text, { customTags: [...scalarTags, ...collectionTags], version: "1.1" });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(`template: ${problem.message.split("\n")[0]}`);
  const whole = asObject(document.toJS());
  const parts = (name: string) =>
    Object.fromEntries(Object.entries(asObject(whole[name])).map(([key, value]) => [key, asObject(value)]));
  const resources = Object.entries(parts("Resources")).map(([name, { Type, Properties, ...rest }]) => {
    return [name, { Type: String(Type), Properties: asObject(Properties), rest }] as const;
  });
  return {
    parameters: parts("Parameters"),
    conditions: asObject(whole.Conditions),
    globals: asObject(whole.Globals),
    resources: Object.fromEntries(resources),
    outputs: parts("Outputs"),
  };
}

export const templateFile = path.join(root, "template.yaml");

/** The template of this project. */
export async function readTemplate(): Promise<Template> {
  return parseTemplate(await readFile(templateFile, "utf8"));
}

/** @returns an empty object for anything that is none */
export function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function asList(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Every value of a tree, parents first, with its place. */
export function* walk(value: Json, place: string): Generator<{ readonly value: Json; readonly place: string }> {
  yield { value, place };
  if (Array.isArray(value)) {
    for (const [at, item] of (value as readonly Json[]).entries()) yield* walk(item, `${place}[${at}]`);
  } else {
    for (const [name, inner] of Object.entries(asObject(value))) yield* walk(inner, `${place}.${name}`);
  }
}
