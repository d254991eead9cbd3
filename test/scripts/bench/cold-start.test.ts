import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeAlone, primaryName } from "../../../scripts/bench/cold-start/candidates.ts";
import { layersOfPrimary, ownerOf, sharesOfPrimary } from "../../../scripts/bench/cold-start/dependencies.ts";
import { type StartFound, toReport } from "../../../scripts/bench/cold-start/figures.ts";
import { type ColdStart, coldStart } from "../../../scripts/bench/cold-start/start-once.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stayline-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bundle(name: string, code: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, code);
  return file;
}
const lambda = { platform: "lambda", event: { requestContext: {} } } as const;

test("a start is timed from before the import to the answer, and its memory is that after the import", async () => {
  const file = await bundle(
    "slow.cjs",
    `const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
     wait(30); globalThis.kept = Buffer.alloc(64 * 2 ** 20, 1);
     exports.handler = async () => { wait(40); return { statusCode: 200, body: "" }; };`,
  );
  const [slow, node] = await Promise.all([
    coldStart({ file, env: {}, first: lambda }),
    coldStart({ file: undefined, env: {} }),
  ]);
  expect(slow.importMs).toBeGreaterThanOrEqual(30);
  expect(slow.answeredMs).toBeGreaterThanOrEqual(slow.importMs + 39);
  expect(slow.rssBytes - node.rssBytes).toBeGreaterThan(60 * 2 ** 20);
  expect(node).not.toHaveProperty("answeredMs");
});

test("an ES module and a function of the other cloud are started in their own way", async () => {
  const answer = "export const handler = async () => ({ statusCode: 200 });";
  const started = await coldStart({ file: await bundle("module.mjs", answer), env: {}, first: lambda });
  expect(started.answeredMs).toBeGreaterThan(0);
  const file = await bundle(
    "function.cjs",
    `exports.handler = (context, event, respond) => {
       const response = new Twilio.Response();
       response.setStatusCode(context.CODE === "x" && event.CallSid === "CA1" ? 200 : 500);
       respond(null, response);
     };`,
  );
  const first = { platform: "functions", event: { CallSid: "CA1" } } as const;
  expect((await coldStart({ file, env: { CODE: "x" }, first })).answeredMs).toBeGreaterThan(0);
});

test("a bundle that refuses the webhook, or cannot be loaded, has no figures", async () => {
  const refuses = await bundle(
    "refuses.cjs",
    `exports.handler = async () => ({ statusCode: 403, body: "signature" });`,
  );
  await expect(coldStart({ file: refuses, env: {}, first: lambda })).rejects.toThrow(/refuses.cjs: 403 signature/);
  const broken = await bundle("broken.cjs", `throw new Error("no such thing");`);
  await expect(coldStart({ file: broken, env: {} })).rejects.toThrow(/no such thing/);
  const dies = await bundle("dies.cjs", "process.exit(0);");
  await expect(coldStart({ file: dies, env: {} })).rejects.toThrow(/ended without a word/);
});

const starts = (importMs: readonly number[], rssMb: number, answeredMs?: readonly number[]): ColdStart[] =>
  importMs.map((ms, run) => {
    const answered = answeredMs?.[run];
    return { importMs: ms, rssBytes: rssMb * 2 ** 20, ...(answered !== undefined && { answeredMs: answered }) };
  });
const found: readonly StartFound[] = [
  { name: nodeAlone, bytes: 0, gzipBytes: 0, isOurs: false, starts: starts([0, 0], 40) },
  { name: "plain", bytes: 4_000_000, gzipBytes: 500_000, isOurs: false, starts: starts([100, 200], 100, [200, 400]) },
  { name: primaryName, bytes: 331_000, gzipBytes: 99_000, isOurs: true, starts: starts([20, 40], 60, [50, 100]) },
];
const layers = [
  { name: "node", starts: starts([5, 10], 40) },
  { name: "twilio", starts: starts([7, 12], 40) },
  { name: "all", starts: starts([15, 20], 40) },
  { name: "primary", starts: starts([19, 24], 40) },
];
const shares = [
  { owner: "twilio", bytes: 300 },
  { owner: "core", bytes: 100 },
];

test("the targets are of the primary beside what is written by hand, start by start", () => {
  const { targets } = toReport({ found, layers, shares });
  expect(targets.map(({ measured }) => measured)).toEqual([0.2, 0.25, 0.6, 331_000, 99_000]);
  expect(targets.map(({ kind }) => kind)).toEqual(["ratio", "ratio", "ratio", "count", "count"]);
});

test("a part of the bundle costs what it adds to the modules of Node, and ours what is left", () => {
  const table = toReport({ found, layers, shares }).tables[1];
  expect(table?.rows).toEqual([
    { owner: "modules of Node that it loads", ms: 7.5 },
    { owner: "twilio", bytes: 300, share: 75, ms: 2 },
    { owner: "ours: core", bytes: 100, share: 25, ms: undefined },
    { owner: "all of ours together", ms: 4 },
  ]);
});

test("memory beyond Node is what the bundle adds", () => {
  const [table] = toReport({ found, layers, shares }).tables;
  expect(table?.rows.map(({ ownMb }) => ownMb)).toEqual([undefined, 60, 20]);
});

test("every byte of the primary's bundle has an owner: a package by its name, the SDK as one, ours by its folder", async () => {
  expect(ownerOf("node_modules/@middy/core/index.js")).toBe("@middy/core");
  expect(ownerOf("node_modules/@smithy/core/dist-es/index.js")).toBe("@aws-sdk/client-dynamodb");
  expect(ownerOf("core/stores/dynamodb.ts")).toBe("core");
  const owners = (await sharesOfPrimary()).map(({ owner }) => owner);
  expect(new Set(owners)).toEqual(
    new Set(["@aws-sdk/client-dynamodb", "@middy/core", "twilio", "valibot", "core", "flows", "lambda", "scripts"]),
  );
});

test("each package of the primary can be loaded alone, and weighs what it weighs in the primary", async () => {
  const bundled = await layersOfPrimary(`require("node:https")`);
  const shared = new Map((await sharesOfPrimary()).map(({ owner, bytes }) => [owner, bytes]));
  const packages = bundled.filter(({ name }) => name !== "node" && name !== "all");
  expect(packages.map(({ name }) => name).sort()).toEqual(
    ["@aws-sdk/client-dynamodb", "@middy/core", "twilio", "valibot"].sort(),
  );
  for (const { name, code } of packages) {
    const bytes = shared.get(name) ?? 0;
    expect(code.length / bytes, name).toBeGreaterThan(0.9);
    expect(code.length / bytes, name).toBeLessThan(1.5);
  }
  const all = await bundle("all.cjs", bundled.find(({ name }) => name === "all")?.code ?? "throw 0");
  expect((await coldStart({ file: all, env: {} })).importMs).toBeGreaterThan(0);
});
