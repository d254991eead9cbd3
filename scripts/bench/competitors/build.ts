import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

/** The contenders that are not ours; each is a file of this folder. */
export const competitorNames = ["bare", "one-write", "plain", "plain-idempotency", "durable"] as const;
export type CompetitorName = (typeof competitorNames)[number];

export interface Competitor {
  readonly name: CompetitorName;
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

const folder = path.dirname(fileURLToPath(import.meta.url));
/** ES modules are what people ship who start anew; packages in CommonJS then need a `require`. */
const requireBanner = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/** Bundles every competitor into `outDir` in the way that is usual for it: one file, minified. */
export async function buildCompetitors(
  outDir: string,
  minify = true,
): Promise<ReadonlyMap<CompetitorName, Competitor>> {
  const built = await Promise.all(
    competitorNames.map(async (name): Promise<[CompetitorName, Competitor]> => {
      const isModule = name === "plain";
      const file = path.join(outDir, `${name}.${isModule ? "mjs" : "cjs"}`);
      await esbuild.build({
        entryPoints: [path.join(folder, `${name}.ts`)],
        outfile: file,
        bundle: true,
        minify,
        platform: "node",
        target: "node22",
        format: isModule ? "esm" : "cjs",
        mainFields: ["module", "main"],
        legalComments: "none",
        ...(isModule && { banner: { js: requireBanner } }),
        logLevel: "silent",
      });
      const code = await readFile(file);
      return [name, { name, file, bytes: code.length, gzipBytes: gzipSync(code).length }];
    }),
  );
  return new Map(built);
}
