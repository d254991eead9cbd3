import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { PlannedScript } from "../../rehearse/plan.ts";
import { youngGenerationMb } from "../../rehearse/pool.ts";
import type { Round } from "./survey.ts";
import type { WorkerData } from "./worker.ts";

export interface SurveyWorker {
  /** @throws Error with which the worker ended */
  run(forMs: number): Promise<Round>;
  end(): Promise<void>;
}

/** Threads of this process, each with a survey of its own. */
export function startWorkers(scripts: readonly PlannedScript[], workers: number): readonly SurveyWorker[] {
  return Array.from({ length: workers }, (_, worker): SurveyWorker => {
    const workerData: WorkerData = { scripts, workers, worker };
    const thread = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    return {
      async run(forMs) {
        thread.postMessage(forMs);
        // rejects when the worker ends with an error
        const [round] = (await once(thread, "message")) as [Round];
        return round;
      },
      async end() {
        await thread.terminate();
      },
    };
  });
}
