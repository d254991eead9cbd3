import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../../scripts/build/bundle.ts";

export const pageFile = path.join(root, "docs", "operations.md");

export interface Page {
  readonly text: string;
  /** the command lines of each block marked `sh`, in the order of the page */
  readonly blocks: readonly (readonly string[])[];
  /** the variables that the page tells its reader to export */
  readonly variables: readonly string[];
}

/** The page as somebody reads it who types what stands there. */
export async function readPage(): Promise<Page> {
  const text = await readFile(pageFile, "utf8");
  const blocks = shBlocks(text);
  const [, table = ""] = /^\| variable \| what \|\n(.*\n)((?:\|.*\n)+)/m.exec(text)?.slice(1) ?? [];
  const variables = [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = ""]) => name);
  return { text, blocks, variables };
}

/** The command lines of each block marked `sh`, in order. */
export function shBlocks(text: string): string[][] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block.trim().split("\n"));
}

/** Files that the page links, from its own folder. */
export function linkedFiles(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !target.includes("://"));
}

/** Names of `npm run NAME` anywhere on the page. */
export function npmScripts(text: string): string[] {
  return [...new Set([...text.matchAll(/\bnpm run ([a-z:-]+)/g)].map(([, name = ""]) => name))];
}
