import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { languages } from "../../../core/verbs.ts";
import { flows } from "../../../flows/examples/index.ts";
import { flows as shipped } from "../../../flows/index.ts";
import { chosenFlows, flowsUrlOf, loadFlows } from "../../../scripts/rehearse/plan.ts";

const folder = new URL("../../../flows/examples/", import.meta.url);
const linesMax = 79;
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

describe("the example flows", () => {
  test.each(files)("%s is under 80 lines", (name) => {
    expect(read(name).trimEnd().split("\n").length).toBeLessThanOrEqual(linesMax);
  });

  test("are one file each, which is named after the flow and has its row in the table", () => {
    const helpers = ["effect.ts", "index.ts"];
    const named = files.filter((name) => !helpers.includes(name)).map((name) => name.replace(".ts", ""));
    expect(flows.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
    for (const name of named) expect(read("README.md")).toContain(`| [\`${name}\`](${name}.ts) |`);
  });

  test("are not among those that the legs carry", () => {
    expect(flows.filter(({ name }) => shipped.some((one) => one.name === name))).toEqual([]);
  });

  test("are rehearsed when they are named, and not otherwise", async () => {
    const named = await loadFlows(flowsUrlOf(undefined, true));
    for (const { name } of flows) expect(chosenFlows(named, name)).toHaveLength(1);
    expect(await loadFlows(flowsUrlOf(undefined))).toEqual(shipped);
  });

  test.each(flows.map((flow) => [flow.name, flow] as const))("%s has a last resort in every language", (_, flow) => {
    for (const language of languages) expect(JSON.stringify(flow.lastResort(language))).toMatch(/"ja":"[^"]+/);
  });
});
