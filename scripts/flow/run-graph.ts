import { writeFile } from "node:fs/promises";
import { UsageError } from "../command-line.ts";
import { chosenFlows, flowsUrlOf, loadFlows, settingsFrom } from "../rehearse/plan.ts";
import type { FlowArguments } from "./arguments.ts";
import { coverageFile, readCoverage } from "./coverage.ts";
import { drawnFlow } from "./lint.ts";
import { mermaidOf } from "./mermaid.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { svgOf } from "./svg.ts";

/** `flow graph`. @returns the exit code @throws UsageError */
export async function runGraph(given: Extract<FlowArguments, { command: "graph" }>): Promise<number> {
  const { name, format, out, coverage: from = coverageFile } = given;
  const flows = chosenFlows(await loadFlows(flowsUrlOf(given.flowsModule, name !== undefined)), name);
  if (format === "svg" && flows.length > 1) throw new UsageError("--svg draws one flow: name it");
  const coverage = from === "none" ? undefined : await readCoverage(from);
  const settings = settingsFrom(process.env);
  const pictures: Picture[] = [];
  for (const flow of flows) pictures.push(pictureOf(await drawnFlow(flow, settings), coverage?.flows[flow.name]));
  const text =
    format === "json" ? `${JSON.stringify({ flows: pictures })}\n` : pictures.map(drawnAs[format]).join("\n");
  if (out === undefined) process.stdout.write(text);
  else await write(out, text);
  return 0;
}

const drawnAs = { mermaid: mermaidOf, svg: svgOf } as const;

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`--out: ${(error as NodeJS.ErrnoException).code ?? "error"}: it cannot be written`);
  }
}
