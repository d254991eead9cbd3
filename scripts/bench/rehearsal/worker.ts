import { parentPort, workerData } from "node:worker_threads";
import { flows } from "../../../flows/index.ts";
import { closeNetwork } from "../../../rehearsal/world/outside-service.ts";
import type { PlannedScript } from "../../rehearse/plan.ts";
import { createSurvey } from "./survey.ts";

/** One worker of the survey: told for how many ms to go on, it tells what it did. */

export interface WorkerData {
  readonly scripts: readonly PlannedScript[];
  readonly workers: number;
  readonly worker: number;
}

closeNetwork();
// as the rehearsal's own workers do
Error.stackTraceLimit = 0;
const survey = createSurvey({ ...(workerData as WorkerData), flows, nowMs: () => performance.now() });

parentPort?.on("message", (forMs: number) => {
  survey.run(forMs).then(
    (round) => parentPort?.postMessage(round),
    (error: unknown) => {
      // ends the worker with this error, which whoever waits for the round is told
      setImmediate(() => {
        throw error;
      });
    },
  );
});
