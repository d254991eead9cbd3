import { expect, test } from "vitest";
import { picturedCall, picturedCoverage } from "../../console/flow-picture.ts";
import { tableOf } from "../../console/matrix.ts";
import type { FlowGraph, MatrixCell } from "../../console/protocol.ts";

const graph: FlowGraph = {
  flow: "survey",
  steps: [
    { name: "ask", role: "start", reached: true },
    { name: "thanks", role: "last", reached: true },
    { name: "again", role: "step", reached: true },
  ],
  edges: [{ from: "ask", to: "thanks", label: ["1"], byFault: false }],
};

test("the steps that a call came to are coloured", () => {
  expect(picturedCall(graph, new Set(["ask"])).steps.map(({ tone }) => tone)).toEqual(["heard", "plain", "plain"]);
});

test("a step is coloured by the worst that the last rehearsal met there", () => {
  const steps = {
    ask: { calls: 1_200, faultless: 1, struck: 30, failed: 0 },
    thanks: { calls: 5, faultless: 0, struck: 1, failed: 1 },
  };
  const coverage = { at: "2026-05-04T10:00:00.000Z", faults: "single", calls: 1_200, steps };
  const pictured = picturedCoverage(graph, coverage).steps.map(({ tone, note }) => [tone, note]);
  expect(pictured).toEqual([
    ["proven", "1,200 calls, 30 faults"],
    ["failed", "5 calls, 1 fault, 1 failed"],
    ["missed", "not visited"],
  ]);
});

test("the matrix has its steps in the order of the flow, and only those that were met", () => {
  const cell = (point: string, fault: string, step: string): MatrixCell => {
    return { point, fault, step, cases: 1, failed: 0 };
  };
  const cells = [cell("request", "timeout", "thanks"), cell("request", "timeout", ""), cell("media", "404", "ask")];
  const { steps, rows } = tableOf(cells, ["ask", "again", "thanks"]);
  expect(steps).toEqual(["", "ask", "thanks"]);
  expect(rows.map(({ point, fault, cells: row }) => [point, fault, row.map((one) => one?.step)])).toEqual([
    ["request", "timeout", ["", undefined, "thanks"]],
    ["media", "404", [undefined, "ask", undefined]],
  ]);
});
