import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/build/bundle.ts";
import { shBlocks } from "./operations/page.ts";

export const runbookFile = path.join(root, "docs", "runbook.md");

/** What stands below one heading. */
export interface Section {
  readonly title: string;
  readonly text: string;
  /** the lines of its `sh` blocks, as they are typed */
  readonly lines: readonly string[];
}

/** What somebody reads who is woken up at night. */
export async function readRunbook() {
  const text = await readFile(runbookFile, "utf8");
  const [head = "", ...parts] = text.split(/^## /m);
  const sections = parts.map((part): Section => {
    const [title = ""] = part.split("\n", 1);
    return { title, text: part, lines: shBlocks(part).flat() };
  });
  return { text, head, sections };
}

/** The rows of the tables whose first column has that heading: each row's cells. */
export function rowsOf(text: string, heading: string): string[][] {
  const tables = text.matchAll(new RegExp(`^\\| ${heading} \\|.*\\n\\|[ -|]*\\n((?:\\|.*\\n?)+)`, "gm"));
  return [...tables].flatMap(([, rows = ""]) =>
    rows
      .trim()
      .split("\n")
      .map((row) => row.slice(2, -2).split(" | ")),
  );
}

/** What stands in a line of text as code. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

/** The name by which GitHub links a heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}
