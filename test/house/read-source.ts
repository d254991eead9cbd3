import path from "node:path";
import { parseAst } from "vitest/node";

/** A file of the tree: its path below the top, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** as written; undefined when it is computed, so that nobody can tell what it will be */
  readonly specifier: string | undefined;
  /** below the top, when it is a file of ours */
  readonly ours: string | undefined;
  /** erased before it runs: `import type`, `export type … from`, `import("…").Name` */
  readonly typeOnly: boolean;
  /** imported names; `*` for a namespace, a default or an export of everything */
  readonly names: readonly string[];
  readonly line: number;
}

/** A use of a name that the file did not import, one property deep: `Date.now`, `fetch`. */
export interface Use {
  readonly name: string;
  readonly line: number;
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };

/** What a file imports and which names of the runtime it uses, read from its syntax tree. */
export function readSource(file: SourceFile): { readonly imports: Import[]; readonly uses: Use[] } {
  const imports: Import[] = [];
  const uses: Use[] = [];
  const lineOf = (node: Node) => file.text.slice(0, node.start).split("\n").length;

  function found(node: Node, source: unknown, typeOnly: boolean, names: readonly string[]): void {
    const specifier = isNode(source) && typeof source.value === "string" ? source.value : undefined;
    const relative = specifier?.startsWith("./") || specifier?.startsWith("../");
    const ours = relative ? path.posix.join(path.posix.dirname(file.path), specifier ?? "") : undefined;
    imports.push({ specifier, ours, typeOnly, names, line: lineOf(node) });
  }

  function visit(node: Node, inType: boolean): void {
    switch (node.type) {
      case "ImportDeclaration":
        found(node, node.source, node.importKind === "type", nodes(node.specifiers).map(importedName));
        return;
      case "ExportAllDeclaration":
        found(node, node.source, node.exportKind === "type", ["*"]);
        return;
      case "ExportNamedDeclaration":
        if (isNode(node.source)) found(node, node.source, node.exportKind === "type", ["*"]);
        break;
      case "ImportExpression":
        found(node, node.source, false, ["*"]);
        break;
      case "TSImportType":
        found(node, node.source, true, ["*"]);
        break;
      case "TSExternalModuleReference":
        found(node, node.expression, false, ["*"]);
        break;
      case "CallExpression":
        if (isNode(node.callee) && node.callee.name === "require") found(node, nodes(node.arguments)[0], false, ["*"]);
        break;
      case "Identifier":
        if (!inType) uses.push({ name: String(node.name), line: lineOf(node) });
        break;
      case "MemberExpression":
        member(node, inType);
        return;
      case "NewExpression":
        if (isNode(node.callee) && node.callee.name === "Date" && nodes(node.arguments).length === 0) {
          uses.push({ name: "new Date", line: lineOf(node) });
        }
        break;
    }
    // `{ fetch: x }` and `class { fetch() {} }` name a property; `{ fetch }` uses the name
    const named = /^(?:Property|MethodDefinition|PropertyDefinition)$/.test(node.type);
    const { key, ...rest } = node;
    const children = named && node.computed !== true ? rest : { key, ...rest };
    const erased = /^TS(?:TypeAnnotation|TypeReference|TypeQuery|TypeParameter|TypeAlias|Interface)/.test(node.type);
    visitAll(Object.values(children).flat(), inType || erased);
  }

  function member(node: Node, inType: boolean): void {
    const { object, property } = node;
    if (isNode(object) && object.type === "Identifier" && isNode(property) && !inType) {
      const name = node.computed === true ? property.value : property.name;
      uses.push({ name: `${String(object.name)}.${String(name ?? "?")}`, line: lineOf(node) });
    } else visitAll([object], inType);
    if (node.computed === true) visitAll([property], inType);
  }

  function visitAll(values: readonly unknown[], inType: boolean): void {
    for (const value of values) if (isNode(value)) visit(value, inType);
  }

  visit(parseAst(file.text, { lang: file.path.endsWith(".tsx") ? "tsx" : "ts" }) as unknown as Node, false);
  return { imports, uses };
}

function importedName(node: Node): string {
  return isNode(node.imported) ? String(node.imported.name ?? node.imported.value) : "*";
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
