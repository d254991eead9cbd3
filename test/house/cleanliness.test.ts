import { describe, expect, test } from "vitest";
import { type CheckName, checks, linesMax, untidy } from "./cleanliness.ts";
import { treeFiles } from "./tree.ts";

/** Put together here, so that this file does not contain what it forbids. */
const below = (folder: string) => ["", folder, "someone", "stayline"].join("/");
const registry = ["registry", "npmjs", "org"].join(".");
const lines = (count: number) => "export {};\n".repeat(count);

const broken: Record<CheckName, readonly (readonly [path: string, text: string])[]> = {
  "a source file stays short": [
    ["core/turn.ts", lines(linesMax + 1)],
    ["scripts/stack/table.ts", lines(linesMax + 1)],
    ["scripts/run.mjs", lines(linesMax + 1)],
  ],
  "no file names a path of a machine": [
    ["README.md", `run it in ${below("home")}`],
    ["core/seal.ts", `const here = "${below("Users")}";`],
    ["scripts/x.ts", `"file://${below("work")}"`],
    ["notes.txt", `(${below("root")})`],
  ],
  "no file names a package registry": [
    ["docs/a.md", `https://${registry}/valibot`],
    ["package.json", `{"publishConfig":{"x":"https://${["registry", "example", "com"].join(".")}"}}`],
    [".npmrc", "registry=http://127.0.0.1:1"],
  ],
  "the lock file does not say where packages came from": [
    ["package-lock.json", '{"packages":{"node_modules/a":{"resolved": "https://example.com/a.tgz"}}}'],
    [".twilioserverless/package-lock.json", '{"resolved":""}'],
  ],
};

describe("the tree", () => {
  const files = treeFiles();

  test("is tidy", () => {
    expect(files.map(({ path }) => path)).toContain("package-lock.json");
    expect(untidy(files)).toEqual([]);
  });

  for (const check of Object.keys(checks) as CheckName[]) {
    test.each(broken[check])(`${check}: found broken in %s`, (path, text) => {
      expect(untidy([{ path, text }])).toContainEqual({ check, path });
    });
    test(`${check}: has a failing example`, () => expect(broken[check].length).toBeGreaterThan(0));
  }

  test("may have a file of exactly the longest length, and URLs with the same words", () => {
    const text = `// https://example.com${below("home")}\n${lines(linesMax - 1)}`;
    expect(untidy([{ path: "core/turn.ts", text }])).toEqual([]);
  });
});
