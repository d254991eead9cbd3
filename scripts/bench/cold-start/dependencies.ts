import { readFile } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";
import { optionsFor, root } from "../../build/bundle.ts";

/** What of the primary's bundle is whose: bytes from the bundler, and bundles of single dependencies for their time. */

export interface Share {
  /** package, or folder of ours */
  readonly owner: string;
  readonly bytes: number;
}

const primaryEntry = path.join(root, "lambda", "voice-webhook.ts");

/** Bytes in the minified bundle by package, our own by folder; the largest first. */
export async function sharesOfPrimary(): Promise<readonly Share[]> {
  const bytes = new Map<string, number>();
  for (const [input, { bytesInOutput }] of await inputsOfPrimary()) {
    const owner = ownerOf(input);
    bytes.set(owner, (bytes.get(owner) ?? 0) + bytesInOutput);
  }
  return [...bytes].map(([owner, total]) => ({ owner, bytes: total })).sort((a, b) => b.bytes - a.bytes);
}

/** Whose a file is. The parts of the AWS SDK are told as one: nobody takes one of them alone. */
export function ownerOf(input: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
  if (name === undefined) return input.split("/")[0] ?? input;
  return /^@(?:aws|aws-sdk|smithy|aws-crypto)\//.test(name) ? awsSdk : name;
}
const awsSdk = "@aws-sdk/client-dynamodb";

async function inputsOfPrimary() {
  const { metafile } = await esbuild.build(optionsFor({ entries: [primaryEntry], minify: true }));
  const [output] = Object.values(metafile?.outputs ?? {});
  if (output === undefined) throw new Error("the primary was not bundled");
  return Object.entries(output.inputs);
}

export interface Layer {
  readonly name: string;
  readonly code: string;
}

const importOf = /import\s+([^;]*?)\s+from\s+"([^".][^"]*)"/g;

/**
 * Bundles that hold one dependency each, exactly what the primary imports of it and bundled in the same way; one that holds all of
 * them, and one that only loads the modules of Node that the primary's bundle loads, as each of the others does first.
 */
export async function layersOfPrimary(primaryCode: string): Promise<readonly Layer[]> {
  const imported = new Map<string, Map<string, Set<string>>>();
  for (const [input, { bytesInOutput }] of await inputsOfPrimary()) {
    if (bytesInOutput === 0 || input.includes("node_modules")) continue;
    const source = await readFile(path.join(root, input), "utf8");
    for (const [, what = "", specifier = ""] of source.matchAll(importOf)) {
      if (specifier.startsWith("node:")) continue;
      const names = exportsOf(what, specifier, source);
      if (names.length === 0) continue;
      const owner = ownerOf(`node_modules/${specifier}`);
      const ofOwner = imported.get(owner) ?? new Map<string, Set<string>>();
      imported.set(owner, ofOwner.set(specifier, new Set([...(ofOwner.get(specifier) ?? []), ...names])));
    }
  }
  const modules = new Set(
    [...primaryCode.matchAll(/require\("((?:node:)?[a-z][\w/]*)"\)/g)].map(([, name = ""]) => name),
  );
  const nodeAlone = [...modules].map((name) => `require("${name}");`).join("\n");
  const single = await Promise.all(
    [...imported].map(async ([name, of]): Promise<Layer> => ({ name, code: `${nodeAlone}\n${await bundled([of])}` })),
  );
  const all = { name: "all", code: `${nodeAlone}\n${await bundled([...imported.values()])}` };
  return [{ name: "node", code: nodeAlone }, ...single, all];
}

/** `export` clauses that keep in a bundle what an import uses; none for an import of types. */
function exportsOf(what: string, specifier: string, source: string): string[] {
  if (what.startsWith("type ")) return [];
  const named = /\{([^}]*)\}/.exec(what)?.[1] ?? "";
  const names = named.split(",").map((name) => name.trim().split(/\s+as\s+/)[0] ?? "");
  const values = names.filter((name) => name !== "" && !name.startsWith("type "));
  const whole = what
    .replace(/\{[^}]*\}/, "")
    .replace(/,/g, "")
    .trim();
  const mark = specifier.replace(/\W/g, "_");
  const clauses = values.map((name) => `export { ${name} as ${mark}_${name} } from "${specifier}";`);
  const [, namespace] = /^\*\s+as\s+(\w+)$/.exec(whole) ?? [];
  if (namespace !== undefined) {
    // values begin with a small letter in the packages that we take as a namespace; the bundler would tell otherwise
    const used = source.matchAll(new RegExp(`\\b${namespace}\\.([a-z]\\w*)`, "g"));
    return [...new Set([...used].map(([, name = ""]) => `export { ${name} as ${mark}_${name} } from "${specifier}";`))];
  }
  return whole === "" ? clauses : [...clauses, `export { default as ${mark}_default } from "${specifier}";`];
}

async function bundled(imports: readonly ReadonlyMap<string, ReadonlySet<string>>[]): Promise<string> {
  const contents = imports.flatMap((of) => [...of.values()].flatMap((clauses) => [...clauses])).join("\n");
  const { entryPoints: _, outdir: __, entryNames: ___, ...options } = optionsFor({ entries: [], minify: true });
  const { outputFiles } = await esbuild.build({ ...options, write: false, stdin: { contents, resolveDir: root } });
  return outputFiles[0]?.text ?? "";
}
