import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "./read-source.ts";

const top = fileURLToPath(new URL("../../", import.meta.url));

/** Every file that is committed or could be: tracked, or new and not ignored. */
export function treeFiles(): SourceFile[] {
  const options = { cwd: top, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 } as const;
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], options);
  return listed
    .split("\0")
    .filter((name) => name !== "")
    .flatMap((name) => readable(name));
}

/** latin1 keeps every byte of a binary file; a file that is deleted but not yet committed is none. */
function readable(name: string): SourceFile[] {
  const encoding = /\.(?:ts|mts|js|mjs|json|md|ya?ml|svg)$/.test(name) ? "utf8" : "latin1";
  try {
    return [{ path: name, text: readFileSync(path.join(top, name), encoding) }];
  } catch {
    return [];
  }
}
