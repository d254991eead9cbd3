import type { Begin, Canary, FlowName } from "./canary.ts";
import { type Flown, fly } from "./fly.ts";
import { judge, judgeWhole, type Row } from "./report.ts";
import { createTrees } from "./tree.ts";

export interface AviaryOptions {
  /** of the project */
  readonly root: string;
  /** processor time that one search may take */
  readonly cpuMs: number;
  /** by the clock on the wall: all searches together, the one of the whole core too */
  readonly totalMs: number;
  /** processes at a time */
  readonly abreast: number;
}

/**
 * Rehearses every canary, and then the whole core as far as any canary had to be searched: a search that complains of that
 * too proves nothing.
 *
 * @returns a row for each canary, in their order, and one for the whole core, which is "caught" when nothing was found in it
 */
export async function rehearseCanaries(canaries: readonly Canary[], options: AviaryOptions): Promise<readonly Row[]> {
  const { abreast, cpuMs, totalMs } = options;
  const endMs = performance.now() + totalMs;
  const leftMs = (): number => Math.ceil(endMs - performance.now());
  const trees = createTrees(options.root);
  const send = async (canary: Canary | undefined, plan: Parameters<typeof fly>[1]): Promise<Flown> => {
    if (leftMs() <= 0) return { kind: "ended", reason: "no time was left" };
    const mutation = canary && { without: canary.does, replacements: canary.replacements };
    return fly(trees.plant(mutation), plan, leftMs());
  };
  try {
    const flown = await inTurns(canaries, abreast, (canary) =>
      send(canary, {
        flows: canary.flows,
        cpuMs,
        share: { of: 1, index: 0 },
        begins: beginsOf(canary),
      }),
    );
    const callsMax = furthest(flown);
    const flows = [...new Set(canaries.flatMap((canary) => canary.flows))] satisfies FlowName[];
    const shares = Array.from({ length: abreast }, (_, index) => ({ of: abreast, index }));
    const whole = await inTurns(shares, abreast, (share) =>
      // as long as it takes: `totalMs` is the bound
      send(undefined, { flows, begins: canaries.flatMap(beginsOf), cpuMs: totalMs, callsMax, share }),
    );
    return [...canaries.flatMap((canary, at) => rowOf(canary, flown[at])), judgeWhole(whole)];
  } finally {
    trees.clear();
  }
}

function beginsOf({ begins }: Canary): Begin[] {
  return begins === undefined ? [] : [begins];
}

function rowOf(canary: Canary, flown: Flown | undefined): Row[] {
  return flown === undefined ? [] : [judge(canary, flown)];
}

/** How many calls of each stretch any canary needed. */
function furthest(flown: readonly Flown[]): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const one of flown) {
    const reached = one.kind === "searched" ? Object.entries(one.reached) : [];
    for (const [key, count] of reached) calls[key] = Math.max(calls[key] ?? 0, count);
  }
  return calls;
}

/** Does all, `abreast` at a time. @returns in the order of `all` */
async function inTurns<T, R>(all: readonly T[], abreast: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...all.entries()];
  const goOn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, one] = next;
      results[at] = await work(one);
    }
  };
  await Promise.all(Array.from({ length: abreast }, goOn));
  return results;
}
