import type { Effort } from "../report.ts";
import { startCountingProxy } from "./counting-proxy.ts";
import { type Contender, type Field, type Leg, openField } from "./field.ts";
import type { Block } from "./leg-process.ts";
import { type At, counted, inRounds, type Traffic } from "./measure.ts";
import { delayed, kinds, ordinary, otherWays, positions, type Rounds, repetition } from "./plan.ts";
import { arriveAt, type StationPlan } from "./stations.ts";
import { answerDelayMs } from "./table-after-delay.ts";
import { openTables } from "./tables.ts";

/** What was found at one station. */
export interface Found {
  readonly name: string;
  readonly contender: Contender;
  readonly blocks: readonly Block[];
  /** undefined where the table is not used */
  readonly traffic: Traffic | undefined;
}

export interface WebhooksRun {
  readonly ordinary: readonly Found[];
  readonly otherWays: readonly Found[];
  readonly kinds: readonly Found[];
  readonly delayed: readonly Found[];
  readonly positions: readonly Found[];
}

export interface RunOptions {
  readonly effort: Effort;
  /** of the order in which the stations take turns */
  readonly seed: number;
  readonly workDir: string;
  readonly progress: (line: string) => void;
}

/** Every station of the plan: walked to, counted, measured. */
export async function runWebhooks({ effort, seed, workDir, progress }: RunOptions): Promise<WebhooksRun> {
  const field = await openField({ workDir });
  const tables = openTables(field.world);
  const proxy = await startCountingProxy(field.world.endpoint);
  const counting = legsOf(field, proxy.url);
  // what is counted is not measured: the proxy takes time. A quick run has no figures to spoil
  const measuring = effort === "full" ? legsOf(field, field.world.endpoint) : counting;
  const waiting = legsOf(field, field.world.delayedUrl);
  try {
    type Legs = typeof measuring;
    const part = async (
      what: string,
      plans: readonly StationPlan[],
      rounds: Rounds,
      on: Legs = measuring,
    ): Promise<Found[]> => {
      progress(`${what}: calls go to their places`);
      const places: At[] = [];
      const traffic: (Traffic | undefined)[] = [];
      for (const plan of plans) {
        const leg = await on.of(plan.contender);
        const walker = await measuring.of(plan.contender === "stayline-fallback" ? "stayline" : plan.contender);
        const station = await arriveAt(plan, rounds.calls, walker, tables);
        places.push({ station, leg });
        const isCounted = plan.contender !== "durable";
        traffic.push(isCounted ? await counted({ station, leg: await counting.of(plan.contender) }, proxy) : undefined);
      }
      progress(`${what}: ${rounds.measured} rounds`);
      // a table that makes wait warms up nothing but the wait
      if (on === waiting) await field.answerAfter(0);
      const blocks = await inRounds(places, rounds, seed, () => field.answerAfter(answerDelayMs));
      return places.map(({ station }, nth) => {
        const { name, contender } = station;
        return { name, contender, blocks: blocks.get(station) ?? [], traffic: traffic[nth] };
      });
    };
    const repeated = repetition[effort];
    return {
      ordinary: await part("ordinary turns", ordinary, repeated.ordinary),
      otherWays: await part("other ways", otherWays, repeated.otherWays),
      kinds: await part("other kinds", kinds, repeated.kinds),
      delayed: await part("a delayed table", delayed, repeated.delayed, waiting),
      positions: await part("turns into a call", positions, repeated.positions, waiting),
    };
  } finally {
    await Promise.all([measuring.stop(), counting.stop(), waiting.stop()]);
    await proxy.stop();
    tables.stop();
    await field.stop();
  }
}

/** Contenders' processes, each started when it is first asked for. */
function legsOf(field: Field, tableUrl: string) {
  const legs = new Map<Contender, Promise<Leg>>();
  return {
    of(contender: Contender): Promise<Leg> {
      const leg = legs.get(contender) ?? field.start(contender, { tableUrl });
      legs.set(contender, leg);
      return leg;
    },
    async stop(): Promise<void> {
      await Promise.allSettled([...legs.values()].map(async (leg) => (await leg).stop()));
    },
  };
}
