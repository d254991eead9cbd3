import { machineText } from "./machine.ts";
import { partNames } from "./report.ts";
import type { BenchReport } from "./run.ts";
import { partMarkdown, tableMarkdown, targetsTable } from "./text.ts";

/** docs/performance.md is written by hand but for what stands between two marks: `<!-- figures: NAME -->` and `<!-- end -->`. */
const marked = /<!-- figures: ([a-z-]+) -->\n.*?<!-- end -->/gs;

/**
 * The page with the figures of a run.
 * @param page the page as it was
 * @throws Error for a mark that no part has, or a part without a mark
 */
export function withFigures(page: string, report: BenchReport): string {
  const figures = new Map<string, string>(report.parts.map(({ name, report: part }) => [name, partMarkdown(part)]));
  const day = report.atIso.slice(0, 10);
  figures.set("targets", tableMarkdown(targetsTable(report.parts.flatMap(({ report: part }) => part.targets))));
  figures.set("machine", `Run of ${day}, seed ${report.seed}, on ${machineText(report.machine)}.`);
  const seen = new Set<string>();
  const filled = page.replace(marked, (_, name: string) => {
    const text = figures.get(name);
    if (text === undefined) throw new Error(`docs/performance.md: '${name}' is no part of the bench`);
    seen.add(name);
    return `<!-- figures: ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
  const without = ["machine", "targets", ...partNames].find((name) => !seen.has(name));
  if (without !== undefined) throw new Error(`docs/performance.md has no place for '${without}'`);
  return filled;
}
