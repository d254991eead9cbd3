import { Worker } from "node:worker_threads";
import { mergeVisits, type Visits } from "../../rehearsal/graph/visits.ts";
import { emptyTally, mergeTally, type Tally } from "../../rehearsal/report/tally.ts";
import type { Plan, Task } from "./plan.ts";
import { type Counted, createShared, type FromWorker, sharedAt } from "./shared.ts";

/** A rehearsal that is going on in workers. */
export interface Running {
  /** All figures, put together in the order of the tasks: the number of workers does not matter. Rejects with a PoolError. */
  readonly finished: Promise<Finished>;
  /** Ends the work soon; `finished` then tells what is known. */
  stop(): void;
  now(): Now;
}

export interface Finished {
  readonly tally: Tally;
  /** Where callers came, by flow and step. */
  readonly visits: Visits;
  /** Not stopped before its end. */
  readonly complete: boolean;
  /** Since the first worker began: without the time that it takes to start. */
  readonly workingSeconds: number;
}

export interface Now {
  readonly cases: number;
  readonly failed: number;
  readonly tasks: number;
  readonly tasksDone: number;
  /** the last task that was begun */
  readonly task: Task | undefined;
}

/** Most of what a call allocates is garbage when it is over. */
export const youngGenerationMb = 256;

/** A worker died, or a task of it threw. */
export class PoolError extends Error {
  override readonly name = "PoolError";
}

/**
 * Does tasks in `workers` threads, each in whichever is free.
 *
 * @param order in which tasks are begun, by their index: long ones first
 */
export function runTasks(plan: Plan, tasks: readonly Task[], order: readonly number[], workers: number): Running {
  const shared = createShared();
  const counters = new Int32Array(shared);
  const waiting = [...order];
  const parts: Counted[] = [];
  let tasksDone = 0;
  let beganMs: number | undefined;
  let task: Task | undefined;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    Atomics.store(counters, sharedAt.stop, 1);
  };

  const runOne = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), {
        workerData: { plan, shared },
        resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
        execArgv: ["--disable-warning=ExperimentalWarning"],
      });
      let isOver = false;
      const fail = (what: string): void => {
        if (isOver) return;
        isOver = true;
        stop();
        reject(new PoolError(what));
        void worker.terminate();
      };
      const goOn = (): void => {
        const index = stopped ? undefined : waiting.shift();
        if (index === undefined) {
          isOver = true;
          void worker.terminate().then(() => resolve());
          return;
        }
        task = tasks[index];
        worker.postMessage({ index, task });
      };
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "broken") return fail(message.what);
        beganMs ??= performance.now();
        if (message.kind === "done") {
          parts[message.index] = message;
          if (message.complete) tasksDone += 1;
        }
        goOn();
      });
      worker.on("error", (error) => fail(`a worker died: ${error instanceof Error ? error.stack : String(error)}`));
      worker.on("exit", (code) => fail(`a worker ended by itself, with code ${code}`));
    });

  const finish = async (): Promise<Finished> => {
    await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, runOne));
    const workingSeconds = (performance.now() - (beganMs ?? performance.now())) / 1_000;
    const tally = emptyTally();
    const visits: Visits = new Map();
    // a list with gaps where tasks were never begun
    for (const part of parts) {
      if (part === undefined) continue;
      mergeTally(tally, part.tally);
      mergeVisits(visits, part.visits);
    }
    return { tally, visits, complete: tasksDone === tasks.length, workingSeconds };
  };

  return {
    finished: finish(),
    stop,
    now: () => ({
      cases: Atomics.load(counters, sharedAt.cases),
      failed: Atomics.load(counters, sharedAt.failed),
      tasks: tasks.length,
      tasksDone,
      task,
    }),
  };
}
