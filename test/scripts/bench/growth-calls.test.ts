import { afterAll, beforeAll, expect, test } from "vitest";
import { limits } from "../../../core/limits.ts";
import { flows } from "../../../flows/index.ts";
import { gapsOf } from "../../../scripts/bench/growth/acts.ts";
import { readDeployment } from "../../../scripts/bench/growth/assumptions.ts";
import { growingCalls, unitsUntil } from "../../../scripts/bench/growth/items.ts";
import { type MeasuredTable, startMeasuredTable } from "../../../scripts/bench/growth/measured-table.ts";
import { simulateOutage } from "../../../scripts/bench/growth/outage.ts";
import { quotas } from "../../../scripts/bench/growth/quotas.ts";
import { type CallShape, callers, type Fortune, placeShapes } from "../../../scripts/bench/growth/shapes.ts";
import { simulate } from "../../../scripts/bench/growth/simulation.ts";

let table: MeasuredTable;
let shapes: CallShape[];
beforeAll(async () => {
  table = await startMeasuredTable();
  shapes = await placeShapes(table);
});
afterAll(() => table?.stop());

const shape = (flow: string, fortune: Fortune) => {
  const found = shapes.find((one) => one.flow === flow && one.fortune === fortune);
  if (found === undefined) throw new Error(`${flow} was not placed`);
  return found;
};

test("an ordinary turn writes once and an effect twice, and only data too large for a URL is read", async () => {
  const tooLarge = limits.urlDataBytesMax + 1;
  const dataBytes = { none: [0, limits.urlDataBytesMax, tooLarge], one: [0], "every turn": [0] };
  const calls = await growingCalls(table, { turns: 4, dataBytes, progress: () => {} });
  const writes = calls.map(({ turns }) => turns.map((turn) => turn.writes));
  expect(writes).toEqual([
    [1, 1, 1, 1],
    [1, 1, 1, 1],
    [1, 1, 1, 1],
    [1, 2, 1, 1],
    [1, 2, 2, 2],
  ]);
  const reads = calls.map(({ turns }) => turns.map((turn) => turn.readUnits));
  expect(reads.map((units) => units.join())).toEqual(["0,0,0,0", "0,0,0,0", "0,1,1,1", "0,0,0,0", "0,0,0,0"]);
});

test("an item grows by its trail, and its write units are those of all of it", async () => {
  const [call] = await growingCalls(table, {
    turns: 25,
    dataBytes: { none: [0], one: [], "every turn": [] },
    progress: () => {},
  });
  const turns = call?.turns ?? [];
  expect(turns).toHaveLength(25);
  const grown = turns.slice(1).map(({ itemBytes }, at) => itemBytes - (turns[at]?.itemBytes ?? 0));
  // its line of the trail, and a digit or two of the turn
  expect(Math.min(...grown)).toBeGreaterThan(30);
  expect(Math.max(...grown)).toBeLessThan(70);
  expect(turns.map(({ units }) => units)).toEqual(turns.map(({ itemBytes }) => Math.ceil(itemBytes / 1_024)));
  expect(call && unitsUntil(call, 2)).toBe(2);
  expect(call?.parts.trail).toBeGreaterThan(24 * 40);
});

test("every shipped flow has a caller on whose way its effects happen, once, whatever becomes of the primary", () => {
  expect(Object.keys(callers).toSorted()).toEqual(flows.map(({ name }) => name).toSorted());
  for (const { flow, fortune, effects, placed } of shapes) {
    expect(effects, `${flow}, ${fortune}`).toBe(flow === "survey" ? 3 : 1);
    expect(placed.ended, `${flow}, ${fortune}`).toBe("hangup");
    expect(placed.longestUrlCharacters, flow).toBeLessThan(limits.urlCharactersMax);
  }
});

test("a call without the primary asks Functions alone, and one lost answer asks them for a turn more", () => {
  expect(shape("appointment", "well").usage).toMatchObject({ primaryWebhooks: 4, functionWebhooks: 0, writeUnits: 5 });
  expect(shape("appointment", "gone").usage).toMatchObject({ primaryWebhooks: 0, primaryMedia: 0 });
  const lost = shape("appointment", "one answer lost").usage;
  expect(lost).toMatchObject({ primaryWebhooks: 3, functionWebhooks: 2 });
});

test.each(["appointment", "survey"])(
  "the simulated call of %s makes as many executions as the one that was placed",
  (flow) => {
    const gone = shape(flow, "gone").usage.functionWebhooks;
    const one = simulateOutage({
      arrivalsMs: [0],
      gapsMs: gapsOf(shape(flow, "well").placed),
      fromMs: 0,
      untilMs: 600_000,
      ...{ primaryMs: 10, failsAfterMs: 1_000, functionMs: 100, functionsAtOnce: 30, retryAfterMs: 0 },
      repeatsAnswer: false,
      levelAt: () => "none",
    });
    expect(one).toMatchObject({ held: 1, executions: gone, turnedAway: 0 });
  },
);

test("a day of calls comes to a whole report, and loses nobody where the limit is not met", async () => {
  const { tables, charts, scenarios, breaks } = simulate(shapes, {
    deployment: await readDeployment(),
    seed: 1,
    callsPerDay: 2_000_000,
  });
  for (const { title, columns, rows } of tables) {
    const keys = columns.map(({ key }) => key);
    expect(rows.length, title).toBeGreaterThan(0);
    for (const row of rows) {
      for (const key of keys) expect(row[key], `${title}: ${key}`).toBeDefined();
      for (const cell of Object.values(row)) if (typeof cell === "number") expect(cell, title).not.toBeNaN();
    }
  }
  expect(charts.map(({ bars }) => bars.length)).toEqual([24, scenarios.filter(({ label }) => label).length]);
  const few = scenarios.find(({ name }) => name.startsWith("a line of"))?.result;
  expect(few).toMatchObject({ lostNew: 0, lostInProgress: 0, turnedAway: 0 });
  const [crowded] = scenarios;
  expect(crowded?.result.mostAtOnce).toBe(quotas.functionsAtOnce);
  expect(breaks.filter(({ callsPerDay }) => callsPerDay < 2_000_000).length).toBeGreaterThan(0);
});
