import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Mutation, mutated } from "../rules/mutation.ts";

/** All that a rehearsal of `test/flows` needs. */
const parts = ["package.json", "core", "flows", "rehearsal", "scripts/canary", "test/flows", "test/support"];

/** Copies of a project, each of which can be broken without harm to any other. */
export interface Trees {
  /** @returns the folder of a copy with the mutation in it. @throws Error when the mutation is stale */
  plant(mutation: Mutation | undefined): string;
  /** Removes all copies. */
  clear(): void;
}

/**
 * @param root of the project; it is read once, now: whoever works in it meanwhile does not disturb
 */
export function createTrees(root: string): Trees {
  const folder = mkdtempSync(path.join(tmpdir(), "canary-"));
  const copyOf = (from: string, to: string): void => {
    for (const part of parts) cpSync(path.join(from, part), path.join(to, part), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(to, "node_modules"));
  };
  const original = path.join(folder, "whole");
  copyOf(root, original);
  let planted = 0;
  return {
    plant(mutation) {
      if (mutation === undefined) return original;
      planted += 1;
      const tree = path.join(folder, String(planted));
      copyOf(original, tree);
      for (const file of new Set(mutation.replacements.map((one) => one.file))) {
        const result = mutated(mutation, file, readFileSync(path.join(original, file), "utf8"));
        if (result.kind === "stale") throw new Error(result.reason);
        writeFileSync(path.join(tree, file), result.text);
      }
      return tree;
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
