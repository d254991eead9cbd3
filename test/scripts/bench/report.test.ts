import { readFile } from "node:fs/promises";
import path from "node:path";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { readArguments, usualSeed } from "../../../scripts/bench/arguments.ts";
import { withFigures } from "../../../scripts/bench/page.ts";
import { isMet, type Part, type PartReport, partNames, type Target } from "../../../scripts/bench/report.ts";
import { type BenchReport, runBench } from "../../../scripts/bench/run.ts";
import { chartsSvg } from "../../../scripts/bench/svg.ts";
import { partMarkdown, terminalText } from "../../../scripts/bench/text.ts";
import { root } from "../../../scripts/build/bundle.ts";

const trips: Target = { what: "round trips", bound: { exactly: 1 }, measured: 1, kind: "count" };
const found: PartReport = {
  tables: [
    {
      title: "Webhooks",
      columns: [
        { key: "who", title: "who" },
        { key: "ms", title: "ms", digits: 2 },
      ],
      rows: [
        { who: "ours", ms: 1.2345 },
        { who: "a|b", ms: 12_345 },
        { who: "nobody", ms: undefined },
      ],
    },
  ],
  targets: [trips, { what: "CPU", bound: { atMost: 0.62 }, measured: 0.7, kind: "ratio" }],
  charts: [
    {
      ...{ title: "CPU <warm>", unit: "ms", digits: 1 },
      bars: [
        { label: "ours", value: 1, spread: [0.5, 2], isOurs: true },
        { label: "plain", value: 4, isOurs: false },
      ],
    },
  ],
  notes: ["On loopback."],
};

const part = (name: Part["name"], report = found): Part => ({ name, title: name, run: async () => report });
const ran = (load: (name: Part["name"]) => Part, parts = partNames) =>
  runBench({ effort: "quick", seed: 1, parts, load: async (name) => load(name), progress: () => {} });

describe("the report", () => {
  test("a target is met at its bound, and missed beyond it", () => {
    expect(isMet(trips)).toBe(true);
    expect(isMet({ ...trips, measured: 1.01 })).toBe(false);
    expect([3_000, 2_999].map((measured) => isMet({ ...trips, bound: { atLeast: 3_000 }, measured }))).toEqual([
      true,
      false,
    ]);
  });

  test("tables are read in a terminal: numbers to the right with the digits of their column, gaps as a dash", async () => {
    const text = terminalText(await ran(part, ["load"] as never));
    expect(text).toContain("who            ms\nours         1.23\na|b     12,345.00\nnobody          –");
    expect(text).toMatch(/CPU +≤ 0\.62 +0\.7 +MISSED/);
    expect(text).toContain("2 targets, 1 missed");
  });

  test("Markdown keeps a bar that stands in a cell", () => {
    expect(partMarkdown(found)).toContain("| who | ms |\n| --- | ---: |\n| ours | 1.23 |\n| a\\|b | 12,345.00 |");
  });

  test("the picture is sound XML in which lengths are in proportion", () => {
    const widths: number[] = [];
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.on("opentag", ({ name, attributes }) => {
      if (name === "rect" && attributes.class !== "panel") widths.push(Number(attributes.width));
    });
    parser.write(chartsSvg(found.charts)).close();
    expect(widths).toHaveLength(2);
    expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(4, 1);
  });

  test("parts run in order, and the one that cannot be run is named", async () => {
    const seen: string[] = [];
    const report = await ran((name) => ({
      ...part(name),
      run: () => Promise.resolve(found).finally(() => seen.push(name)),
    }));
    expect(seen).toEqual(partNames);
    expect(report.machine.packages.twilio).toMatch(/^\d+\./);
    const broken = (name: Part["name"]) =>
      name === "growth" ? { ...part(name), run: () => Promise.reject(new Error("no table")) } : part(name);
    await expect(ran(broken)).rejects.toThrow("growth: no table");
  });
});

describe("docs/performance.md", () => {
  const page = ["machine", "targets", ...partNames]
    .map((name) => `<!-- figures: ${name} -->\nearlier figures\n<!-- end -->`)
    .join("\ntext\n");

  test("gets the figures of a run between its marks, and nothing else is touched", async () => {
    const filled = withFigures(page, await ran(part));
    expect(filled).not.toContain("earlier figures");
    expect(filled.match(/\ntext\n/g)).toHaveLength(partNames.length + 1);
    expect(withFigures(filled, await ran(part))).toBe(filled);
  });

  test("a part without a place, and a place without a part, are errors", async () => {
    const report = await ran(part);
    expect(() => withFigures(page.replace("figures: load", "figures: growth"), report)).toThrow("no place for 'load'");
    expect(() => withFigures(page.replace("figures: load", "figures: loads"), report)).toThrow("'loads' is no part");
  });

  test("holds what the run in docs/performance.json found, and its picture shows the same", async () => {
    const read = (name: string) => readFile(path.join(root, "docs", name), "utf8");
    const report = JSON.parse(await read("performance.json")) as BenchReport;
    const written = await read("performance.md");
    expect(withFigures(written, report)).toBe(written);
    expect(report.effort).toBe("full");
    expect(chartsSvg(report.parts.flatMap((one) => one.report.charts))).toBe(await read("performance.svg"));
  });
});

describe("the command line", () => {
  test("names parts, in the order in which they run", () => {
    expect(readArguments(["--only", "load", "--only=webhooks,growth"])).toEqual({
      ...{ effort: "full", json: false, docs: false, seed: usualSeed },
      parts: ["webhooks", "growth", "load"],
    });
    expect(readArguments(["--quick", "--json"])).toMatchObject({ effort: "quick", json: true, parts: partNames });
    expect(readArguments(["--help"])).toBeUndefined();
  });

  test.each([
    [["--only", "webhook"], "there are webhooks, cold-start"],
    [["--docs", "--quick"], "whole, full run"],
    [["--seed", "-1"], "--seed"],
    [["--seed=4294967296"], "--seed"],
    [["--fast"], "Unknown option '--fast'"],
  ])("%j is refused with what is right", (args, why) => {
    expect(() => readArguments(args)).toThrow(why);
  });
});
