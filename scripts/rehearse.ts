import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { reportPage } from "../rehearsal/report/page.ts";
import { factsOf } from "../rehearsal/report/report.ts";
import { reportText } from "../rehearsal/report/report-text.ts";
import { UsageError } from "./command-line.ts";
import { coverageFile, coverageOf, keepCoverage } from "./flow/coverage.ts";
import { type RehearseArguments, readArguments, seedMax } from "./rehearse/arguments.ts";
import { chosenDialects, chosenFlows, flowsUrlOf, loadFlows, settingsFrom } from "./rehearse/plan.ts";
import { PoolError } from "./rehearse/pool.ts";
import { FlowTroubleError } from "./rehearse/rehearsable.ts";
import { type Covered, rehearse } from "./rehearse/rehearse.ts";
import { replay, replayFacts, replayText } from "./rehearse/replay.ts";

const usage = `rehearse [--flow F] [--script ID] [--faults none|single|pairs|random:N] [--dialect D|all|few] [--seed S]
         [--workers N] [--json] [--html FILE] [--flows MODULE]
rehearse --case ID [--json] [--flows MODULE]
rehearse --http [--flow F] [--dialect D|all] [--seed S] [--json]

Places the calls of every flow in virtual time, each again with every fault at every operation, and checks each.
  --flow      only this flow, which may be one of flows/examples; default: all of flows/index.ts
  --script    only this script: what the caller does, as a case id names it
  --faults    none, single (every fault; the default), pairs (every ordered pair), random:N (N cases with up to three)
  --dialect   how Twilio answers its open questions: all (each answer with each other; the default), few (each answer
              once; the default of pairs), default, d1 and so on, f1 and so on, or ~question=answer,…
  --seed      of random cases; default: a new one, which is printed
  --workers   threads; default: one for each core. The figures do not depend on it.
  --html      writes the report as a page of its own, too
  --case      places one case again, and draws it as a ladder
  --http      places calls over HTTP through the running stack, with socket faults, and compares
  --json      one object as the last line instead of the report
  --flows     takes \`flows\` of this module
Settings of a flow that are no addresses are taken from the environment (FLOW_*), addresses are made up.

Exit status: 0 every call came through, 1 one did not, 2 wrong arguments, 130 interrupted.`;

const widthMin = 100;
const interrupted = 130;

async function replayOne(given: RehearseArguments, caseId: string): Promise<number> {
  const flows = await loadFlows(flowsUrlOf(given.flowsModule, true));
  const replayed = await replay(flows, settingsFrom(process.env), caseId);
  console.log(given.json ? replayFacts(replayed) : replayText(replayed));
  return replayed.findings.length === 0 ? 0 : 1;
}

async function overHttp({ flow, seed, json, dialect, flowsModule }: RehearseArguments): Promise<number> {
  // the stack and its parts are not needed for anything else
  const { runOverHttp } = await import("./rehearse/over-http.ts");
  const flows = chosenFlows(await loadFlows(flowsUrlOf(flowsModule)), flow);
  return runOverHttp({
    ...{ flows, seed, json },
    ...(flowsModule === undefined ? {} : { flowsEntry: flowsModule }),
    ...(dialect === "all" ? {} : { dialects: chosenDialects(dialect) }),
  });
}

async function rehearseAll(given: RehearseArguments): Promise<number> {
  const report = await rehearse(given, settingsFrom(process.env), {
    terminal: process.stderr,
    onInterrupt: (stop) => process.once("SIGINT", stop),
    onCovered: leaveCoverage,
  });
  if (given.html !== undefined) await writeFile(given.html, reportPage(report));
  if (given.json) console.log(JSON.stringify(factsOf(report)));
  else {
    const widthMax = Math.max(widthMin, process.stdout.columns ?? 0);
    const module = given.flowsModule === undefined ? "" : ` --flows ${given.flowsModule}`;
    process.stdout.write(reportText(report, { widthMax, replay: `npm run -s rehearse --${module}` }));
  }
  if (report.interrupted) return interrupted;
  return report.tally.failed === 0 ? 0 : 1;
}

/** Leaves what `flow graph` colours in. A working directory that cannot be written to is no reason to fail. */
async function leaveCoverage({ flows, visits, report }: Covered): Promise<void> {
  const faults = report.interrupted ? `${report.faults}, interrupted` : report.faults;
  const latest = coverageOf({ flows, faults, visits, tally: report.tally, at: new Date().toISOString() });
  await keepCoverage(coverageFile, latest).catch(() => undefined);
}

/** The command. @returns the exit code */
export async function runRehearse(args: readonly string[]): Promise<number> {
  try {
    const given = readArguments(args, { seed: randomInt(seedMax), workers: availableParallelism() });
    if (given === "help") {
      console.log(usage);
      return 0;
    }
    if (given.caseId !== undefined) return await replayOne(given, given.caseId);
    return given.http ? await overHttp(given) : await rehearseAll(given);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`rehearse: ${error.message} (see rehearse --help)`);
      return 2;
    }
    console.error(error instanceof PoolError || error instanceof FlowTroubleError ? error.message : error);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runRehearse(process.argv.slice(2));
