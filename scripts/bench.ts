import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments, usualSeed } from "./bench/arguments.ts";
import { withFigures } from "./bench/page.ts";
import { loadPart } from "./bench/parts.ts";
import { isMet, partNames } from "./bench/report.ts";
import { type BenchReport, runBench } from "./bench/run.ts";
import { rounded } from "./bench/statistics.ts";
import { chartsSvg } from "./bench/svg.ts";
import { terminalText } from "./bench/text.ts";
import { root } from "./build/bundle.ts";

const usage = `bench [--quick] [--only NAME] [--json] [--docs] [--seed N]

Builds both legs and measures them on this machine, beside what people would use instead, in turns in one run. Prints tables and
targets; writes dist/bench/performance.json and performance.svg.
  --only    ${partNames.join(", ")}; may be given again
  --quick   about a minute: counts are right, times are no figures
  --json    prints the report as one JSON line in place of the tables
  --docs    writes docs/performance.json and .svg, and the figures of docs/performance.md
  --seed    of whatever is drawn by chance; default ${usualSeed}

Compare figures of one run only, as ratios: machines differ, and one machine differs from minute to minute.
Exit status: 0 every count is as it should be, 1 one is not, or the bench could not be run, 2 wrong arguments.`;

/** The picture and the figures, for people and for programs. */
async function write(folder: string, report: BenchReport): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "performance.json"), `${JSON.stringify(report, undefined, 1)}\n`);
  await writeFile(path.join(folder, "performance.svg"), chartsSvg(report.parts.flatMap((part) => part.report.charts)));
}

async function main(args: readonly string[]): Promise<number> {
  let given: ReturnType<typeof readArguments>;
  try {
    given = readArguments(args);
  } catch (error) {
    console.error(`bench: ${(error as Error).message} (see bench --help)`);
    return 2;
  }
  if (given === undefined) {
    console.log(usage);
    return 0;
  }
  const progress = (line: string) => console.error(line);
  // what is printed, drawn and written is the same, to the last digit
  const report = rounded(await runBench({ ...given, load: (name) => loadPart[name](), progress }));
  await write(path.join(root, "dist", "bench"), report);
  if (given.docs) {
    const docs = path.join(root, "docs");
    await write(docs, report);
    const page = path.join(docs, "performance.md");
    await writeFile(page, withFigures(await readFile(page, "utf8"), report));
  }
  console.log(given.json ? JSON.stringify(report) : terminalText(report));
  const counts = report.parts.flatMap((part) => part.report.targets).filter(({ kind }) => kind === "count");
  return counts.every(isMet) ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`bench: ${error.message}`);
    return 1;
  });
}
