import type { Flow } from "../../core/flow.ts";
import type { Visits } from "../../rehearsal/graph/visits.ts";
import type { Report } from "../../rehearsal/report/report.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { faultsText, type RehearseArguments } from "./arguments.ts";
import {
  chosenDialects,
  chosenFlows,
  flowsUrlOf,
  loadFlows,
  type Plan,
  plannedScripts,
  type Task,
  tasksOf,
} from "./plan.ts";
import { runTasks } from "./pool.ts";
import { progressLine, showProgress } from "./progress.ts";

/** Flows that were rehearsed, and where their callers came. */
export interface Covered {
  readonly flows: readonly Flow[];
  readonly visits: Visits;
  readonly report: Report;
}

/** Where a rehearsal is watched from. */
export interface Watch {
  /** Gets a line of progress if it is a terminal. */
  readonly terminal: NodeJS.WriteStream;
  /** Registers what ends the rehearsal before its time. */
  onInterrupt(stop: () => void): void;
  /** Told at the end; waited for. */
  onCovered?(covered: Covered): Promise<void>;
}

/**
 * Rehearses flows in worker threads.
 *
 * @param settings of flows, where they are no addresses
 * @throws UsageError, FlowTroubleError, PoolError
 */
export async function rehearse(
  given: RehearseArguments,
  settings: Readonly<Record<string, string>>,
  { terminal, onInterrupt, onCovered }: Watch,
): Promise<Report> {
  const startedMs = performance.now();
  const secondsSince = () => (performance.now() - startedMs) / 1_000;
  const flowsUrl = flowsUrlOf(given.flowsModule, given.flow !== undefined);
  const dialects = chosenDialects(given.dialect);
  const { faults, seed, workers } = given;
  const flows = chosenFlows(await loadFlows(flowsUrl), given.flow);
  const openNetwork = closeNetwork();
  const scripts = await plannedScripts(flows, settings, given.script).finally(openNetwork);
  const anyDialect = given.dialect === "all" && faults.kind === "random";
  const plan: Plan = { flowsUrl, settings, scripts, dialects, faults, seed, anyDialect };
  const tasks = tasksOf(plan);
  const running = runTasks(plan, tasks, longestFirst(tasks, plan), workers);
  onInterrupt(running.stop);
  const endProgress = showProgress(terminal, () => progressLine(running.now(), scripts, secondsSince()));
  const { tally, visits, complete, workingSeconds } = await running.finished.finally(endProgress);
  const report: Report = {
    flows: flows.map(({ name, steps }) => ({ name, steps: [...steps.keys()] })),
    scripts: scripts.length,
    dialects: anyDialect ? tally.cases : dialects.length,
    faults: faultsText(faults),
    seed,
    workers: Math.min(workers, tasks.length),
    seconds: secondsSince(),
    workingSeconds,
    interrupted: !complete,
    tally,
  };
  await onCovered?.({ flows, visits, report });
  return report;
}

/** A script with more answers has more operations to break. */
function longestFirst(tasks: readonly Task[], { scripts }: Plan): readonly number[] {
  const length = (at: number): number => {
    const task = tasks[at];
    return task?.kind === "script" ? (scripts[task.at]?.script.answers.length ?? 0) : 0;
  };
  return [...tasks.keys()].toSorted((one, other) => length(other) - length(one));
}
