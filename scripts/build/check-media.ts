import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";
import { limits } from "../../core/limits.ts";
import type { Catalogue } from "../../core/media.ts";
import { mediaFile, whole } from "../../core/names.ts";
import { readAudio } from "./audio.ts";
import { BuildError, bundleAll, root } from "./bundle.ts";

export interface MediaCheck {
  /** one line each: where, what, how to mend it */
  readonly problems: readonly string[];
  /** files that no catalogue names */
  readonly warnings: readonly string[];
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly durationSec: number }[];
}

type Probe = typeof import("./flows-and-media.ts");

const probeEntry = path.join(import.meta.dirname, "flows-and-media.ts");

/**
 * Checks every file of prompt audio that the flows can play, in every language: it is there, Twilio plays it, its text
 * alternative is there, it is not too large or too long.
 *
 * @param options.flowsEntry module taken in place of `flows/index.ts`, absolute
 * @param options.prompts folder of the files. Default: `assets/prompts` of the project
 */
export async function checkMedia(
  options: { flowsEntry?: string | undefined; prompts?: string } = {},
): Promise<MediaCheck> {
  const { prompts = path.join(root, "assets", "prompts") } = options;
  const { catalogues, problems } = await cataloguesOf(options.flowsEntry);
  const named = namedFiles(catalogues);
  const checked = await Promise.all([...named].map(([file, names]) => checkFile(prompts, file, names)));
  const present = await readdir(prompts, { recursive: true, withFileTypes: true }).catch(() => []);
  const unused = present
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(prompts, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .filter((file) => !named.has(file));
  return {
    problems: [...problems, ...checked.flatMap((one) => ("problems" in one ? one.problems : []))],
    warnings: unused.sort().map((file) => `${file}: no prompt of these flows names it; remove it or name it`),
    files: checked.flatMap((one) => ("problems" in one ? [] : [one])),
  };
}

/** @throws BuildError with a line for each problem */
export function assertMedia({ problems }: MediaCheck): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  throw new BuildError([`build: ${count} in the prompts of the flows`, ...problems].join("\n"));
}

/** The catalogues of the flows that are built, and what is wrong before any file is looked at. */
async function cataloguesOf(flowsEntry: string | undefined) {
  const [bundle] = await bundleAll({ entries: [probeEntry], flowsEntry, minify: false });
  if (bundle === undefined) throw new BuildError("build: nothing was bundled");
  const { loadedCatalogues, problemsInCatalogue, loadFlows } = evaluate(bundle.code);
  const error = await loadFlows().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const catalogues = loadedCatalogues();
  const problems = catalogues.flatMap(problemsInCatalogue);
  // a catalogue with a problem stops the loading with the first of its problems
  const message = error instanceof Error ? error.message : String(error);
  if (error !== undefined && !problems.includes(message)) problems.push(`the flows cannot be loaded: ${message}`);
  return { catalogues, problems: problems.map((problem) => `${problem}; mend it in its defineMedia`) };
}

/** Runs a bundle as Node runs a CommonJS file, without writing it anywhere. */
function evaluate(code: string): Probe {
  const module = { exports: {} };
  const filename = path.join(root, "flows-and-media.cjs");
  const run = compileFunction(code, ["module", "exports", "require", "__filename", "__dirname"], { filename });
  run(module, module.exports, createRequire(filename), filename, root);
  return module.exports as Probe;
}

const filePattern = whole(mediaFile);

/** Each file that a catalogue names as it should, and the prompts that play it. */
function namedFiles(catalogues: readonly Catalogue[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const catalogue of catalogues) {
    for (const [name, media] of Object.entries(catalogue)) {
      for (const [language, entry] of Object.entries(media)) {
        if (!filePattern.test(entry.file)) continue;
        const names = named.get(entry.file) ?? [];
        named.set(entry.file, [...names, `prompt ${name} in ${language}`]);
      }
    }
  }
  return named;
}

async function checkFile(prompts: string, file: string, names: readonly string[]) {
  const shown = `${file} (${names.join(", ")})`;
  const problem = (what: string, mend: string) => ({ problems: [`${shown}: ${what}; ${mend}`] });
  const bytes = await readFile(path.join(prompts, file)).catch(() => undefined);
  if (bytes === undefined) {
    return problem("is not in assets/prompts", "record its text, or node scripts/make-prompts.ts speaks it");
  }
  if (bytes.length > limits.mediaFileBytesMax) {
    const mend = `make it smaller than ${limits.mediaFileBytesMax}: one channel, 8 or 16 kHz, mp3`;
    return problem(`has ${bytes.length} bytes`, mend);
  }
  const audio = readAudio(bytes);
  if (audio.kind === "unplayable") return problem(audio.what, "save it again as mp3, or as wav of 16 bits");
  if (audio.kind !== path.extname(file).slice(1)) {
    return problem(`holds ${audio.kind}`, "change its name here and in defineMedia");
  }
  if (audio.durationSec > limits.mediaFileSecMax) {
    return problem(`lasts ${Math.round(audio.durationSec)} s`, `cut it: over ${limits.mediaFileSecMax} s it may drop`);
  }
  return { file, bytes: bytes.length, durationSec: audio.durationSec };
}
