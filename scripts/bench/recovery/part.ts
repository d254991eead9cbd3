import { flows } from "../../../flows/index.ts";
import { withoutNetwork } from "../../../rehearsal/kit/network.ts";
import type { BenchContext, Part, PartReport, Target } from "../report.ts";
import { everyFallbackToo, randomPairs, type Twice, twice } from "./pairs.ts";
import type { Outcome, Outcomes } from "./place.ts";
import { everySingleFault } from "./singles.ts";
import { type Compared, compare, comparedTable, silenceBars, worstMs } from "./tables.ts";
import { type Trouble, troubles } from "./troubles.ts";
import { rehearsedFlows, type World } from "./worlds.ts";

/** Scripts of each flow, the longest first, and pairs of faults that are drawn. */
const amounts = {
  full: { scripts: Number.POSITIVE_INFINITY, pairs: 2_000 },
  quick: { scripts: 1, pairs: 50 },
} as const;

/** What the design promises for one lost webhook: one request of the fallback URL, or one read timeout and that. */
const promised = { roundTrips: 1, hangMs: 5_000 } as const;

interface Survey {
  readonly singles: Outcomes<Trouble>;
  readonly doubles: Outcomes<Twice>;
  readonly pairs: readonly Outcome[];
}

/** What the caller waits for, and what the legs are asked for, when something breaks: on the virtual clock, so the same in every run. */
export const recoveryPart: Part = {
  name: "recovery",
  title: "Recovery: what one fault costs the caller",
  async run(context) {
    const ours = await survey(context, "as deployed");
    const defaults = await survey(context, "Twilio's defaults");
    return toReport(ours, defaults);
  },
};

async function survey({ effort, seed, progress }: BenchContext, world: World): Promise<Survey> {
  const { scripts, pairs } = amounts[effort];
  const before = Error.stackTraceLimit;
  // errors that are part of a call are thrown by the thousand, and nobody reads where
  Error.stackTraceLimit = 0;
  try {
    return await withoutNetwork(async () => {
      const rehearsed = await rehearsedFlows(flows, world, scripts);
      progress(`${world}: one fault`);
      const singles = await everySingleFault(rehearsed);
      progress(`${world}: two faults`);
      const doubles = await everyFallbackToo(rehearsed);
      return { singles, doubles, pairs: await randomPairs(rehearsed, seed, pairs) };
    });
  } finally {
    Error.stackTraceLimit = before;
  }
}

function toReport(ours: Survey, defaults: Survey): PartReport {
  const names = Object.fromEntries(Object.keys(twice).map((what) => [what, what])) as Record<Twice, string>;
  const singles = compare(troubles, ours.singles, defaults.singles);
  const doubles = compare(names, ours.doubles, defaults.doubles);
  const drawn: Compared = {
    what: "any two faults at any two operations, a sample",
    ours: ours.pairs,
    defaults: defaults.pairs,
  };
  const bars: readonly (readonly [string, Compared | undefined])[] = [
    ["no connection accepted", byTrouble("connect timeout", ours, defaults)],
    ["webhook hangs", byTrouble("hang", ours, defaults)],
    ["prompt's host hangs", byTrouble("file hangs", ours, defaults)],
    ["webhook and fallback hang", doubles.find(({ what }) => what === "hang, the fallback request hangs")],
  ];
  return {
    tables: [
      comparedTable("One fault, at every operation of every call", singles),
      comparedTable("Two faults", [...doubles, drawn]),
    ],
    targets: targetsOf(ours, defaults),
    charts: [
      {
        title: "Longest silence that a fault adds",
        unit: "ms",
        digits: 0,
        bars: bars.flatMap(([label, compared]) => (compared === undefined ? [] : silenceBars(label, compared))),
      },
    ],
    notes,
  };
}

function byTrouble(trouble: Trouble, ours: Survey, defaults: Survey): Compared {
  const of = ({ singles }: Survey) => singles.get(trouble) ?? [];
  return { what: troubles[trouble], ours: of(ours), defaults: of(defaults) };
}

function targetsOf(ours: Survey, defaults: Survey): readonly Target[] {
  const of = ({ singles }: Survey, ...some: readonly Trouble[]) => some.flatMap((one) => singles.get(one) ?? []);
  const failedAtOnce = of(ours, "no connection", "status");
  const hanging = ["hang", "answer late"] as const;
  const byDefault = worstMs(of(defaults, ...hanging)).toLocaleString("en");
  const all = [...ours.singles.values()].flat();
  const lost = all.filter(({ goesOn }) => !goesOn).length;
  return [
    {
      what: "round trips added by a webhook whose connection is refused, or that answers 4xx or 5xx",
      bound: { atMost: promised.roundTrips },
      measured: Math.max(...failedAtOnce.map(({ addedTrips }) => addedTrips)),
      kind: "count",
    },
    {
      what: "ms of waiting added by the same",
      bound: { exactly: 0 },
      measured: worstMs(failedAtOnce),
      kind: "count",
    },
    {
      what: `ms of silence added by a webhook that hangs (Twilio's default: ${byDefault})`,
      bound: { atMost: promised.hangMs },
      measured: worstMs(of(ours, ...hanging)),
      kind: "count",
    },
    {
      what: "ms of silence added by any one fault",
      bound: { atMost: promised.hangMs },
      measured: worstMs(all),
      kind: "count",
    },
    { what: "calls that one fault ends", bound: { exactly: 0 }, measured: lost, kind: "count" },
  ];
}

const notes = [
  "Calls of the shipped flows, placed by the rehearsal on its virtual clock: each script, each operation in turn, each fault; " +
    "the most plausible answer to every question that Twilio's documentation leaves open.",
  "`worst ms`, `median ms`: the longest silence between two things that the caller hears or does, beyond that of the same call " +
    "without the fault. A request that is answered at once takes no virtual time: this is what Twilio or a leg waited for in vain. " +
    "`round trips`: requests on the way in such a silence, beyond the usual ones, at worst.",
  "`requests`, `most`: requests for TwiML beyond those of the same call without the fault, of calls that go on, mean and worst; " +
    "Twilio's retries are included, and what the caller is asked again.",
  "`goes on`: the call comes to the ending that its answers lead to, with every effect once.",
  "`defaults`: the same legs with URLs that carry no connection overrides, in the documents and at the number: 5 s to connect, " +
    "15 s to read, one retry where no connection is made. Whether Twilio honours overrides on prompts is not documented; here it does.",
  "`apology`: as `defaults`, with a fallback that apologises and hangs up, as those in public code do: where the fallback URL is asked, the call is over.",
  "An answer 1 ms before Twilio gives up is by definition as late as the timeout; neither leg works that long.",
];
