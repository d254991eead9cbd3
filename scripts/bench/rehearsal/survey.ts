import type { Flow } from "../../../core/flow.ts";
import { createExpectation } from "../../../rehearsal/checkers/expectation.ts";
import { fewDialects } from "../../../rehearsal/explore/dialects.ts";
import { explore } from "../../../rehearsal/explore/explore.ts";
import { addVisits, type Visits } from "../../../rehearsal/graph/visits.ts";
import { addCase, emptyTally } from "../../../rehearsal/report/tally.ts";
import { createStage } from "../../../rehearsal/world/stage.ts";
import type { PlannedScript } from "../../rehearse/plan.ts";

/** What one worker did in a round. */
export interface Round {
  /** placed, checked and counted, as the rehearsal does */
  readonly calls: number;
  /** calls, and those that were not placed because one that was is known to be the same */
  readonly cases: number;
  readonly ms: number;
  /** calls with a finding: a survey of sound flows has none */
  readonly failed: number;
}

/**
 * Of the first faults of each call only every so many is taken, with all that can break behind it: a share is some hundred calls
 * of one script, so that a few seconds see every script. No script has many fewer first faults.
 */
export const shares = 150;
/** Has no factor in common with `shares`: one share after the other, far apart, and none twice before all were taken. */
const shareStride = 61;

export interface SurveyOptions {
  readonly flows: readonly Flow[];
  readonly scripts: readonly PlannedScript[];
  readonly workers: number;
  /** Which of the workers this is, from 0: no two take the same shares. */
  readonly worker: number;
  readonly nowMs: () => number;
}

/** Which share a worker takes in its nth turn. */
export function shareAt(turn: number, worker: number, workers: number): number {
  return ((turn * workers + worker) * shareStride) % shares;
}

/** The search for pairs of faults, through all scripts in turn. @returns what goes on with it for some time */
export function createSurvey({ flows, scripts, workers, worker, nowMs }: SurveyOptions): {
  run(forMs: number): Promise<Round>;
} {
  const known = new Map(flows.map((flow) => [flow.name, flow]));
  const callers = scripts.map(({ flow: name, script }) => {
    const flow = known.get(name);
    if (flow === undefined) throw new RangeError(`no flow '${name}'`);
    const stage = createStage(flow);
    return { stage, expect: createExpectation(stage), script };
  });
  const visits: Visits = new Map();
  let turn = 0;
  return {
    async run(forMs) {
      const startedMs = nowMs();
      const tally = emptyTally();
      while (nowMs() - startedMs < forMs) {
        const caller = callers[turn % callers.length];
        if (caller === undefined) throw new RangeError("no scripts to survey");
        const { same } = await explore({
          ...caller,
          dialects: fewDialects,
          faultsMax: 2,
          share: { of: shares, index: shareAt(turn, worker, workers) },
          onCall: (rehearsed) => {
            addCase(tally, rehearsed);
            addVisits(visits, rehearsed.call);
          },
        });
        tally.same += same;
        turn += 1;
      }
      const { cases: calls, same, failed } = tally;
      return { calls, cases: calls + same, ms: nowMs() - startedMs, failed };
    },
  };
}
