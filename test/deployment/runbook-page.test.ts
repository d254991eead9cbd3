import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { readTemplate } from "../../scripts/check-deploy/template.ts";
import { verdicts } from "../../scripts/triage/result.ts";
import { linkedFiles, npmScripts } from "./operations/page.ts";
import { anchorOf, codeIn, readRunbook, rowsOf, runbookFile } from "./runbook-page.ts";

/** What docs/runbook.md says, held against the code without running it; its commands are run by runbook.test.ts. */
let page: Awaited<ReturnType<typeof readRunbook>>;
beforeAll(async () => {
  page = await readRunbook();
});

test("the page begins with all symptoms, each with a command, a meaning, an action and its section", () => {
  const rows = rowsOf(page.head, "symptom");
  const anchors = page.sections.map(({ title }) => anchorOf(title));
  const targets = rows.map(([symptom = ""]) => /\(#([^)]+)\)/.exec(symptom)?.[1]);
  expect(targets).toEqual(anchors.filter((anchor) => anchor !== "first"));
  for (const cells of rows) expect(cells.filter((cell) => cell.trim() !== "")).toHaveLength(4);
  for (const [, command = "", , action = ""] of rows) {
    expect(codeIn(command)).toHaveLength(1);
    expect(action).not.toBe("");
  }
});

test("the page has every verdict of triage, every alarm of the template, and words that the commands do say", async () => {
  expect(rowsOf(page.text, "verdict").map(([verdict = ""]) => codeIn(verdict)[0])).toEqual([...verdicts]);
  const { resources } = await readTemplate();
  const alarms = Object.keys(resources).filter((name) => resources[name]?.Type === "AWS::CloudWatch::Alarm");
  expect(rowsOf(page.text, "alarm").map(([alarm = ""]) => codeIn(alarm)[0])).toEqual(expect.arrayContaining(alarms));
  expect(rowsOf(page.text, "alarm")).toHaveLength(alarms.length);

  const sources = await Promise.all(
    ["trace", "triage", "sorry", "outbox", "number", "outbox.ts", "triage.ts"].map((name) =>
      textsBelow(path.join(root, "scripts", name)),
    ),
  );
  const code = sources.join("\n").replace(/\$\{leg\}/g, "primary");
  const said = rowsOf(page.text, "it says").flatMap(([words = ""]) => codeIn(words));
  expect(said.length).toBeGreaterThan(30);
  const fixed = said.map((words) =>
    words.replace("fallback leg", "primary leg").replace(/^(?:failures come in|the failures are) /, ""),
  );
  // put together from parts; runbook.test.ts hears the commands say them
  const heard = ["had  table:", "the primary answered 503"];
  expect(fixed.filter((words) => !code.includes(words) && !heard.includes(words))).toEqual([]);
});

async function textsBelow(at: string): Promise<string> {
  if (at.endsWith(".ts")) return readFile(at, "utf8");
  const files = await readdir(at);
  return (await Promise.all(files.map((file) => readFile(path.join(at, file), "utf8")))).join("\n");
}

test("the page names commands, files and sections that there are", async () => {
  const { scripts } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const named = npmScripts(page.text.replaceAll("npm run -s ", "npm run "));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  const linked = linkedFiles(page.text);
  expect(linked.length).toBeGreaterThan(2);
  expect(linked.filter((file) => !existsSync(path.resolve(path.dirname(runbookFile), file)))).toEqual([]);
  for (const [, file = "", anchor = ""] of page.text.matchAll(/\]\(([a-z-]*(?:\.md)?)#([^)]+)\)/g)) {
    const target = file === "" ? page.text : await readFile(path.join(path.dirname(runbookFile), file), "utf8");
    const anchors = [...target.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => anchorOf(title));
    expect(anchors).toContain(anchor);
  }
});
