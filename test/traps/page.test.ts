import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const folder = import.meta.dirname;
const page = readFileSync(path.join(folder, "..", "..", "docs", "traps.md"), "utf8");
const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts") && name !== "page.test.ts");
const sources = new Map(files.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
/** The last cell of each row: files, and after a colon how the titles in them begin. */
const cells = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes(".test.ts"))
  .map((line) => line.split(" | ").at(-1)?.replace(/ \|$/, "") ?? "");

/** What a cell names and what does not exist. */
function missing(cell: string): string[] {
  const [names = "", title = ""] = cell.split(/: (.*)/);
  return [...names.matchAll(/`([\w-]+\.test\.ts)`/g)].flatMap(([, name = ""]) => {
    const source = sources.get(name);
    return source === undefined || !source.includes(title) ? [`${name}: ${title}`] : [];
  });
}

test("the page of traps names only tests that there are", () => {
  expect(cells.length).toBeGreaterThan(15);
  expect(cells.flatMap(missing)).toEqual([]);
  expect(missing("`urls.test.ts`: a trap that nobody knows")).toHaveLength(1);
});

test("the page of traps names every file of tests", () => {
  for (const name of files) expect(page, name).toContain(`\`${name}\``);
});
