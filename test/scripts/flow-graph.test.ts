import { readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { type AnyStep, goTo } from "../../core/flow.ts";
import { frontDesk } from "../../flows/front-desk.ts";
import { flows } from "../../flows/index.ts";
import { type FlowGraph, lastResort } from "../../rehearsal/graph/flow-graph.ts";
import { root } from "../../scripts/build/bundle.ts";
import { type FlowCoverage, stepsHash } from "../../scripts/flow/coverage.ts";
import { type Drawing, drawingOf, type Rectangle } from "../../scripts/flow/layout/drawing.ts";
import { drawnFlow } from "../../scripts/flow/lint.ts";
import { mermaidOf } from "../../scripts/flow/mermaid.ts";
import { type Picture, pictureOf } from "../../scripts/flow/picture.ts";
import { svgOf } from "../../scripts/flow/svg.ts";

const drawn = await drawnFlow(frontDesk);
const plain = pictureOf(drawn, undefined);

test("front-desk is drawn with every way that a caller or a fault opens, and what opens it", () => {
  const ways = drawn.edges.map(({ from, to, label, byFault }) =>
    [from, byFault ? "-.->" : "-->", to, label.join("; ")].join(" "),
  );
  expect(ways.toSorted()).toEqual([
    "choose --> choose silence, other keys",
    "choose --> connect 1",
    "choose --> voicemail 2; 3× silence, other keys",
    "connect --> goodbye completed",
    "connect --> voicemail no-answer, busy, failed; answer lost",
    "voicemail --> thanks empty recording; recording",
    "voicemail -.-> goodbye in doubt",
  ]);
  expect(drawn.steps.map(({ name, role }) => `${name} ${role}`)).toEqual([
    "choose start",
    "connect step",
    "voicemail step",
    "thanks last",
    "goodbye last",
  ]);
});

test("a step that a caller who was cut off begins at is a start too", async () => {
  const offer: AnyStep = { prompt: () => [], next: () => goTo("goodbye") };
  const steps = new Map<string, AnyStep>([...frontDesk.steps, ["offer", offer] as const]);
  const drawnSteps = (await drawnFlow({ ...frontDesk, steps, redial: { withinSec: 60, offer: "offer" } })).steps;
  expect(drawnSteps.filter(({ role }) => role === "start")).toEqual([
    { name: "choose", role: "start", reached: true },
    { name: "offer", role: "start", reached: true },
  ]);
});

test("a step that no answer leads to is drawn, and says so", async () => {
  const steps = new Map([...frontDesk.steps, ["island", { prompt: () => [] }] as const]);
  const { steps: pictured } = pictureOf(await drawnFlow({ ...frontDesk, steps }), undefined);
  expect(pictured.filter(({ note }) => note !== "").map(({ name, note }) => `${name}: ${note}`)).toEqual([
    "island: no answer leads here",
  ]);
});

/** @throws on the first thing that is no XML @returns the names of its elements */
function elementsOf(xml: string): string[] {
  const names: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name }) => names.push(name));
  parser.write(xml).close();
  return names;
}

describe("the SVG", () => {
  test.each(flows.map((flow) => [flow.name, flow] as const))(
    "of %s is well-formed and needs nothing from elsewhere",
    async (_, flow) => {
      const svg = svgOf(pictureOf(await drawnFlow(flow), undefined));
      expect(elementsOf(svg)).toContain("svg");
      expect(svg).not.toMatch(/href|@import|url\((?!#)|NaN|undefined/);
      for (const step of flow.steps.keys()) expect(svg).toContain(`>${step}</text>`);
      expect(svg).toContain("@media (prefers-color-scheme: dark)");
    },
  );

  test("of words that XML would take for its own is well-formed", () => {
    const edges = [{ from: "a", to: "b", label: ["“<&>'\"”"], byFault: false }];
    const steps = [step("a", "start"), step("b", "last")];
    expect(elementsOf(svgOf(pictureOf({ flow: "x", steps, edges }, undefined)))).toContain("text");
  });
});

const step = (name: string, role: "start" | "step" | "last") => ({ name, role, reached: true });

/** Flows of up to 40 steps, with ways in all directions. */
const graphs: fc.Arbitrary<FlowGraph> = fc.integer({ min: 1, max: 40 }).chain((count) => {
  const at = fc.integer({ min: 0, max: count - 1 });
  const labels = fc.array(fc.constantFrom("1, 2", "silence, other keys, other words", "“はい”, “いいえ”", "in doubt"), {
    maxLength: 3,
  });
  const edge = fc.record({ from: at, to: at, label: labels, byFault: fc.boolean() });
  const edges = fc.uniqueArray(edge, { maxLength: 60, selector: ({ from, to }) => `${from} ${to}` });
  return edges.map((ways) => ({
    flow: "any",
    steps: Array.from({ length: count }, (_, one) =>
      step(`step${"X".repeat(one % 17)}${one}`, one === 0 ? "start" : "step"),
    ),
    edges: ways.map(({ from, to, ...rest }) => ({ ...rest, from: nameAt(from), to: nameAt(to) })),
  }));
});
const nameAt = (at: number) => `step${"X".repeat(at % 17)}${at}`;

test("nothing in a drawing is written over anything else, or outside of it, whatever the flow", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const drawing = drawingOf(pictureOf(graph, undefined));
      expect(overlapsIn(drawing)).toEqual([]);
      for (const { path: way } of drawing.ways) expect(way).toMatch(/^(?:[MVC](?:-?[\d.]+ ?)+)+$/);
    }),
    { numRuns: 60 },
  );
});

function overlapsIn({ width, height, steps, labels }: Drawing): string[] {
  const boxes: Rectangle[] = [...steps, ...labels.filter(({ lines }) => lines.length > 0)];
  return boxes.flatMap((one, at) => {
    const outside = one.x < -1 || one.y < -1 || one.x + one.width > width + 1 || one.y + one.height > height + 1;
    const over = boxes.slice(at + 1).filter((other) => meets(one, other));
    return [
      ...(outside ? [`${JSON.stringify(one)} is outside`] : []),
      ...over.map((other) => JSON.stringify([one, other])),
    ];
  });
}

function meets(one: Rectangle, other: Rectangle): boolean {
  const apart = (from: number, size: number, otherFrom: number, otherSize: number) =>
    from + size <= otherFrom || otherFrom + otherSize <= from;
  return !apart(one.x, one.width, other.x, other.width) && !apart(one.y, one.height, other.y, other.height);
}

describe("the Mermaid flowchart", () => {
  test("is made of lines that Mermaid reads, quotes and hashes escaped", () => {
    const edges = [{ from: "a", to: "b", label: ["1, #", '“"”'], byFault: true }];
    const text = mermaidOf(pictureOf({ flow: "x", steps: [step("a", "start"), step("b", "last")], edges }, undefined));
    expect(text.split("\n")).toEqual([
      "flowchart TD",
      "  %% x: not rehearsed yet: no colours (npm run -s rehearse)",
      '  s0(["a"])',
      '  s1[["b"]]',
      '  s0 -.->|"1, #35;<br>“#34;”"| s1',
      "",
    ]);
  });
});

describe("the colours of a rehearsal", () => {
  const calls = (count: number, faultless = count) => ({ calls: count, faultless });
  const covered: FlowCoverage = {
    at: "2026-01-02T03:04:05.678Z",
    faults: "single",
    calls: 1_234,
    stepsHash: stepsHash(frontDesk.steps.keys()),
    steps: {
      choose: { ...calls(1_234), struck: 600, failed: 0 },
      connect: { ...calls(700), struck: 50, failed: 2 },
      voicemail: { ...calls(10), struck: 0, failed: 0 },
      thanks: { ...calls(3, 0), struck: 0, failed: 0 },
      [lastResort]: { ...calls(3, 0), struck: 0, failed: 0 },
    },
    edges: { "choose > connect": calls(7), "voicemail > thanks": calls(3, 0) },
  };
  const tones = ({ steps, edges }: Picture) => ({
    steps: Object.fromEntries(steps.map(({ name, tone }) => [name, tone])),
    edges: Object.fromEntries(edges.map(({ from, to, tone }) => [`${from} > ${to}`, tone])),
  });

  test("tell what was broken and came through, what failed, and where nobody came", () => {
    const { steps, edges } = tones(pictureOf(drawn, covered));
    expect(steps).toEqual({
      choose: "proven",
      connect: "failed",
      voicemail: "heard",
      thanks: "by-fault",
      goodbye: "missed",
    });
    expect(edges).toMatchObject({
      "choose > connect": "heard",
      "voicemail > thanks": "by-fault",
      "choose > voicemail": "missed",
    });
  });

  test("come with their figures, in the SVG and in the flowchart", () => {
    const picture = pictureOf(drawn, covered);
    expect(picture.caption).toBe("1,234 calls rehearsed 2026-01-02, faults: single");
    expect(svgOf(picture)).toContain("700 calls, 50 faults, 2 failed");
    expect(mermaidOf(picture)).toContain('s1["connect<br><small>700 calls, 50 faults, 2 failed</small>"]:::failed');
    expect(mermaidOf(picture)).toMatch(/^ {2}classDef failed fill:/m);
  });

  test("of a flow whose steps have changed since say so", () => {
    expect(pictureOf(drawn, { ...covered, stepsHash: stepsHash(["ask"]) }).caption).toMatch(
      /steps have changed since$/,
    );
  });

  test("are not made up where no rehearsal was", () => {
    expect(new Set(Object.values(tones(plain).steps))).toEqual(new Set(["plain"]));
    expect(plain.caption).toMatch(/^not rehearsed yet/);
    expect(svgOf(plain)).not.toContain('class="step proven');
  });
});

describe("docs/flows.md", () => {
  const docs = (file: string) => readFile(path.join(root, "docs", file), "utf8");

  test("shows the flowchart that the command makes", async () => {
    expect(await docs("flows.md")).toContain(`\`\`\`mermaid\n${mermaidOf(plain)}\`\`\``);
  });

  test("shows the SVG that the command makes (npm run -s flow -- graph front-desk --svg --coverage none --out docs/front-desk.svg)", async () => {
    expect(await docs("front-desk.svg")).toBe(svgOf(plain));
  });
});
