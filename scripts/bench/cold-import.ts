import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Summary, summaryOf } from "./statistics.ts";

/** Runs in a process of its own, as CommonJS: what a cold start does before the first event. */
const importOnce = `
  const startedMs = performance.now();
  require(process.argv[1]);
  const ms = performance.now() - startedMs;
  process.stdout.write(JSON.stringify({ ms, rssBytes: process.memoryUsage().rss }));
  process.exit(0);
`;
const importTimeoutMs = 10_000;

export interface ColdImport {
  readonly ms: Summary;
  /** resident memory of the process after the import, Node's own included */
  readonly rssMb: Summary;
}

/**
 * Imports a bundle in fresh processes, one after the other.
 *
 * @param file absolute path of the bundle
 */
export async function coldImport(file: string, runs: number): Promise<ColdImport> {
  const measured: { ms: number; rssBytes: number }[] = [];
  // one more, not counted, brings the file into the page cache
  for (let run = 0; run <= runs; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", importOnce, file], {
      timeout: importTimeoutMs,
      env: { TZ: "UTC" },
    });
    if (run > 0) measured.push(JSON.parse(stdout));
  }
  return {
    ms: summaryOf(measured.map(({ ms }) => ms)),
    rssMb: summaryOf(measured.map(({ rssBytes }) => rssBytes / 2 ** 20)),
  };
}
