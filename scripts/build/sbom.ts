import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Bundle, root } from "./bundle.ts";

export interface Component {
  readonly type: "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[];
  /** The bundles that it is in. */
  readonly properties: readonly { readonly name: "stayline:bundle"; readonly value: string }[];
}

export interface Bom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: {
    readonly component: {
      readonly type: "application";
      readonly "bom-ref": string;
      readonly name: string;
      readonly version: string;
    };
  };
  readonly components: readonly Component[];
}

/**
 * The software bill of materials of what is deployed: every package of which a file is in a bundle. The same sources give
 * the same text, so it has neither a serial number nor a time. [D CycloneDX 1.6 JSON reference]
 */
export async function billOfMaterials(bundles: readonly Bundle[], buildId: string): Promise<string> {
  const bundlesOf = new Map<string, Set<string>>();
  for (const { name, inputs } of bundles) {
    for (const input of inputs) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder === undefined) continue;
      const known = bundlesOf.get(folder) ?? new Set();
      bundlesOf.set(folder, known.add(name));
    }
  }
  const components = await Promise.all([...bundlesOf].map(([folder, names]) => componentOf(folder, [...names])));
  const bom: Bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": "stayline", name: "stayline", version: buildId } },
    components: components.sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1)),
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

async function componentOf(folder: string, bundles: readonly string[]): Promise<Component> {
  const file = path.join(root, folder, "package.json");
  const { name, version, license } = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  if (typeof name !== "string" || typeof version !== "string") throw new Error(`build: ${folder} has no version`);
  const purl = `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
  const text = typeof license === "string" ? license : "";
  const named = /^[\w.+-]+$/.test(text) ? { license: { id: text } } : { expression: text };
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    licenses: text === "" ? [] : [named],
    properties: [...bundles].sort().map((value) => ({ name: "stayline:bundle", value })),
  };
}
