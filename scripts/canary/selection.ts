import type { Flow } from "../../core/flow.ts";
import type { CheckerName } from "../../rehearsal/checkers/checker.ts";
import { modelWorld } from "../../rehearsal/checkers/model-world.ts";
import { fewDialects, findDialect, type NamedDialect } from "../../rehearsal/explore/dialects.ts";
import { deriveScripts, type Script } from "../../rehearsal/model/derive-scripts.ts";
import { createStage, type Stage } from "../../rehearsal/world/stage.ts";
import type { Begin } from "./canary.ts";

/** A part of a search: one script with a number of faults under some dialects. */
export interface Stretch {
  /** unique, and the same in every process */
  readonly key: string;
  readonly stage: Stage;
  readonly script: Script;
  readonly dialects: readonly NamedDialect[];
  readonly faultsMax: 1 | 2;
  /** Of the first faults of each call; all without it. */
  readonly share: Begin["share"];
  /** Checkers that are not listened to. */
  readonly deafTo: readonly CheckerName[];
}

interface Phase {
  readonly faultsMax: 1 | 2;
  readonly dialects: readonly NamedDialect[];
  readonly share?: Begin["share"];
}

const [usual, ...others] = [fewDialects.slice(0, 1), fewDialects.slice(1)];
/** From the cheapest on: what a single fault shows under the most plausible dialect needs no pairs. */
const phases: readonly Phase[] = [
  { faultsMax: 1, dialects: usual ?? [] },
  { faultsMax: 1, dialects: others.flat() },
  { faultsMax: 2, dialects: usual ?? [] },
  { faultsMax: 2, dialects: others.flat() },
];

/**
 * What complains of the whole core too: a `give-up` effect that was claimed is waited for, on top of what one fault costs; and an
 * effect without a key is not known as the one that is in doubt.
 */
const deafTo: Readonly<Record<string, readonly CheckerName[]>> = { charge: ["silence-bounded", "told-as-done"] };

/** All that is searched with these flows, in this order; `begins` comes before all else, and in each flow that has its script. */
export async function selectionOf(flows: readonly Flow[], begins: readonly Begin[] = []): Promise<readonly Stretch[]> {
  const scripted: { readonly stage: Stage; readonly scripts: readonly Script[] }[] = [];
  for (const flow of flows) {
    const stage = createStage(flow);
    const { scripts } = await deriveScripts(flow, modelWorld(stage));
    scripted.push({ stage, scripts });
  }
  const stretchesOf = ({ faultsMax, dialects, share }: Phase, only?: string): Stretch[] =>
    scripted.flatMap(({ stage, scripts }) =>
      scripts
        .filter(({ id }) => only === undefined || id === only)
        .map((script) => {
          const spoken = dialects.map(({ name }) => name).join(" ");
          const part = share === undefined ? [] : [`${share.index} of ${share.of}`];
          const key = [faultsMax === 1 ? "single" : "pairs", spoken, stage.flow.name, script.id, ...part].join(": ");
          return { key, stage, script, dialects, faultsMax, share, deafTo: deafTo[stage.flow.name] ?? [] };
        }),
    );
  const first = begins.flatMap((begin) => stretchesOf(toPhase(begin), begin.script));
  const all = [...first, ...phases.flatMap((phase) => stretchesOf(phase))];
  return [...new Map(all.map((stretch) => [stretch.key, stretch])).values()];
}

function toPhase({ faults, dialect, share }: Begin): Phase {
  const found = findDialect(dialect);
  if (found === undefined) throw new RangeError(`there is no dialect '${dialect}'`);
  return { faultsMax: faults, dialects: [found], share };
}
