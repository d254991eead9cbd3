import type { Bar, Column, Row, Table } from "../report.ts";
import { summaryOf } from "../statistics.ts";
import type { Outcome, Outcomes } from "./place.ts";

/** The same calls with the same faults, in the world as deployed and in one without connection overrides. */
export interface Compared {
  readonly what: string;
  readonly ours: readonly Outcome[];
  readonly defaults: readonly Outcome[];
}

const columns: readonly Column[] = [
  { key: "what", title: "what breaks" },
  { key: "calls", title: "calls" },
  { key: "worstMs", title: "worst ms" },
  { key: "medianMs", title: "median ms" },
  { key: "trips", title: "round trips" },
  { key: "requests", title: "requests", digits: 1 },
  { key: "requestsMost", title: "most" },
  { key: "goesOn", title: "goes on %", digits: 1 },
  { key: "defaultWorstMs", title: "defaults: worst ms" },
  { key: "defaultMedianMs", title: "median ms" },
  { key: "defaultGoesOn", title: "goes on %", digits: 1 },
  { key: "apologyGoesOn", title: "apology: goes on %", digits: 1 },
];

/** @throws Error when one of the worlds has no calls */
export function comparedTable(title: string, compared: readonly Compared[]): Table {
  return { title, columns, rows: compared.map(rowOf) };
}

/** Keys in the order in which they are told; a trouble that no flow of a run can have is left out. */
export function compare<Key extends string>(
  told: Readonly<Record<Key, string>>,
  ours: Outcomes<Key>,
  defaults: Outcomes<Key>,
): readonly Compared[] {
  return (Object.entries(told) as [Key, string][]).flatMap(([key, what]) => {
    const [one, other] = [ours.get(key) ?? [], defaults.get(key) ?? []];
    return one.length > 0 && other.length > 0 ? [{ what, ours: one, defaults: other }] : [];
  });
}

function rowOf({ what, ours, defaults }: Compared): Row {
  const [here, there] = [ours, defaults].map((list) => summaryOf(list.map(({ addedMs }) => addedMs)));
  // what a call that is lost did not ask for any more, is nothing saved
  const requests = ours.filter(({ goesOn }) => goesOn).map(({ moreRequests }) => moreRequests);
  const more = requests.length === 0 ? undefined : summaryOf(requests);
  return {
    what,
    calls: ours.length,
    worstMs: here?.max,
    medianMs: here?.p50,
    trips: Math.max(...ours.map(({ addedTrips }) => addedTrips)),
    requests: more?.mean,
    requestsMost: more?.max,
    goesOn: percent(ours, ({ goesOn }) => goesOn),
    defaultWorstMs: there?.max,
    defaultMedianMs: there?.p50,
    defaultGoesOn: percent(defaults, ({ goesOn }) => goesOn),
    apologyGoesOn: percent(defaults, ({ withoutFallback }) => withoutFallback),
  };
}

function percent(outcomes: readonly Outcome[], holds: (outcome: Outcome) => boolean): number {
  return (100 * outcomes.filter(holds).length) / outcomes.length;
}

/** @returns the longest silence that was added, in ms */
export function worstMs(outcomes: readonly Outcome[]): number {
  return Math.max(0, ...outcomes.map(({ addedMs }) => addedMs));
}

/** Two bars for each: ours, and with Twilio's defaults. */
export function silenceBars(label: string, { ours, defaults }: Compared): readonly Bar[] {
  return [
    { label, value: worstMs(ours), isOurs: true },
    { label: `${label}, Twilio's defaults`, value: worstMs(defaults), isOurs: false },
  ];
}
