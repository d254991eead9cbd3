import { randomOf } from "../../../rehearsal/explore/random.ts";
import type { Chart, Table } from "../report.ts";
import { busiestSecond, gapsOf, requestsOf, writesOf } from "./acts.ts";
import { assumed, type Deployment } from "./assumptions.ts";
import { type Break, breaksOf, breaksTable, placesTable } from "./breaks.ts";
import { added, nothingUsed, scaled, type Usage } from "./costs.ts";
import {
  arrivalsOf,
  dayCurve,
  expectedArrivals,
  hourlyMeans,
  largest,
  secondsPerDay,
  seriesOf,
  steepestGrowth,
} from "./day.ts";
import { costOfDay, dayTable } from "./day-tables.ts";
import { quotas } from "./quotas.ts";
import {
  keptChart,
  keptShare,
  momentsOf,
  outageSec,
  outageWindow,
  runScenarios,
  type Scenario,
  scenarioTables,
} from "./scenarios.ts";
import { type CallShape, type Fortune, referenceFlow } from "./shapes.ts";

/** The line that is simulated beside it: one that the places for Functions carry. */
const fewCallsPerDay = 500_000;
/** Streams of chance that do not touch each other. */
const streams = { day: 0, moments: 1, few: 2 } as const;

export interface SimulationOptions {
  readonly deployment: Deployment;
  readonly seed: number;
  readonly callsPerDay: number;
}

export interface Simulated {
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  readonly notes: readonly string[];
  readonly scenarios: readonly Scenario[];
  readonly breaks: readonly Break[];
}

/** A day of the reference flow, its busiest ten minutes without the primary, and the limits that both come to. */
export function simulate(shapes: readonly CallShape[], options: SimulationOptions): Simulated {
  const { deployment, seed, callsPerDay } = options;
  const shapeOf = (fortune: Fortune): CallShape => {
    const found = shapes.find((one) => one.flow === referenceFlow && one.fortune === fortune);
    if (found === undefined) throw new Error(`no call of '${referenceFlow}' was placed`);
    return found;
  };
  const [well, lost, gone] = [shapeOf("well"), shapeOf("one answer lost"), shapeOf("gone")];
  const expected = expectedArrivals(callsPerDay);
  const arrivals = arrivalsOf(randomOf(seed, streams.day), expected);
  const called = arrivals.reduce((sum, count) => sum + count, 0);
  const writes = seriesOf(arrivals, writesOf(well.placed));
  const requests = seriesOf(arrivals, requestsOf(well.placed));
  const peak = { calls: largest(expected), writes: largest(writes), requests: largest(requests) };
  const warmAtOnce = (peak.requests.value * assumed.primaryWebhookMs) / 1_000;

  const gapsMs = gapsOf(well.placed);
  const callSec = Math.ceil(well.placed.endedAtMs / 1_000);
  const { firstSec, seconds } = outageWindow(callSec);
  const part = (from: ArrayLike<number>) =>
    Array.from({ length: seconds }, (_, second) => from[firstSec + second] ?? 0);
  const fewer = arrivalsOf(randomOf(seed, streams.few), Float64Array.from(part(expectedArrivals(fewCallsPerDay))));
  const executionsPerCall = gone.usage.functionWebhooks;
  const scenarios = runScenarios({
    arrivalsMs: momentsOf(randomOf(seed, streams.moments), part(arrivals)),
    fewArrivalsMs: momentsOf(randomOf(seed, streams.moments), fewer),
    fewName: `a line of ${fewCallsPerDay.toLocaleString("en")} calls a day`,
    gapsMs,
    callSec,
    offered: (peak.calls.value * executionsPerCall * assumed.functionWebhookMs) / 1_000,
  });
  const load = {
    callsPerDay,
    callsPerSecond: peak.calls.value,
    webhooks: well.usage.primaryWebhooks,
    media: well.usage.primaryMedia,
    writeUnits: well.usage.writeUnits,
    firstWebhooks: well.placed.handled.filter(({ atMs }) => atMs === 0).length,
    firstMedia: well.placed.media.filter(({ atMs }) => atMs === 0).length,
    functionWebhooks: executionsPerCall,
  };
  const breaks = breaksOf(load, deployment);
  const inOutage = scenarios[0]?.result;
  const ordinary = dayUsage(called, well.usage, lost.usage);
  const out = inOutage === undefined ? nothingUsed : outageUsage(inOutage.arrived, inOutage.executions, well.usage);
  return {
    scenarios,
    breaks,
    tables: [
      dayTable({
        ...{ callsPerDay, flow: referenceFlow, called, peak, warmAtOnce },
        hottestItem: busiestSecond(writesOf(well.placed)),
        growth: steepestGrowth(writes, quotas.tableGrowthSec),
      }),
      costOfDay(ordinary, added(ordinary, out), deployment),
      ...scenarioTables(scenarios, callsPerDay),
      breaksTable(breaks, callsPerDay),
      placesTable(load),
    ],
    charts: [
      {
        title: `Table writes by hour, ${callsPerDay.toLocaleString("en")} calls a day`,
        unit: "write units/s",
        digits: 0,
        bars: hourlyMeans(writes).map((value, hour) => ({
          label: `${String(hour).padStart(2, "0")}:00`,
          value,
          isOurs: true,
        })),
      },
      keptChart(scenarios),
    ],
    notes: simulationNotes(scenarios, breaks, well, callsPerDay),
  };
}

/** A day's use, with the webhooks that get lost on any day. */
function dayUsage(called: number, well: Usage, lost: Usage): Usage {
  const withLoss = called * well.primaryWebhooks * assumed.lostShare;
  return added(scaled(well, called - withLoss), scaled(lost, withLoss));
}

/** What an outage changes: its callers do not use the primary, and the fallback instead. */
function outageUsage(arrived: number, executions: number, well: Usage): Usage {
  const primary = {
    ...nothingUsed,
    primaryWebhooks: well.primaryWebhooks,
    primaryMedia: well.primaryMedia,
    answerBytes: well.answerBytes,
  };
  return added(scaled(primary, -arrived), { ...nothingUsed, functionWebhooks: executions });
}

function simulationNotes(
  scenarios: readonly Scenario[],
  breaks: readonly Break[],
  well: CallShape,
  callsPerDay: number,
): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const kept = scenarios.map(({ name, result }) => `${name}: ${percent(keptShare(result))}`);
  const short = breaks.filter((one) => one.callsPerDay < callsPerDay);
  const place = (one: Break) => `${one.limit} (${one.when}) at ${Math.round(one.callsPerDay).toLocaleString("en")}`;
  return [
    `The day is simulated with callers by chance (Poisson, by the seed) in each of its ${secondsPerDay.toLocaleString("en")} seconds; the outage ` +
      `of ${outageSec / 60} minutes call by call, each a call of '${referenceFlow}' with the webhook times of the one that was placed ` +
      `(${gapsOf(well.placed)
        .map((ms) => (ms / 1_000).toFixed(1))
        .join(", ")} s apart). The busiest hour has ` +
      `${100 * dayCurve.busyHourShare} % of the day's calls. Where a call goes next, when it is given up and who hears sorry are decided by ` +
      `the product's own functions.`,
    `Callers who were not lost in the outage (lost: Twilio's own apology, because no Function was free; no code of ours runs then): ${kept.join("; ")}.`,
    `That an account has ${quotas.functionsAtOnce} executions at once, and that the next one is turned away at once instead of waiting, is not ` +
      "documented today: an older page has the number, and 429 was reported. Twilio's own retry is taken to come at once, unless said otherwise.",
    "Shedding does not choose between callers at the door of Functions: who finds a place is chance, and a caller in the middle of a call " +
      "needs one for each webhook, so fewest of them get through. SHED=sorry frees places because a new caller then needs one and not " +
      `${well.usage.primaryWebhooks - 1} or more. SHED=effects and SHED=media change nothing for Functions: letters and files cost no execution there.`,
    "The last resort is heard first by callers in the middle of a call whose webhooks were turned away again and again: each time the " +
      "question is asked anew, and attempts and resumes are bounded. New callers hear sorry, if it is on; nobody on the line does.",
    `Limits that a line of ${callsPerDay.toLocaleString("en")} calls a day is beyond, in calls a day at which they are met: ${short.map(place).join("; ")}.`,
  ];
}
