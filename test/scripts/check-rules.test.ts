import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { type Mutation, mutated, staleReplacements } from "../../scripts/rules/mutation.ts";
import { rules1to6 } from "../../scripts/rules/rules-1-to-6.ts";
import { rules7to12 } from "../../scripts/rules/rules-7-to-12.ts";
import { tableConditions } from "../../scripts/rules/table-conditions.ts";
import { faultWith, judgeWithout } from "../../scripts/rules/verdict.ts";

const every = [...rules1to6, ...rules7to12, ...tableConditions];
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const replacing = (find: string, replace = ""): Mutation => ({
  without: "something else happens",
  replacements: [{ file: "a.ts", find, replace }],
});

test.each(every)("every way to lose a rule still applies to the source: $name", ({ mutations }) => {
  expect(mutations.flatMap((mutation) => staleReplacements(mutation, read))).toEqual([]);
  expect(new Set(mutations.map(({ without }) => without)).size).toBe(mutations.length);
});

test("all twelve rules have a way to be lost and a test of their own", () => {
  const protocol = [...rules1to6, ...rules7to12];
  expect(protocol.map(({ name }) => Number.parseInt(name, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(new Set(protocol.map(({ test: file }) => file)).size).toBe(12);
  expect(protocol.filter(({ mutations }) => mutations.length === 0)).toEqual([]);
});

test.each([
  ["gone", "if (missing)", "if (kept) leave();"],
  ["there twice", "leave();", "leave(); leave();"],
])("a text that is %s is not replaced in silence", (_, find, source) => {
  expect(mutated(replacing(find), "a.ts", source)).toMatchObject({ kind: "stale" });
  expect(staleReplacements(replacing(find), () => source)).toHaveLength(1);
});

test("a mutation that changes nothing, names no file or no text is stale", () => {
  expect(staleReplacements(replacing("leave();", "leave();"), () => "leave();")).toHaveLength(1);
  expect(staleReplacements(replacing("leave();"), () => undefined)).toHaveLength(1);
  expect(staleReplacements({ without: "nothing", replacements: [] }, () => "")).toHaveLength(1);
});

test("only a test that ran and failed proves a rule", () => {
  const passes = { passed: ["hears it"], failed: [], broken: [] };
  const fails = { passed: [], failed: ["hears it"], broken: [] };
  const broken = { passed: [], failed: ["hears it"], broken: ["no such module"] };
  const empty = { passed: [], failed: [], broken: [] };
  expect(judgeWithout(fails)).toEqual({ kind: "caught", by: "hears it" });
  expect(judgeWithout(passes)).toEqual({ kind: "survived" });
  for (const run of [broken, empty, undefined]) expect(judgeWithout(run).kind).toBe("broken");
  expect(faultWith(passes)).toBeUndefined();
  for (const run of [fails, broken, empty, undefined]) expect(faultWith(run)).toBeTypeOf("string");
});

test("the command takes a rule out, sees its test fail, and says so; an unknown rule is an error", async () => {
  const [known, unknown] = await Promise.all([checkRules("1"), checkRules("13")]);
  expect(known.out).toMatch(/^1 epoch .* a zombie that commits after/m);
  expect(known.out).toMatch(/^1 way to lose a rule, caught$/m);
  expect(known.code).toBe(0);
  expect(unknown).toEqual({ code: 2, out: "" });
});

function checkRules(rule: string): Promise<{ code: number; out: string }> {
  const args = [path.join(root, "scripts", "run.mjs"), "check-rules", rule];
  // as a person runs it: what vitest tells its own workers is not for a vitest of its own
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST$|NODE_ENV)/.test(name)),
  );
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (_, out) => resolve({ code: child.exitCode ?? -1, out }));
  });
}
