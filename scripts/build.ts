import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Bundle } from "./build/bundle.ts";
import { BuildError, buildIdOf, bundleAll, root, withBuildId } from "./build/bundle.ts";
import { assertMedia, checkMedia, type MediaCheck } from "./build/check-media.ts";
import { mirrorFolder, removeOthers, writeWhole } from "./build/output.ts";
import { billOfMaterials } from "./build/sbom.ts";
import { commandLine } from "./command-line.ts";

export interface BuildOptions {
  /** Holds `lambda/` afterwards. Default: `dist` of the project. */
  outDir?: string | undefined;
  /** The Functions project. Default: `.twilioserverless` of the project; with another `outDir`, `<outDir>/twilioserverless`. */
  functionsDir?: string | undefined;
  /** Module taken in place of `flows/index.ts`. */
  flowsEntry?: string | undefined;
  /** Default: a hash of the bundles. */
  buildId?: string | undefined;
  /** Default: true. */
  minify?: boolean | undefined;
  /** Entry files by leg. Default: those of `lambda/` and `functions/`. */
  entries?: { lambda: readonly string[]; functions: readonly string[] } | undefined;
}

export interface BuiltBundle {
  leg: "primary" | "fallback";
  file: string;
  bytes: number;
  gzipBytes: number;
}

export interface Built {
  buildId: string;
  lambdaDir: string;
  functionsDir: string;
  bundles: BuiltBundle[];
  media: MediaCheck;
}

const audio = /\.(?:mp3|wav)$/;
const names = ["voice-webhook", "status-callback"];
const defaultEntries = {
  lambda: [...names, "media", "outbox", "parameters"].map((name) => path.join(root, "lambda", `${name}.ts`)),
  functions: [...names, "voice-fallback", "voice-aside"].map((name) =>
    path.join(root, "functions", `${name}.protected.ts`),
  ),
};

/** Where a build with these options puts its artefacts. */
export function buildFolders({ outDir, functionsDir }: Pick<BuildOptions, "outDir" | "functionsDir"> = {}) {
  const base = path.resolve(outDir ?? path.join(root, "dist"));
  const functionsDefault =
    outDir === undefined ? path.join(root, ".twilioserverless") : path.join(base, "twilioserverless");
  return { lambdaDir: path.join(base, "lambda"), functionsDir: path.resolve(functionsDir ?? functionsDefault) };
}

/**
 * Bundles both legs from the same flows. Builds into different folders do not disturb each other.
 * @throws BuildError with one line about the first problem, or a line about each problem in the prompts of the flows.
 */
export async function build(options: BuildOptions = {}): Promise<Built> {
  const { lambdaDir, functionsDir } = buildFolders(options);
  const entries = options.entries ?? defaultEntries;
  const flowsEntry = options.flowsEntry === undefined ? undefined : path.resolve(options.flowsEntry);
  const minify = options.minify ?? true;
  const [lambda, functions] = await Promise.all(
    [entries.lambda, entries.functions].map((files) => bundleAll({ entries: files, flowsEntry, minify })),
  );
  const media = await checkMedia({ flowsEntry });
  assertMedia(media);
  if (options.buildId !== undefined && !/^[\w.-]{1,40}$/.test(options.buildId)) {
    throw new BuildError(
      `build: "${options.buildId}" cannot be a build id (letters, digits, _ . - and at most 40 of them)`,
    );
  }
  if (lambda === undefined || functions === undefined) throw new BuildError("build: nothing was bundled");

  const buildId = options.buildId ?? buildIdOf([...lambda, ...functions]);
  const assets = path.join(root, "assets");
  const write = async (leg: BuiltBundle["leg"], folder: string, bundles: Bundle[]): Promise<BuiltBundle[]> => {
    const written = await Promise.all(
      bundles.map(async (bundle) => {
        const { name, code } = withBuildId(bundle, buildId);
        const file = path.join(folder, `${name}.js`);
        await writeWhole(file, code);
        return { leg, file, bytes: Buffer.byteLength(code), gzipBytes: gzipSync(code).length };
      }),
    );
    await removeOthers(folder, ".js", new Set(written.map(({ file }) => path.basename(file))));
    return written.sort((a, b) => (a.file < b.file ? -1 : 1));
  };

  const [primary, fallback] = await Promise.all([
    write("primary", lambdaDir, lambda),
    write("fallback", path.join(functionsDir, "functions"), functions),
    // nothing but prompts: what stands in this folder is public
    mirrorFolder(assets, path.join(lambdaDir, "assets"), audio),
    mirrorFolder(assets, path.join(functionsDir, "assets"), audio),
    writeWhole(path.join(lambdaDir, "package.json"), commonJsPackage),
    // beside the folders that are uploaded, not in them
    writeWhole(path.join(lambdaDir, "..", "sbom.json"), await billOfMaterials([...lambda, ...functions], buildId)),
    // The project's own Functions folder has a committed package.json, which knows more than this one.
    existsSync(path.join(functionsDir, "package.json"))
      ? undefined
      : writeWhole(path.join(functionsDir, "package.json"), commonJsPackage),
  ]);
  return { buildId, lambdaDir, functionsDir, bundles: [...primary, ...fallback], media };
}

const commonJsPackage = `${JSON.stringify({ private: true, type: "commonjs" })}\n`;

/** One line per bundle: file, bytes, gzip bytes; one for the prompts, and one for each warning about them. */
export function describeBuild({ buildId, bundles, media }: Built): string[] {
  const shown = bundles.map((bundle) => ({ ...bundle, file: path.relative(process.cwd(), bundle.file) }));
  const width = Math.max(...shown.map(({ file }) => file.length));
  const line = ({ file, bytes, gzipBytes }: BuiltBundle) =>
    `${file.padEnd(width)} ${String(bytes).padStart(9)} bytes ${String(gzipBytes).padStart(8)} gzip`;
  const seconds = media.files.reduce((sum, { durationSec }) => sum + durationSec, 0);
  const bytes = media.files.reduce((sum, file) => sum + file.bytes, 0);
  const prompts = `${media.files.length} prompts, ${Math.round(seconds)} s, ${bytes} bytes`;
  return [`build ${buildId}`, ...shown.map(line), prompts, ...media.warnings.map((warning) => `warning: ${warning}`)];
}

async function main(args: string[]): Promise<number> {
  const { values } = commandLine({
    args,
    options: {
      "out-dir": { type: "string" },
      "functions-dir": { type: "string" },
      "no-minify": { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log("build [--out-dir DIR] [--functions-dir DIR] [--no-minify] [--quiet]   bundles both legs");
    return 0;
  }
  const built = await build({
    outDir: values["out-dir"],
    functionsDir: values["functions-dir"],
    minify: !values["no-minify"],
  });
  if (!values.quiet) for (const line of describeBuild(built)) console.error(line);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
}
