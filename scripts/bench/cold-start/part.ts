import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildCompetitors } from "../competitors/build.ts";
import type { BenchContext, Effort, Part, PartReport } from "../report.ts";
import { startWorld } from "../webhooks/field.ts";
import { shuffled } from "../webhooks/measure.ts";
import { candidatesOf } from "./candidates.ts";
import { layersOfPrimary, sharesOfPrimary } from "./dependencies.ts";
import { type LayerFound, type StartFound, toReport } from "./figures.ts";
import { type ColdStart, coldStart, type StartOptions } from "./start-once.ts";
import { startTlsTable } from "./tls-table.ts";

/** Fresh processes for each bundle; one more, not counted, brings the files into the page cache. */
const runs: Readonly<Record<Effort, number>> = { full: 21, quick: 1 };

/** What a cold start costs, beside what people would use instead. */
export const coldStartPart: Part = {
  name: "cold-start",
  title: "What a cold start costs",
  async run({ built: buildOurs, workDir, effort, seed, progress }: BenchContext): Promise<PartReport> {
    const [built, competitors] = await Promise.all([buildOurs(), buildCompetitors(path.join(workDir, "cold-start"))]);
    const { world, stop } = await startWorld();
    const table = await startTlsTable(world.endpoint, workDir);
    try {
      const candidates = candidatesOf({ built, competitors, world, table });
      progress(`${candidates.length} bundles, ${runs[effort]} starts each`);
      const starts = await inTurns(
        candidates.map(({ start }) => start),
        runs[effort],
        seed,
      );
      const found = candidates.map((candidate, nth): StartFound => ({ ...candidate, starts: starts[nth] ?? [] }));
      progress("what each dependency costs");
      const [layers, shares] = await Promise.all([
        measureLayers(built.lambdaDir, workDir, runs[effort], seed),
        sharesOfPrimary(),
      ]);
      return toReport({ found, layers, shares });
    } finally {
      await table.stop();
      await stop();
    }
  },
};

/** One start of each in turn, in an order that is drawn anew each time. */
async function inTurns(starts: readonly (() => StartOptions)[], count: number, seed: number): Promise<ColdStart[][]> {
  const found: ColdStart[][] = starts.map(() => []);
  for (let run = 0; run <= count; run += 1) {
    for (const [nth, start] of shuffled([...starts.entries()], seed, run)) {
      const one = await coldStart(start());
      if (run > 0) found[nth]?.push(one);
    }
  }
  return found;
}

async function measureLayers(lambdaDir: string, workDir: string, count: number, seed: number): Promise<LayerFound[]> {
  const primary = path.join(lambdaDir, "voice-webhook.js");
  const layers = await layersOfPrimary(await readFile(primary, "utf8"));
  const folder = path.join(workDir, "layers");
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    layers.map(async ({ code }, nth) => {
      const file = path.join(folder, `${nth}.cjs`);
      await writeFile(file, code);
      return file;
    }),
  );
  const starts = await inTurns(
    [...files, primary].map((file) => () => ({ file, env: {} })),
    count,
    seed,
  );
  const names = [...layers.map(({ name }) => name), "primary"];
  return names.map((name, nth) => ({ name, starts: starts[nth] ?? [] }));
}
