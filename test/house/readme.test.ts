import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { treeFiles } from "./tree.ts";

const readme = readFileSync(path.join(root, "README.md"), "utf8");
const contributing = readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8");
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(path.join(root, "package.json"), "utf8"),
);

/** The code blocks of that language, in order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, text = ""]) => text,
  );
}

/** What the README's flow uses and does not show. */
const around = `
import { defineFlow, dial, gather, goTo, hangup, menu, say } from "${root}core/index.ts";
import { play } from "${root}flows/media.ts";
type Step = "chooseDay" | "confirm" | "booked" | "goodbye";
interface Data { readonly day: string; readonly reference: string }
declare function bookDay(day: string, key: string, signal: AbortSignal): Promise<string>;
`;

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "stayline-readme-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What the type checker says to the flow, with the settings of this project; empty when it has nothing to say. */
async function complaints(flow: string): Promise<string> {
  const settings = {
    extends: path.join(root, "tsconfig.json"),
    compilerOptions: { typeRoots: [path.join(root, "node_modules", "@types")] },
    include: ["flow.ts"],
  };
  await writeFile(path.join(dir, "tsconfig.json"), JSON.stringify(settings));
  await writeFile(path.join(dir, "flow.ts"), around + flow);
  const typescript = path.join(root, "node_modules", ".bin", "tsc");
  return promisify(execFile)(typescript, ["-p", dir, "--pretty", "false"], { cwd: dir }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout || "tsc could not be run",
  );
}

test("the README's flow is one that the type checker accepts", async () => {
  const [flow = "", ...others] = blocks("ts");
  expect(others).toEqual([]);
  expect(flow).toContain("defineFlow<Step, Data>");
  expect(await complaints(flow)).toBe("");
});

test("the type checker insists that the README's flow says what follows when its effect is in doubt", async () => {
  const [flow = ""] = blocks("ts");
  const without = flow.replace(', { inDoubt: "retry" }', "");
  expect(without).not.toBe(flow);
  expect(await complaints(without)).toMatch(/flow\.ts.*error TS/);
});

test("each of the README's two commands is one line that a shell can be given as it is", () => {
  expect(blocks("sh")).toEqual(["npm ci && npm start\n", "npm ci && npm test\n"]);
});

test.each([
  ["README.md", readme],
  ["CONTRIBUTING.md", contributing],
])("every npm script that %s names exists", (_, text) => {
  const named = [...text.matchAll(/npm (?:run (?:-s )?|(?=start\b|test\b))([a-z][a-z:-]*)/g)].map(
    ([, name = ""]) => name,
  );
  expect(named).toEqual(expect.arrayContaining(["start", "test", "call"]));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test("the test that CONTRIBUTING runs by its name exists", () => {
  const [, name = ""] = /npm test -- -t "([^"]+)"/.exec(contributing) ?? [];
  expect(name).not.toBe("");
  const tests = treeFiles().filter(({ path: file }) => file.endsWith(".test.ts"));
  expect(tests.some(({ text }) => text.includes(`test("${name}`))).toBe(true);
});

test("every file that the README points to exists", () => {
  const linked = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file = ""]) => file);
  expect(linked).toContain("core/turn.ts");
  for (const file of linked) expect(() => readFileSync(path.join(root, file)), file).not.toThrow();
});
