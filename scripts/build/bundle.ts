import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildFailure, BuildOptions, Plugin } from "esbuild";
import * as esbuild from "esbuild";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const realFlowsEntry = path.join(root, "flows", "index.ts");
/** Parts of the SDK that are large beside what is used of them, and what is bundled in their place. */
const lighterParts = {
  "@aws-sdk/credential-provider-node": path.join(root, "scripts", "build", "credentials-from-env.ts"),
  "@smithy/core/event-streams": path.join(root, "scripts", "build", "no-event-streams.ts"),
  "mnemonist/lru-cache": path.join(root, "scripts", "build", "bounded-map.ts"),
  xmlbuilder: path.join(root, "scripts", "build", "xml-builder.ts"),
};

/** Same length as any build id, so that putting the id in its place moves no byte of the bundle. */
const buildIdPlaceholder = "@build-id@!!";

export class BuildError extends Error {
  override name = "BuildError";
}

export interface Bundle {
  /** Name of the entry file without its extension, e.g. `voice-fallback.protected`. */
  name: string;
  code: string;
  /** Files that are part of it, below the project's folder. */
  inputs: readonly string[];
}

export interface BundleOptions {
  /** Entry files, absolute. */
  entries: readonly string[];
  /** Module taken in place of `flows/index.ts`, absolute. */
  flowsEntry?: string | undefined;
  minify: boolean;
}

/** Everything that imports flows/index.ts gets the given module instead, which itself may still import the real one. */
const flowsFrom = (flowsEntry: string): Plugin => ({
  name: "flows-from",
  setup(build) {
    build.onResolve({ filter: /\/index\.ts$/ }, (args) => {
      if (args.importer === flowsEntry) return undefined;
      return path.resolve(args.resolveDir, args.path) === realFlowsEntry ? { path: flowsEntry } : undefined;
    });
  },
});

/** The part that talks to SSM stays a file beside the bundles, which load it only where secrets are in SSM. */
const parametersApart: Plugin = {
  name: "parameters-apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/parameters\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./parameters.js", external: true } : undefined,
    );
  },
};

/** Packages import their own package.json for the version in a user agent; the rest of it need not be shipped. */
const versionOnly: Plugin = {
  name: "version-only",
  setup(build) {
    build.onLoad({ filter: /node_modules.*[\\/]package\.json$/ }, async (args) => {
      const { version } = JSON.parse(await readFile(args.path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** How a leg is bundled: everybody who looks into a bundle looks into this one. */
export const optionsFor = ({ entries, flowsEntry, minify }: BundleOptions): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: [...entries],
  outdir: path.join(root, "dist"),
  entryNames: "[name]",
  write: false,
  metafile: true,
  bundle: true,
  platform: "node",
  target: "node22",
  // CommonJS starts faster than ESM; the ES sources of the packages shake down to less code.
  format: "cjs",
  mainFields: ["module", "main"],
  supported: { "dynamic-import": false },
  minify,
  legalComments: "none",
  charset: "utf8",
  alias: lighterParts,
  define: { STAYLINE_BUILD: JSON.stringify(buildIdPlaceholder) },
  plugins: [versionOnly, parametersApart, ...(flowsEntry === undefined ? [] : [flowsFrom(flowsEntry)])],
  logLevel: "silent",
});

/**
 * Bundles each entry into one CommonJS file, in memory.
 * @throws BuildError with the first problem in one line: file, line, reason.
 */
export async function bundleAll(options: BundleOptions): Promise<Bundle[]> {
  for (const file of [...options.entries, options.flowsEntry]) {
    if (file !== undefined && !existsSync(file)) throw new BuildError(`build: ${file} does not exist`);
  }
  try {
    const { outputFiles = [], metafile } = await esbuild.build(optionsFor(options));
    return outputFiles.map((file) => {
      const output = metafile?.outputs[path.relative(root, file.path).replaceAll(path.sep, "/")];
      const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      return { name: path.basename(file.path, ".js"), code: file.text, inputs: used.map(([input]) => input) };
    });
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (first === undefined) throw error;
    const { file, line } = first.location ?? {};
    throw new BuildError(`build: ${file === undefined ? "" : `${file}:${line}: `}${first.text}`);
  }
}

/** Twelve hexadecimal digits of all bundles together: both legs of one build carry one id, and the same sources give the same id. */
export function buildIdOf(bundles: readonly Bundle[]): string {
  const hash = createHash("sha256");
  for (const { name, code } of [...bundles].sort((a, b) => (a.name < b.name ? -1 : 1)))
    hash.update(`${name}\0${code}\0`);
  return hash.digest("hex").slice(0, buildIdPlaceholder.length);
}

export const withBuildId = (bundle: Bundle, buildId: string): Bundle => ({
  ...bundle,
  code: bundle.code.replaceAll(buildIdPlaceholder, buildId),
});
