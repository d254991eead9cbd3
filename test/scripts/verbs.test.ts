import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import * as flows from "../../core/index.ts";
import { languages, type Verb } from "../../core/verbs.ts";
import { root } from "../../scripts/build/bundle.ts";
import { lostNotes, notes, type TestName } from "../../scripts/verbs/notes.ts";
import { verbsPage } from "../../scripts/verbs/page.ts";
import { rehearsed } from "../../scripts/verbs/rehearsed.ts";
import { verbsFile } from "../../scripts/verbs.ts";

const read = (...parts: string[]) => readFileSync(path.join(root, ...parts), "utf8");

/** Does a file of tests hold a test of exactly this name? */
function hasTest(source: string, name: string): boolean {
  return source.includes(`test(${JSON.stringify(name)},`);
}

test("docs/verbs.md is what the code makes: else run npm run verbs", () => {
  expect(readFileSync(verbsFile, "utf8")).toBe(verbsPage());
});

describe("the page names", () => {
  const tests: TestName[] = [
    ...Object.values(notes).flatMap((note) => note.tests),
    ...Object.values(lostNotes).map((note) => note.test),
  ];

  test("tests that exist", () => {
    const missing = tests.filter(([file, name]) => !hasTest(read("test", "core", "verbs", file), name));
    expect(missing).toEqual([]);
    expect(hasTest(`test("another", () => {});`, "other")).toBe(false);
  });

  test("a test of its own for each verb", () => {
    for (const note of Object.values(notes)) expect(note.tests.length).toBeGreaterThan(0);
    expect(new Set(tests.map(String)).size).toBe(tests.length);
  });

  test("functions that flows can import, and all of them that make verbs", () => {
    const named = Object.values(notes).flatMap((note) => note.written);
    expect(named.filter((name) => !(name in flows))).toEqual([]);
    const others = ["KeyRefusedError", "defineFlow", "goTo", "inDoubt", "yesOrNo"];
    const exported = Object.keys(flows).filter((name) => !others.includes(name));
    expect(exported.filter((name) => !named.includes(name))).toEqual([]);
  });

  test("flows that use the verb", () => {
    for (const { flow, written } of Object.values(notes)) {
      if (flow === undefined) continue;
      expect([flow, existsSync(path.join(root, flow))]).toEqual([flow, true]);
      // a catalogue is defined once, and its prompts are played by the name that it is given there
      const calls = written.map((name) => (name === "defineMedia" ? "play" : name));
      const used = calls.some((name) => new RegExp(`\\b${name}[(.]`).test(read(flow)));
      expect([flow, written, used]).toEqual([flow, written, true]);
    }
  });

  test("every verb there is", () => {
    const source = read("core", "verbs.ts");
    const all = [...source.matchAll(/^\s+readonly verb: ([^;]*);/gm)].flatMap(([, names = ""]) => names.match(/\w+/g));
    expect(new Set(Object.keys(notes) as Verb["verb"][])).toEqual(new Set(all));
    expect(languages).toEqual(["en", "ja"]);
  });

  test("no attribute of which a rehearsal would warn", () => {
    expect(verbsPage()).not.toContain("warned of");
    expect([rehearsed(["Say"], "voice"), rehearsed(["Say"], "colour")]).toEqual(["known", "warned of"]);
  });
});
