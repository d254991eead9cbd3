import { parentPort, workerData } from "node:worker_threads";
import type { Flow } from "../../core/flow.ts";
import { createExpectation } from "../../rehearsal/checkers/expectation.ts";
import { explore, type Rehearsed } from "../../rehearsal/explore/explore.ts";
import { placeRandomCase, type Rehearsable } from "../../rehearsal/explore/random-cases.ts";
import { addVisits } from "../../rehearsal/graph/visits.ts";
import { addCase, emptyTally } from "../../rehearsal/report/tally.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { createStage } from "../../rehearsal/world/stage.ts";
import { withoutSettings } from "../shown.ts";
import { loadFlows, type Plan, type Task } from "./plan.ts";
import { type Counted, type FromWorker, type Shared, sharedAt } from "./shared.ts";

const { plan, shared } = workerData as { readonly plan: Plan; readonly shared: Shared };
const counters = new Int32Array(shared);
const faultsMax = { none: 0, single: 1, pairs: 2 } as const;

/** Thrown out of a search that is to stop. */
class Stopped extends Error {}

closeNetwork();
// errors that are part of a call are thrown by the thousand, and nobody reads where
Error.stackTraceLimit = 0;
const flows = new Map((await loadFlows(plan.flowsUrl)).map((flow) => [flow.name, flow]));
const rehearsables = plan.faults.kind === "random" ? [...flows.values()].flatMap(rehearsableOf) : [];

parentPort?.on("message", ({ index, task }: { readonly index: number; readonly task: Task }) => {
  run(task).then(
    (done) => tell({ kind: "done", index, ...done }),
    (error: unknown) => tell({ kind: "broken", what: describe(task, error) }),
  );
});
tell({ kind: "ready" });

async function run(task: Task): Promise<Counted & { readonly complete: boolean }> {
  const counted: Counted = { tally: emptyTally(), visits: new Map() };
  try {
    if (task.kind === "script") await searchScript(counted, task.at);
    else await placeRandomCases(counted, task);
    return { ...counted, complete: true };
  } catch (error) {
    if (error instanceof Stopped) return { ...counted, complete: false };
    throw error;
  }
}

async function searchScript(counted: Counted, at: number): Promise<void> {
  const planned = plan.scripts[at];
  if (planned === undefined || plan.faults.kind === "random") throw new RangeError(`no script ${at} to search`);
  const stage = createStage(flowOf(planned.flow), plan.settings);
  const { same } = await explore({
    stage,
    expect: createExpectation(stage),
    script: planned.script,
    dialects: plan.dialects,
    faultsMax: faultsMax[plan.faults.kind],
    onCall: (rehearsed) => note(counted, rehearsed),
  });
  counted.tally.same += same;
}

async function placeRandomCases(counted: Counted, { from, to }: Extract<Task, { kind: "random" }>): Promise<void> {
  const [dialect] = plan.dialects;
  const fixed = plan.anyDialect || dialect === undefined ? {} : { dialect };
  for (let index = from; index < to; index += 1) {
    note(counted, await placeRandomCase({ seed: plan.seed, index, flows: rehearsables, ...fixed }));
  }
}

function note({ tally, visits }: Counted, rehearsed: Rehearsed): void {
  addCase(tally, rehearsed);
  addVisits(visits, rehearsed.call);
  Atomics.add(counters, sharedAt.cases, 1);
  if (rehearsed.findings.length > 0) Atomics.add(counters, sharedAt.failed, 1);
  if (Atomics.load(counters, sharedAt.stop) !== 0) throw new Stopped();
}

function rehearsableOf(flow: Flow): Rehearsable[] {
  const scripts = plan.scripts.flatMap((planned) => (planned.flow === flow.name ? [planned.script] : []));
  const stage = createStage(flow, plan.settings);
  return scripts.length === 0 ? [] : [{ stage, expect: createExpectation(stage), scripts }];
}

function flowOf(name: string): Flow {
  const flow = flows.get(name);
  if (flow === undefined) throw new RangeError(`no flow '${name}' in ${plan.flowsUrl}`);
  return flow;
}

function describe(task: Task, error: unknown): string {
  const planned = task.kind === "script" ? plan.scripts[task.at] : undefined;
  const where = planned
    ? `flow '${planned.flow}', script '${planned.script.id}' (${planned.script.language})`
    : `seed ${plan.seed}, ${task.kind === "random" ? `cases ${task.from} to ${task.to - 1}` : "no script"}`;
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${where}: ${withoutSettings(why, plan.settings)}`;
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}
