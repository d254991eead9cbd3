import { createExpectation, type Expect } from "../../rehearsal/checkers/expectation.ts";
import { formatCaseId } from "../../rehearsal/explore/case-id.ts";
import { explore, type Rehearsed } from "../../rehearsal/explore/explore.ts";
import type { Stage } from "../../rehearsal/world/stage.ts";
import type { Stretch } from "./selection.ts";

/** The first thing that a search found. */
export interface Caught {
  readonly caseId: string;
  /** every fault of the call, with its operation, leg and step */
  readonly faults: readonly string[];
  readonly checker: string;
  readonly what: string;
}

export interface Searched {
  readonly result:
    | ({ readonly kind: "caught" } & Caught)
    /** `complete`: all of it was searched */
    | { readonly kind: "nothing"; readonly complete: boolean }
    | { readonly kind: "crash"; readonly error: string };
  readonly calls: number;
  /** calls placed in each stretch that was begun */
  readonly reached: Readonly<Record<string, number>>;
  readonly cpuMs: number;
}

export interface Bounds {
  readonly cpuMs: number;
  /** Calls in a stretch, by its key; where nothing stands, it is not searched. Default: all calls of all. */
  readonly callsMax?: Readonly<Record<string, number>>;
}

/** Thrown through the search to end it. */
class Enough extends Error {}

/** Searches stretch after stretch until the first finding, or until the bounds are met. */
export async function search(stretches: readonly Stretch[], bounds: Bounds, cpuMs: () => number): Promise<Searched> {
  const beganMs = cpuMs();
  const reached: Record<string, number> = {};
  const oracles = new Map<Stage, Expect>();
  let calls = 0;
  let caught: Caught | undefined;
  const told = (result: Searched["result"]): Searched => ({ result, calls, reached, cpuMs: cpuMs() - beganMs });

  for (const { key, stage, script, dialects, faultsMax, share, deafTo } of stretches) {
    const callsMax = bounds.callsMax === undefined ? Number.POSITIVE_INFINITY : bounds.callsMax[key];
    if (callsMax === undefined) continue;
    const expect = oracles.get(stage) ?? createExpectation(stage);
    oracles.set(stage, expect);
    let here = 0;
    let outOfTime = false;
    const onCall = (rehearsed: Rehearsed): void => {
      calls += 1;
      here += 1;
      reached[key] = here;
      caught = toCaught(rehearsed, deafTo);
      outOfTime = cpuMs() - beganMs > bounds.cpuMs;
      if (caught !== undefined || outOfTime || here >= callsMax) throw new Enough();
    };
    try {
      await explore({ stage, expect, script, dialects, faultsMax, onCall, ...(share && { share }) });
    } catch (error) {
      if (!(error instanceof Enough)) {
        return told({
          kind: "crash",
          error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        });
      }
    }
    if (caught !== undefined) return told({ kind: "caught", ...caught });
    if (outOfTime) return told({ kind: "nothing", complete: false });
  }
  return told({ kind: "nothing", complete: true });
}

function toCaught(
  { call, chosen, dialect, script, findings }: Rehearsed,
  deafTo: Stretch["deafTo"],
): Caught | undefined {
  const first = findings.find(({ checker }) => !deafTo.includes(checker));
  if (first === undefined) return undefined;
  const faults = call.faults.map(({ kind, fault, leg, step }) => `${fault} at ${kind}, ${leg}, ${step || "the start"}`);
  const { language, id } = script;
  const caseId = formatCaseId({ flow: call.flow.name, language, script: id, dialect: dialect.name, chosen });
  return { caseId, faults, checker: first.checker, what: first.what };
}
