import { beforeAll, expect, test } from "vitest";
import type { Rehearsed } from "../../../rehearsal/explore/explore.ts";
import { matrixOf } from "../../../rehearsal/report/matrix.ts";
import { matrixText } from "../../../rehearsal/report/matrix-text.ts";
import { reportPage } from "../../../rehearsal/report/page.ts";
import { factsOf, type Report } from "../../../rehearsal/report/report.ts";
import { reportText } from "../../../rehearsal/report/report-text.ts";
import { addCase, emptyTally, idOf } from "../../../rehearsal/report/tally.ts";
import { bookingCases, bookingSteps } from "./booking-cases.ts";

let sound: readonly Rehearsed[] = [];
let broken: readonly Rehearsed[] = [];
beforeAll(async () => {
  sound = await bookingCases("sound");
  broken = await bookingCases("broken");
});

function reportOf(cases: readonly Rehearsed[], more: Partial<Report> = {}): Report {
  const tally = emptyTally();
  for (const rehearsed of cases) addCase(tally, rehearsed);
  const flows = [...new Set(cases.map(({ call }) => call.flow.name))].map((name) => ({ name, steps: bookingSteps }));
  const figures = { scripts: 1, dialects: 1, faults: "single", seed: 1, workers: 2, seconds: 2, workingSeconds: 1 };
  return { flows, ...figures, interrupted: false, tally, ...more };
}

const matrices = ({ tally, flows }: Report) => flows.map((flow) => matrixOf(tally, flow));

test("the matrix has a row for each fault that was met, a column for each step where, and a mark where none was", () => {
  const text = matrixText(matrices(reportOf(sound)), 100);
  const lines = text.split("\n");
  expect(lines[0]?.trim()).toBe("sound");
  expect(lines[1]?.trim().split(/ +/)).toEqual(["(start)", "ask", "booked"]);
  expect(text).toMatch(/^request: request of an ordinary URL\n {2}refused +\d+ +\d+ +·$/m);
  expect(text).toMatch(/^ {2}unheard +· +\d+ +·$/m);
  // no media, no read of the table, no fallback request in a call with one fault and no prompt files
  expect(text).not.toMatch(/^(?:media|fallback):/m);
  const ends = lines.slice(1).filter((line) => line.startsWith("  "));
  expect(new Set(ends.map((line) => line.length)).size).toBe(1);
});

test("matrices stand side by side where they fit, else one below the other", () => {
  const both = matrices(reportOf([...sound, ...broken]));
  const wide = matrixText(both, 200).split("\n");
  expect(wide[0]).toMatch(/^ +sound +books-again$/);
  expect(Math.max(...wide.map((line) => line.length))).toBeLessThanOrEqual(200);
  const narrow = matrixText(both, 60);
  expect(narrow).toMatch(/^ +sound$/m);
  expect(narrow).toMatch(/^ +books-again$/m);
  expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
});

test("a failure is marked in its cell, named by its id, told in a sentence, and says how it is placed again", () => {
  const report = reportOf(broken);
  const text = reportText(report, { widthMax: 100, replay: "rehearse" });
  expect(text).toMatch(/^ {2}answer-lost +✗?\d+ +✗\d+ +·$/m);
  const [first] = report.tally.failures;
  expect(text).toContain(`Failed:\n  ${first?.id}\n`);
  expect(text).toContain(`✗ effects-once: ${first?.findings.find(({ checker }) => checker === "effects-once")?.what}`);
  expect(text).toContain(`rehearse --case '${first?.id}'`);
  expect(text).toMatch(/^and [\d,]+ more|^ {2}and [\d,]+ more$/m);
  expect(text).toMatch(/[\d,]+ of [\d,]+ calls failed\.\n$/);
});

test("an apostrophe in a case id does not break the command that places it again", () => {
  const report = reportOf(broken);
  const failure = { id: "f/en/say:it's/default/-", findings: [], faults: [] };
  const text = reportText(
    { ...report, tally: { ...report.tally, failures: [failure] } },
    { widthMax: 100, replay: "rehearse" },
  );
  expect(text).toContain(`--case 'f/en/say:it'\\''s/default/-'`);
});

test("the facts hold every figure that is promised, and calls a second of the time at work", () => {
  const facts = factsOf(reportOf(broken, { workingSeconds: 0.5, seconds: 12.34 }));
  expect(facts).toMatchObject({ flows: ["books-again"], scripts: 1, dialects: 1, cases: broken.length, seed: 1 });
  expect(facts).toMatchObject({
    callsPerSecond: 2 * broken.length,
    seconds: 12.3,
    workers: 2,
    lost: expect.any(Number),
  });
  const promised = [
    "same",
    "answersLost",
    "effectsDuplicated",
    "overBudget",
    "invalidTwiml",
    "worstSilenceMs",
    "other",
  ];
  for (const name of [...promised, "worstSilenceSingleMs", "maxRequests"]) {
    expect(facts, name).toHaveProperty(name, expect.any(Number));
  }
  expect(facts.failures[0]).toEqual({
    id: expect.stringMatching(/^books-again\/en\/1\/default\//),
    findings: expect.arrayContaining([expect.objectContaining({ checker: "effects-once" })]),
    faults: expect.any(Array),
  });
});

test("the page needs nothing from elsewhere, and says no more than it escapes", () => {
  const page = reportPage(reportOf(broken));
  expect(page).not.toMatch(/https?:|\/\/[a-z]|<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bhref=/i);
  expect(page).toContain("prefers-color-scheme: dark");
  const [first] = broken.filter(({ findings }) => findings.length > 0);
  expect(page).toContain(`<code>${first === undefined ? "none" : idOf(first)}</code>`);
  const hostile = reportOf(broken, { flows: [{ name: "books-again", steps: ["ask"] }], faults: "<b>&\"'" });
  expect(reportPage(hostile)).toContain("&lt;b&gt;&amp;&quot;&#39;");
  expect(reportPage(hostile)).not.toContain("<b>&\"'");
});

test("every failing cell of the page lists its cases, every other one its number", () => {
  const report = reportOf(broken);
  const page = reportPage(report);
  for (const { cases, failed, ids } of report.tally.cells.values()) {
    if (failed === 0) expect(page).toContain(`<td class="good">${cases}</td>`);
    else expect(page).toContain(`✗ ${failed} of ${cases}</summary><ul><li><code>${ids[0]}</code></li>`);
  }
  const good = reportPage(reportOf(sound));
  expect(good).not.toContain('class="bad"');
  expect(good).toContain(`All ${sound.length} calls came through`);
});
