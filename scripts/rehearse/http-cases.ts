import { modelWorld } from "../../rehearsal/checkers/model-world.ts";
import type { NamedDialect } from "../../rehearsal/explore/dialects.ts";
import { deriveScripts, type Script } from "../../rehearsal/model/derive-scripts.ts";
import { rehearseCall } from "../../rehearsal/world/rehearse-call.ts";
import type { Stage } from "../../rehearsal/world/stage.ts";
import { allHttpFaults, type HttpFault, isTableFault } from "./http-faults.ts";

/** One call that is placed over HTTP and in process. */
export interface HttpCase {
  readonly id: string;
  readonly stage: Stage;
  readonly script: Script;
  readonly dialect: NamedDialect;
  /** By the number of the attempt among Twilio's attempts to get TwiML in this call, from 0. */
  readonly faults: ReadonlyMap<number, HttpFault>;
}

export interface CaseOptions {
  readonly stages: readonly Stage[];
  /** Taken in turns. */
  readonly dialects: readonly NamedDialect[];
  readonly faults?: readonly HttpFault[];
  /** Of each flow, the longest. */
  readonly scripts: number;
}

/** The primary's failures that precede a fault of the fallback: what the fallback can find is one of two things. */
const firstFaults = ["gateway-502-before", "reset-after"] as const satisfies readonly HttpFault[];
/** In one case of so many the call goes on for a turn on the fallback leg, and meets the fault there. */
const awayEvery = 3;

/**
 * Each fault at each request for TwiML of the faultless call; after a failure of the primary each fault at the fallback's first
 * answer; and some in the turn that the call is then away on the fallback leg. Dialects are taken in turns.
 */
export async function httpCases({ stages, dialects, faults = allHttpFaults, scripts }: CaseOptions) {
  const cases: HttpCase[] = [];
  let turn = 0;
  const add = (stage: Stage, script: Script, ...met: readonly (readonly [number, HttpFault])[]) => {
    const dialect = dialects[turn % dialects.length];
    if (dialect === undefined) throw new RangeError("no dialect");
    turn += 1;
    const what = met.map(([at, fault]) => `${at}=${fault}`).join("+") || "-";
    const id = [stage.flow.name, script.language, script.id, dialect.name, what].join("/");
    cases.push({ id, stage, script, dialect, faults: new Map(met) });
  };
  for (const stage of stages) {
    for (const { script, requests } of await longest(stage, scripts)) {
      for (const _ of dialects) add(stage, script);
      for (let at = 0; at < requests; at += 1) {
        for (const [k, fault] of faults.entries()) {
          const first = firstFaults[(at + k) % firstFaults.length] ?? firstFaults[0];
          add(stage, script, [at, fault]);
          add(stage, script, [at, first], [at + 1, fault]);
          const isAway = (at + k) % awayEvery === 0 && at + 1 < requests;
          if (isAway) add(stage, script, [at, first], [at + 2, fault]);
        }
      }
    }
  }
  return cases;
}

/** @returns whether a case has a fault that all calls through the table share */
export function needsTable({ faults }: HttpCase): boolean {
  return [...faults.values()].some(isTableFault);
}

async function longest(stage: Stage, count: number): Promise<{ script: Script; requests: number }[]> {
  const { flow } = stage;
  const { scripts } = await deriveScripts(flow, modelWorld(stage), { languages: ["en", "ja"] });
  const placed = [];
  // an earlier call of the same caller is placed in process only
  for (const script of scripts.filter(({ earlier }) => earlier === undefined)) {
    const { record } = await rehearseCall({ stage, script, chosen: new Map() });
    placed.push({ script, requests: record.requestCount });
  }
  return placed.toSorted((one, other) => other.requests - one.requests).slice(0, count);
}
