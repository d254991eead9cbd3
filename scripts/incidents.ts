import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { BuildError } from "./build/bundle.ts";
import { UsageError } from "./command-line.ts";
import { readArguments } from "./incidents/arguments.ts";
import { judgeAll } from "./incidents/judge-all.ts";
import { makeIncidents } from "./incidents/make.ts";
import { matrixOf, matrixText } from "./incidents/matrix.ts";
import { plans } from "./incidents/plans.ts";
import { wrongIn } from "./incidents/truth.ts";
import { StackError } from "./stack/stack-error.ts";

const usage = `incidents make [NAME ...] [--dir DIR]
incidents matrix [NAME ...] [--dir DIR] [--json]
incidents list

A corpus of incidents whose truth is known, to measure triage with.
  make    places the calls of each incident over HTTP, on a local stack whose network, edge, functions, table and effects fail as
          planned, and writes what an operator would export: alerts, logs, table; and the truth beside it
  matrix  asks triage about each incident and prints how its verdicts agree with the truth
  list    the incidents, each in a sentence
  --dir   of the corpus; default test/incidents
  --json  one JSON line

Exit status: 0 all verdicts are right, 1 some are not, or an incident could not be made, 2 wrong arguments.`;

const corpus = fileURLToPath(new URL("../test/incidents", import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  const names = plans.map(({ name }) => name);
  const given = readArguments(args, names, corpus);
  if (given === undefined) {
    console.log(usage);
    return 0;
  }
  if (given.command === "list") {
    for (const { name, what } of plans) console.log(`${name.padEnd(24)}${what}`);
    return 0;
  }
  if (given.command === "make") {
    const chosen = given.names.length === 0 ? plans : plans.filter(({ name }) => given.names.includes(name));
    let made = 0;
    await makeIncidents(chosen, given.dir, (name, failed) => {
      made += 1;
      console.error(`${made} of ${chosen.length}: ${name}, requests that failed: ${failed}`);
    });
    return 0;
  }
  const folders = await readdir(given.dir);
  const wanted = given.names.length === 0 ? folders.toSorted() : given.names;
  const judged = await judgeAll(given.dir, wanted);
  const wrong = judged.filter((one) => wrongIn(one) !== undefined);
  console.log(
    given.json
      ? JSON.stringify({ incidents: wanted.length, requests: judged.length, matrix: matrixOf(judged), wrong })
      : matrixText(judged, wanted.length),
  );
  return wrong.length === 0 && judged.length > 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    if (error instanceof UsageError) {
      console.error(`incidents: ${error.message} (see incidents --help)`);
      return 2;
    }
    const expected = error instanceof StackError || error instanceof BuildError;
    console.error(expected || error.name === "Error" ? `incidents: ${error.message}` : error);
    return 1;
  });
}
