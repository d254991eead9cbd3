import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Flow } from "../../core/flow.ts";
import { dialectOf } from "../../rehearsal/explore/dialect-text.ts";
import { fewDialects, type NamedDialect, namedDialects } from "../../rehearsal/explore/dialects.ts";
import type { Script } from "../../rehearsal/model/derive-scripts.ts";
import { UsageError } from "../command-line.ts";
import { shown } from "../shown.ts";
import type { Faults } from "./arguments.ts";
import { scriptsOf } from "./rehearsable.ts";

/** A script and the flow that it belongs to. */
export interface PlannedScript {
  readonly flow: string;
  readonly script: Script;
}

/** What every worker knows: plain data. */
export interface Plan {
  /** the module that exports `flows` */
  readonly flowsUrl: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly scripts: readonly PlannedScript[];
  readonly dialects: readonly NamedDialect[];
  readonly faults: Faults;
  readonly seed: number;
  /** of random cases: a dialect of its own for each, instead of the first of `dialects` */
  readonly anyDialect: boolean;
}

/** A part of the work that one worker does at a time. */
export type Task =
  /** every case of a script, by its place in the plan: in parts they would share less of what is known to be the same */
  | { readonly kind: "script"; readonly at: number }
  /** random cases, `from` included, `to` excluded */
  | { readonly kind: "random"; readonly from: number; readonly to: number };

const randomTaskCases = 250;

/** @throws UsageError when there is no such module, or no list of flows with names of their own in it */
export async function loadFlows(flowsUrl: string): Promise<readonly Flow[]> {
  const module = await import(flowsUrl).catch((error: unknown) => {
    throw new UsageError(`--flows: ${whyNot(error, flowsUrl)}`);
  });
  const flows: readonly Flow[] = Array.isArray(module.flows) ? module.flows : [];
  if (flows.length === 0)
    throw new UsageError("--flows: the module must export `flows`, a list of what defineFlow made");
  const twice = flows.find(({ name }, at) => flows.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw new UsageError(`two flows are called '${twice.name}'`);
  return flows;
}

/** Of a module that is not there, its name is not repeated; what a module that is there says is its author's. */
function whyNot(error: unknown, flowsUrl: string): string {
  const { url, message = String(error) } = (error ?? {}) as { readonly url?: string; readonly message?: string };
  if (url === flowsUrl) return "there is no such module";
  const [line = ""] = message.split("\n", 1);
  return line.replaceAll(URL.canParse(flowsUrl) ? fileURLToPath(flowsUrl) : flowsUrl, "the module");
}

/** @param byName one flow is asked for by its name, which may be that of an example */
export function flowsUrlOf(flowsModule: string | undefined, byName = false): string {
  if (flowsModule !== undefined) return pathToFileURL(path.resolve(flowsModule)).href;
  return new URL(byName ? "known-flows.ts" : "../../flows/index.ts", import.meta.url).href;
}

/** The flow of a name, or all. @throws UsageError when there is none of that name */
export function chosenFlows(flows: readonly Flow[], name: string | undefined): readonly Flow[] {
  const chosen = flows.filter((flow) => name === undefined || flow.name === name);
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    `there is no flow '${shown(name ?? "")}'; there are ${flows.map((flow) => flow.name).join(", ")}`,
  );
}

/** @throws UsageError when there is none of that name */
export function chosenDialects(text: string): readonly NamedDialect[] {
  if (text === "all") return namedDialects;
  if (text === "few") return fewDialects;
  const dialect = dialectOf(text);
  if (dialect !== undefined) return [dialect];
  const last = namedDialects.length - 1;
  throw new UsageError(
    `--dialect ${shown(text)}: it is all, few, default, d1 to d${last}, f1 to f${fewDialects.length - 1}, or like ~errorUrl=relative`,
  );
}

/** @throws UsageError when no flow has such a script; FlowTroubleError when a flow breaks without a fault */
export async function plannedScripts(
  flows: readonly Flow[],
  settings: Readonly<Record<string, string>>,
  id: string | undefined,
): Promise<readonly PlannedScript[]> {
  const all: PlannedScript[] = [];
  for (const flow of flows) {
    const { scripts } = await scriptsOf(flow, settings);
    all.push(...scripts.map((script) => ({ flow: flow.name, script })));
  }
  const chosen = all.filter(({ script }) => id === undefined || script.id === id);
  if (chosen.length > 0) return chosen;
  const known = [...new Set(all.map(({ script }) => `'${script.id}'`))];
  throw new UsageError(`there is no script '${shown(id ?? "")}'; there are ${known.join(", ")}`);
}

/** The work in parts, in the order in which their results are put together. */
export function tasksOf({ scripts, faults }: Pick<Plan, "scripts" | "faults">): readonly Task[] {
  if (faults.kind !== "random") return scripts.map((_, at) => ({ kind: "script", at }));
  const { cases } = faults;
  return Array.from({ length: Math.ceil(cases / randomTaskCases) }, (_, at) => {
    const from = at * randomTaskCases;
    return { kind: "random", from, to: Math.min(cases, from + randomTaskCases) };
  });
}

/** Settings of flows that are no addresses; those the rehearsal makes up itself. */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const given = Object.entries(env).flatMap(([name, value]) => {
    const isSetting = name.startsWith("FLOW_") && value !== undefined && !/^https?:/i.test(value);
    return isSetting ? [[name.slice("FLOW_".length), value] as const] : [];
  });
  return Object.fromEntries(given);
}
