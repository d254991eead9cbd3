import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { build } from "../../scripts/build.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-build-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function source(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function sources() {
  const code = `import { flows } from ${JSON.stringify(path.join(root, "flows", "index.ts"))};
    declare const STAYLINE_BUILD: string;
    export const handler = async () => ({ flows, build: STAYLINE_BUILD, ...(await import("./later.ts")) });`;
  await source("later.ts", "export const later: number = 1;");
  return {
    entries: { lambda: [await source("turn.ts", code)], functions: [await source("turn.protected.ts", code)] },
    flowsEntry: await source("flows.ts", 'export const flows = ["test"];'),
    outDir: path.join(folder, "out"),
  };
}

const answerOf = (file: string) => createRequire(import.meta.url)(file).handler();

test("both legs are one CommonJS file each, with the flows and the build that were asked for", async () => {
  const options = await sources();
  const { buildId, bundles, lambdaDir } = await build(options);
  expect(bundles.map(({ leg }) => leg)).toEqual(["primary", "fallback"]);
  for (const { file } of bundles) expect(await answerOf(file)).toEqual({ flows: ["test"], build: buildId, later: 1 });
  expect(await readdir(path.join(lambdaDir))).toEqual(["assets", "package.json", "turn.js"]);
});

test("the same sources give the same build id, other sources another", async () => {
  const options = await sources();
  const first = await build(options);
  const again = await build({ ...options, outDir: path.join(folder, "again") });
  expect(again.buildId).toBe(first.buildId);
  const flowsEntry = await source("others.ts", 'export const flows = ["other"];');
  expect((await build({ ...options, flowsEntry })).buildId).not.toBe(first.buildId);
  expect((await build({ ...options, buildId: "v1.2" })).buildId).toBe("v1.2");
});

test("what an older build left behind is gone, the package.json of the Functions project is not", async () => {
  const options = await sources();
  const functions = path.join(options.outDir, "twilioserverless");
  await source("out/twilioserverless/functions/old.protected.js", "");
  await source("out/twilioserverless/package.json", '{"type":"commonjs","name":"mine"}');
  await build(options);
  expect(await readdir(path.join(functions, "functions"))).toEqual(["turn.protected.js"]);
  expect(await readFile(path.join(functions, "package.json"), "utf8")).toContain("mine");
});

test("a mistake in a flow is one line with its place", async () => {
  const options = await sources();
  const flowsEntry = await source("broken.ts", "export const flows = ;");
  await expect(build({ ...options, flowsEntry })).rejects.toThrow(/^build: .*broken\.ts:1: Unexpected ";"$/);
  await expect(build({ ...options, flowsEntry: "/nowhere.ts" })).rejects.toThrow("build: /nowhere.ts does not exist");
});
