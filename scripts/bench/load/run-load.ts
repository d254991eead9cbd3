import { type Stack, startStack } from "../../stack/start-stack.ts";
import type { Arrivals } from "./arrivals.ts";
import { type Busy, busyNow, busyPercentOf, busySince } from "./busy.ts";
import { type Figures, figuresOf, isBroken } from "./figures.ts";
import { type Generator, startGenerator } from "./generator.ts";
import type { Placed } from "./generator-process.ts";
import { drainMs, failingShares, type LoadPlan, thinkMs } from "./plan.ts";
import { referenceFlow } from "./reference-flow.ts";

/** One row: calls of one kind. */
export interface Loaded extends Figures {
  /** Share of the primary's requests, 0 to 1. */
  readonly failing: number;
  readonly perSecond: number;
  /** of the whole machine, whoever used it */
  readonly busyPercent: number;
}

export interface LoadResult {
  readonly shares: readonly Loaded[];
  /** In order; the last one may be the one that broke the tail. */
  readonly raised: readonly Loaded[];
}

export interface LoadOptions {
  readonly plan: LoadPlan;
  readonly seed: number;
  /** of an earlier `build()` with the shipped flows */
  readonly buildDir: string;
  readonly progress: (line: string) => void;
}

interface Round {
  readonly placed: Placed;
  readonly busy: Busy;
}

/** Rounds of one run have seeds of their own: other calls, other draws. */
const roundsMax = 1_000;

/**
 * Starts the local stack and a generator beside it, and places the calls of the plan.
 *
 * @throws StackError when the stack does not start; Error when the generator breaks
 */
export async function runLoad({ plan, seed, buildDir, progress }: LoadOptions): Promise<LoadResult> {
  const stack = await startStack({ buildDir, flowNames: [referenceFlow.name] });
  const world = createWorld(stack, seed);
  try {
    progress("warming up");
    await world.place(0.5, plan.warmUp);
    const rounds = new Map<number, Round[]>(failingShares.map((share) => [share, []]));
    const { perSecond: usual } = plan.arrivals;
    for (let round = 1; round <= plan.rounds; round += 1) {
      for (const share of failingShares) {
        progress(`${usual} calls/s, ${100 * share} % of the primary's requests failing, round ${round}`);
        rounds.get(share)?.push(await world.place(share, plan.arrivals));
      }
    }
    const shares = failingShares.map((share) => world.row(rounds.get(share) ?? [], share, usual));

    const raised: Loaded[] = [];
    for (const perSecond of plan.raised.perSecond) {
      progress(`${perSecond} calls/s`);
      const row = world.row([await world.place(0, { perSecond, seconds: plan.raised.seconds })], 0, perSecond);
      raised.push(row);
      if (isBroken(row)) break;
    }
    return { shares, raised };
  } finally {
    await world.stop();
    await stack.stop();
  }
}

function createWorld({ primary, fallback, accountSid, authToken, effects }: Stack, seed: number) {
  const legs = { primary: primary.baseUrl, fallback: fallback.baseUrl };
  const generator: Generator = startGenerator({ legs, accountSid, authToken });
  const asked: { readonly callSid: string }[] = [];
  effects.onRequest((phase, { callSid }) => {
    if (phase === "before") asked.push({ callSid });
  });
  let rounds = 0;
  return {
    place: async (failing: number, arrivals: Arrivals): Promise<Round> => {
      rounds += 1;
      const segment = { seed: seed * roundsMax + rounds, failing, thinkMs };
      const before = busyNow();
      const placed = await generator.place({ segment, arrivals, drainMs });
      return { placed, busy: busySince(before) };
    },
    row: (placed: readonly Round[], failing: number, perSecond: number): Loaded => ({
      ...figuresOf(
        placed.map((round) => round.placed),
        { asked, executed: effects.executed() },
      ),
      ...{ failing, perSecond, busyPercent: busyPercentOf(placed.map(({ busy }) => busy)) },
    }),
    stop: generator.stop,
  };
}
