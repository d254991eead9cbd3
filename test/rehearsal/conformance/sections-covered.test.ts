import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const sections = [
  ...["1.1", "1.2", "1.3", "1.4", "2", "3.1", "3.2", "3.3", "3.4"],
  ...["4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "9"],
];

/** The sections named by the tests in a file: the number before the colon that begins a test's name. */
function sectionsIn(text: string): string[] {
  return [...text.matchAll(/\btest(?:\.each\([\s\S]*?\))?\(\s*["'`](\d(?:\.\d)?): /g)].map((match) => match[1] ?? "");
}

test("the tests of a file name their sections", () => {
  const text = `test("4.3: one", () => {}); test.each([["a"]])("5.1: %s", () => {}); test("3 things", () => {});`;
  expect(sectionsIn(text)).toEqual(["4.3", "5.1"]);
});

test("every section of facts about Twilio that the rehearsal imitates has a test", () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^section-\d.*\.test\.ts$/.test(name));
  const covered = new Set(files.flatMap((name) => sectionsIn(readFileSync(join(import.meta.dirname, name), "utf8"))));
  expect(sections.filter((section) => !covered.has(section))).toEqual([]);
});
