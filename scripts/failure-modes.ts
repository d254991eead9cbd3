import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { failureModesPage } from "../rehearsal/report/failure-modes.ts";
import type { Report } from "../rehearsal/report/report.ts";
import { root } from "./build/bundle.ts";
import { readArguments } from "./rehearse/arguments.ts";
import { rehearse } from "./rehearse/rehearse.ts";

const usage = `failure-modes [--check]   rehearses the shipped flows with every single fault and writes docs/failure-modes.md from what
followed, from the list of faults and from the declared losses. With --check it writes nothing; exit 1 when the page differs.`;

export const failureModesFile = path.join(root, "docs", "failure-modes.md");

/** Every single fault in the shipped flows, or those of another module. @param workers threads */
export function rehearseSingles(workers: number, ...more: readonly string[]): Promise<Report> {
  const given = readArguments(more, { seed: 0, workers });
  if (given === "help") throw new Error("no arguments ask for no help");
  return rehearse(given, {}, { terminal: process.stderr, onInterrupt: () => {} });
}

/** The page as the code and a rehearsal of single faults make it. */
export function pageOf({ tally, flows }: Report): string {
  const names = flows.map(({ name }) => `\`${name}\``);
  return failureModesPage(tally.modes, `all calls of ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const report = await rehearseSingles(availableParallelism());
  if (report.tally.failed > 0) {
    console.error(`${report.tally.failed} calls failed: see npm run -s rehearse`);
    return 1;
  }
  const page = pageOf(report);
  if (!args.includes("--check")) await writeFile(failureModesFile, page);
  else if ((await readFile(failureModesFile, "utf8")) !== page) {
    console.error("docs/failure-modes.md is not what the code makes: run npm run rehearse:modes");
    return 1;
  }
  console.log(`docs/failure-modes.md: ${report.tally.cases} calls, ${report.tally.modes.size} faults`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
