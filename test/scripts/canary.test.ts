import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { rehearseCanaries } from "../../scripts/canary/aviary.ts";
import { canaries } from "../../scripts/canary/canaries.ts";
import { type Canary, wholeCore } from "../../scripts/canary/canary.ts";
import { escapes } from "../../scripts/canary/escapes.ts";
import type { Flown } from "../../scripts/canary/fly.ts";
import { judge, judgeWhole, tableOf } from "../../scripts/canary/report.ts";
import { staleReplacements } from "../../scripts/rules/mutation.ts";
import { run } from "./run-command.ts";

const all = [...canaries, ...escapes];
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const short = { root, cpuMs: 500, totalMs: 60_000, abreast: 1 };
const aComment = "/** Somebody is ahead: their document, and nothing is run. */";
const comment = { file: "core/turn.ts", find: aComment, replace: "/** Another one is ahead. */" };
const harmless: Canary = {
  name: "harmless",
  does: "a comment is worded otherwise",
  flows: ["order"],
  replacements: [comment],
};
const searched = (result: Extract<Flown, { kind: "searched" }>["result"]): Flown => {
  return { kind: "searched", result, calls: 3, reached: {}, cpuMs: 1 };
};

test("there are enough canaries, and no two have one name", () => {
  expect(canaries.length).toBeGreaterThanOrEqual(14);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test.each(all)("what breaks the core still applies to it: $name", ({ does, replacements }) => {
  expect(staleReplacements({ without: does, replacements }, read)).toEqual([]);
});

test("the command breaks the core, sees the rehearsal find it, and finds nothing in the whole core", async () => {
  const { ended, said } = run(["canary", "--only", "relative-urls"]);
  expect(await ended, said.err).toBe(0);
  const [head, canary, whole, last] = said.out.trimEnd().split("\n");
  expect(head).toMatch(/^canary +found by +checker +case id +calls$/);
  expect(canary).toMatch(/^relative-urls +no fault +documents-valid +appointment\/\S+ +\d+$/);
  expect(whole).toMatch(/^the whole core +nothing found/);
  expect(last).toBe("1 canary, caught");
});

test("a harmless mutation (a comment) is reported as not caught", async () => {
  const [row, whole] = await rehearseCanaries([harmless], short);
  expect(row).toMatchObject({ canary: "harmless", isCaught: false, foundBy: "NOT CAUGHT in its time" });
  expect(row?.calls).toBeGreaterThan(1);
  expect(whole).toMatchObject({ canary: wholeCore, isCaught: true });
});

test("a core that cannot be loaded is no catch", async () => {
  const typo = { ...comment, replace: "const = ;" };
  const [row] = await rehearseCanaries([{ ...harmless, replacements: [typo] }], short);
  expect(row).toMatchObject({ isCaught: false });
  expect(row?.foundBy).toMatch(/^DID NOT FLY: .*Error/);
});

test("a search that complains of the whole core, or that does not come to its end there, proves nothing", () => {
  const nothing = searched({ kind: "nothing", complete: true });
  const complaint = searched({
    kind: "caught",
    faults: ["down"],
    caseId: "a/b",
    checker: "call-ends",
    what: "goes on",
  });
  const cut = searched({ kind: "nothing", complete: false });
  expect(judgeWhole([nothing, nothing])).toMatchObject({ canary: wholeCore, isCaught: true, calls: 6 });
  expect(judgeWhole([nothing, complaint])).toMatchObject({ isCaught: false, caseId: "a/b" });
  expect(judgeWhole([nothing, cut]).isCaught).toBe(false);
  expect(judgeWhole([nothing, { kind: "ended", reason: "no time was left" }]).isCaught).toBe(false);
});

test("a crash or a catch without any fault counts only where the canary says so", () => {
  const crash = searched({ kind: "crash", error: "StuckError: nothing left" });
  const faultless = searched({ kind: "caught", faults: [], caseId: "a/b", checker: "call-ends", what: "goes on" });
  const single = searched({ kind: "caught", faults: ["down"], caseId: "a/b", checker: "call-ends", what: "goes on" });
  const nothing = searched({ kind: "nothing", complete: true });
  const caught = (canary: Partial<Canary>, seen: Flown) => judge({ ...harmless, ...canary }, seen).isCaught;
  expect([caught({}, crash), caught({ byCrash: true }, crash)]).toEqual([false, true]);
  expect([caught({}, faultless), caught({ withoutFault: true }, faultless)]).toEqual([false, true]);
  expect([caught({}, single), caught({}, nothing), caught({}, { kind: "ended", reason: "?" })]).toEqual([
    true,
    false,
    false,
  ]);
});

test("an unknown canary is an error", async () => {
  const { ended, said } = run(["canary", "--only", "parrot"]);
  expect(await ended).toBe(2);
  expect(said.out).toBe("");
  expect(said.err).toContain("parrot");
});

test("the columns of the table are as wide as what stands in them", () => {
  const row = { isCaught: true, foundBy: "down", checker: "call-ends", caseId: "a/b", calls: 12 };
  const [head, first] = tableOf([{ ...row, canary: "a-long-name-of-a-canary" }]);
  expect(head?.indexOf("found by")).toBe(first?.indexOf("down"));
});
