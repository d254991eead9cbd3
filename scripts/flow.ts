import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { readFlowArguments } from "./flow/arguments.ts";
import { runGraph } from "./flow/run-graph.ts";
import { runLint } from "./flow/run-lint.ts";

const usage = `flow lint [name…] [--strict] [--json] [--flows MODULE]
flow graph [name] [--mermaid|--svg|--json] [--out FILE] [--coverage FILE|none] [--flows MODULE]

Asks every step of a call flow where every class of answer leads, and tells what is wrong, or draws it (docs/flows.md).
  name        a flow, which may be one of flows/examples; default: all of flows/index.ts
  --strict    lint: warnings count as errors
  --mermaid   graph: a Mermaid flowchart, the default
  --svg       graph: one self-contained SVG of one flow
  --json      one object as the last line
  --out       writes to a file
  --coverage  colours of this file; default: those of the last rehearsal in this directory; none: no colours
  --flows     takes \`flows\` of this module
Settings of a flow that are no addresses are taken from the environment (FLOW_*), addresses are made up.

Exit status: 0 nothing is wrong, 1 lint found an error, 2 wrong arguments.`;

/** The command. @returns the exit code */
export async function runFlow(args: readonly string[]): Promise<number> {
  try {
    const given = readFlowArguments(args);
    if (given === "help") {
      console.log(usage);
      return 0;
    }
    return given.command === "lint" ? await runLint(given) : await runGraph(given);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`flow: ${error.message} (see flow --help)`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runFlow(process.argv.slice(2));
