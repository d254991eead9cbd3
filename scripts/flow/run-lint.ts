import { chosenFlows, flowsUrlOf, loadFlows, settingsFrom } from "../rehearse/plan.ts";
import type { FlowArguments } from "./arguments.ts";
import { findingLine } from "./finding.ts";
import { lintFlow } from "./lint.ts";

/** `flow lint`. @returns the exit code @throws UsageError */
export async function runLint(given: Extract<FlowArguments, { command: "lint" }>): Promise<number> {
  const all = await loadFlows(flowsUrlOf(given.flowsModule, given.names.length > 0));
  const flows = given.names.length === 0 ? all : [...new Set(given.names.flatMap((name) => chosenFlows(all, name)))];
  const settings = settingsFrom(process.env);
  const findings = [];
  for (const flow of flows) findings.push(...(await lintFlow(flow, settings)));
  const errors = findings.filter(({ level }) => level === "error").length;
  const warnings = findings.length - errors;
  const names = flows.map(({ name }) => name);
  if (given.json) console.log(JSON.stringify({ flows: names, errors, warnings, findings }));
  else {
    for (const finding of findings) console.log(findingLine(finding));
    console.log(`${names.join(", ")}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`);
  }
  return errors > 0 || (given.strict && warnings > 0) ? 1 : 0;
}

function counted(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}
