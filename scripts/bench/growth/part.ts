import { limits } from "../../../core/limits.ts";
import type { BenchContext, Chart, Part, PartReport, Target } from "../report.ts";
import { readDeployment } from "./assumptions.ts";
import { costNotes, costTables, priceTable } from "./cost-tables.ts";
import { type GrowingCall, growingCalls, growthNotes, growthTables, shownTurns } from "./items.ts";
import { startMeasuredTable } from "./measured-table.ts";
import type { EffectHabit } from "./question-flow.ts";
import { placeShapes } from "./shapes.ts";
import { simulate } from "./simulation.ts";
import { urlReport } from "./urls.ts";

const dataBytes = [0, 200, limits.urlDataBytesMax, 2 * limits.urlDataBytesMax];
/** An effect in every turn writes twice as often an item four times as large: one size shows it. */
const full: Readonly<Record<EffectHabit, readonly number[]>> = {
  none: dataBytes,
  one: dataBytes,
  "every turn": [0],
};
const quick: typeof full = { none: [0, 2 * limits.urlDataBytesMax], one: [0], "every turn": [] };
const quickTurns = 20;
const callsPerDay = 10_000_000;

/** How a call grows, what it costs, and what ten million of them a day come to. */
export const growthPart: Part = {
  name: "growth",
  title: "Growth: the item, the URL, the bill, and ten million calls a day",
  async run({ effort, seed, progress }: BenchContext): Promise<PartReport> {
    const table = await startMeasuredTable();
    try {
      const turns = effort === "full" ? limits.turnsMax : quickTurns;
      const calls = await growingCalls(table, { turns, dataBytes: effort === "full" ? full : quick, progress });
      progress("calls of the shipped flows");
      const shapes = await placeShapes(table);
      const deployment = await readDeployment();
      const urls = urlReport();
      progress("a day of ten million calls, and its outage");
      const { tables, charts, notes } = simulate(shapes, { deployment, seed, callsPerDay });
      return {
        tables: [...growthTables(calls), urls.table, ...costTables(shapes, deployment), ...tables, priceTable()],
        targets: [...unitTargets(calls), urls.target],
        charts: [unitsChart(calls), ...charts],
        notes: [...growthNotes(calls), urls.note, ...costNotes(shapes, deployment), ...notes],
      };
    } finally {
      await table.stop();
    }
  },
};

/** An early webhook is one write unit; a late one of a long call is not, because the trail is in the item. */
/** Later turns are not held to one unit: the item keeps the last 200 verbs, see the design decision. */
function unitTargets([plain]: readonly GrowingCall[]): Target[] {
  const measured = plain?.turns[9]?.units;
  if (measured === undefined) return [];
  return [{ what: "write units of turn 10, no data", bound: { exactly: 1 }, measured, kind: "count" }];
}

function unitsChart(calls: readonly GrowingCall[]): Chart {
  const [plain] = calls;
  const bars = shownTurns.flatMap((turn) => {
    const units = plain?.turns[turn - 1]?.units;
    return units === undefined ? [] : [{ label: `turn ${turn}`, value: units, isOurs: true }];
  });
  return {
    title: "Write units of one webhook, by its turn (no data, no effect)",
    unit: "write units",
    digits: 0,
    bars,
  };
}
