import { availableParallelism } from "node:os";
import { flows } from "../../../flows/index.ts";
import { withoutNetwork } from "../../../rehearsal/kit/network.ts";
import { plannedScripts } from "../../rehearse/plan.ts";
import type { Part } from "../report.ts";
import { type Together, toReport } from "./figures.ts";
import { type SurveyWorker, startWorkers } from "./workers.ts";

/** The compiler needs some ten thousand calls until it has nothing left to do. */
const amounts = {
  full: { warmUpMs: 10_000, rounds: 5, roundMs: 3_000 },
  quick: { warmUpMs: 1_000, rounds: 3, roundMs: 500 },
} as const;
/** More than two tell nothing new: workers share nothing. */
const workersMax = 2;

/** How fast the rehearsal is: the search for pairs of faults in the shipped flows, every call checked. */
export const rehearsalPart: Part = {
  name: "rehearsal",
  title: "Rehearsal: calls that are placed and checked",
  async run({ effort, progress }) {
    const { warmUpMs, rounds, roundMs } = amounts[effort];
    const scripts = await withoutNetwork(() => plannedScripts(flows, {}, undefined));
    const workers = startWorkers(scripts, Math.min(workersMax, availableParallelism()));
    const together = (some: readonly SurveyWorker[], forMs: number) =>
      Promise.all(some.map((worker) => worker.run(forMs)));
    try {
      progress(`warm-up, ${scripts.length} scripts`);
      await together(workers, warmUpMs);
      const measured = async (some: readonly SurveyWorker[]): Promise<Together> => {
        const before = process.cpuUsage();
        const done = await together(some, roundMs);
        const { user, system } = process.cpuUsage(before);
        return { workers: done, cpuMs: (user + system) / 1_000 };
      };
      const alone: Together[] = [];
      const all: Together[] = [];
      for (let round = 0; round < rounds; round += 1) {
        progress(`round ${round + 1} of ${rounds}`);
        alone.push(await measured(workers.slice(0, 1)));
        if (workers.length > 1) all.push(await measured(workers));
      }
      return toReport(alone, all);
    } finally {
      await Promise.all(workers.map((worker) => worker.end()));
    }
  },
};
