import { availableParallelism } from "node:os";
import type { MatrixCell, RehearsalState } from "../../console/protocol.ts";
import type { DialectChoice } from "../../console/rehearsal-protocol.ts";
import { closeNetwork } from "../../rehearsal/world/outside-service.ts";
import { coverageFile, coverageOf, keepCoverage } from "../flow/coverage.ts";
import {
  chosenDialects,
  chosenFlows,
  flowsUrlOf,
  loadFlows,
  type Plan,
  plannedScripts,
  settingsFrom,
  tasksOf,
} from "../rehearse/plan.ts";
import { runTasks } from "../rehearse/pool.ts";

/** What the child tells its parent, first how far it is, then how it ended. */
export type FromRehearsal = Omit<RehearsalState, "id" | "flow" | "dialects">;

export interface ToRehearsal {
  readonly flow: string;
  /** default: flows/index.ts */
  readonly flowsModule: string | undefined;
  readonly dialects: DialectChoice;
}

const everyMs = 250;
const failuresShown = 50;
/** The machine has calls to serve as well. */
const workersMax = Math.max(1, availableParallelism() - 1);

async function rehearseFlow(
  { flow: name, flowsModule, dialects: choice }: ToRehearsal,
  tell: (now: FromRehearsal) => void,
): Promise<FromRehearsal> {
  const settings = settingsFrom(process.env);
  const flowsUrl = flowsUrlOf(flowsModule);
  const flows = chosenFlows(await loadFlows(flowsUrl), name);
  const openNetwork = closeNetwork();
  const scripts = await plannedScripts(flows, settings, undefined).finally(openNetwork);
  const dialects = chosenDialects(choice);
  const plan: Plan = { flowsUrl, settings, scripts, dialects, faults: { kind: "single" }, seed: 1, anyDialect: false };
  const tasks = tasksOf(plan);
  const running = runTasks(plan, tasks, [...tasks.keys()], workersMax);
  const look = setInterval(() => {
    const { cases, failed, tasksDone } = running.now();
    tell({ state: "running", cases, failed, progress: tasksDone / Math.max(1, tasks.length) });
  }, everyMs);
  const { tally, visits } = await running.finished.finally(() => clearInterval(look));
  const latest = coverageOf({ flows, faults: "single", visits, tally, at: new Date().toISOString() });
  await keepCoverage(coverageFile, latest).catch(() => undefined);
  const matrix = [...tally.cells.values()].map(({ step, kind, fault, cases, failed, ids }): MatrixCell => {
    const [example] = ids;
    return { step, point: kind, fault, cases, failed, ...(example === undefined ? {} : { example }) };
  });
  const failures = tally.failures.slice(0, failuresShown).map(({ id, findings, faults }) => ({
    caseId: id,
    what: [...findings.map(({ what }) => what), ...faults].join("; "),
  }));
  return { state: "done", cases: tally.cases, failed: tally.failed, progress: 1, matrix, failures };
}

/** A parent that is gone needs no figures. */
process.once("disconnect", () => process.exit(0));
process.once("message", (asked: ToRehearsal) => {
  const tell = (now: FromRehearsal) => void process.send?.(now);
  rehearseFlow(asked, tell)
    .catch((error: unknown): FromRehearsal => {
      const message = error instanceof Error ? error.message : "unknown error";
      return { state: "failed", cases: 0, failed: 0, progress: 0, message };
    })
    .then((last) => process.send?.(last, () => process.exit(0)));
});
