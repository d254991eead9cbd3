import * as esbuild from "esbuild";
import { expect, test } from "vitest";

test("the script of the page is under 150 kB and asks nothing of Node", async () => {
  const { outputFiles, warnings } = await esbuild.build({
    entryPoints: ["console/main.tsx"],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const [script] = outputFiles;
  expect(warnings).toEqual([]);
  expect(script?.contents.byteLength).toBeGreaterThan(10_000);
  expect(script?.contents.byteLength).toBeLessThan(150_000);
  expect(script?.text).not.toMatch(/node:|require\(/);
});
