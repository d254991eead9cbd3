import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build/bundle.ts";
import { commandLine } from "./command-line.ts";
import type { Mutation, Rule } from "./rules/mutation.ts";
import { staleReplacements } from "./rules/mutation.ts";
import { rules1to6 } from "./rules/rules-1-to-6.ts";
import { rules7to12 } from "./rules/rules-7-to-12.ts";
import { type Job, runTests } from "./rules/run-tests.ts";
import { tableConditions } from "./rules/table-conditions.ts";
import { faultWith, judgeWithout, type TestRun, type Verdict } from "./rules/verdict.ts";
import { shown } from "./shown.ts";

const usage = `check-rules [NUMBER|table ...]   takes each rule of the protocol out of the source, in a copy that only the tests see,
and demands that the rule's own test then fails. Numbers choose rules, "table" the conditions of DynamoDB; all without them. Exit code 1 when a rule can go unnoticed.`;

const everyRule = [...rules1to6, ...rules7to12, ...tableConditions];

const withIn = (rule: Rule) => `${rule.name}: as it is`;
const without = (rule: Rule, mutation: Mutation) => `${rule.name}: ${mutation.without}`;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = commandLine({
    args,
    options: { help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const rules = everyRule.filter(({ name }) => positionals.length === 0 || positionals.includes(numberOf(name)));
  if (rules.length === 0) {
    console.error(`There is no rule ${positionals.map(shown).join(", ")}.`);
    return 2;
  }
  const stale = rules.flatMap(({ name, mutations }) =>
    mutations.flatMap((mutation) => staleReplacements(mutation, read).map((reason) => `rule ${name}: ${reason}`)),
  );
  if (stale.length > 0) {
    for (const line of stale) console.error(line);
    console.error("A mutation that does not apply proves nothing: bring scripts/rules into line with the source.");
    return 1;
  }
  const runs = await runTests(rules.flatMap(jobsOf));
  const rows = rules.flatMap((rule) => rowsOf(rule, runs));
  for (const line of table(rows)) console.log(line);
  const wrong = rows.filter(({ fine }) => !fine).length;
  console.log(wrong === 0 ? allCaught(rows.length) : `${wrong} of ${rows.length} not caught`);
  return wrong === 0 ? 0 : 1;
}

const allCaught = (ways: number) =>
  ways === 1 ? "1 way to lose a rule, caught" : `${ways} ways to lose a rule, all caught`;

const numberOf = (name: string) => name.split(" ")[0] ?? "";

function read(file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), "utf8");
  } catch {
    return undefined;
  }
}

function jobsOf(rule: Rule): Job[] {
  const { test } = rule;
  const mutants = rule.mutations.map((mutation) => ({ name: without(rule, mutation), test, mutation }));
  return [{ name: withIn(rule), test, mutation: undefined }, ...mutants];
}

interface Row {
  readonly rule: string;
  readonly without: string;
  readonly told: string;
  readonly fine: boolean;
}

function rowsOf(rule: Rule, runs: ReadonlyMap<string, TestRun>): Row[] {
  const fault = faultWith(runs.get(withIn(rule)));
  return rule.mutations.map((mutation) => ({
    rule: rule.name,
    without: mutation.without,
    ...(fault === undefined ? toldOf(judgeWithout(runs.get(without(rule, mutation)))) : { told: fault, fine: false }),
  }));
}

function toldOf(verdict: Verdict): Pick<Row, "told" | "fine"> {
  switch (verdict.kind) {
    case "caught":
      return { told: verdict.by, fine: true };
    case "survived":
      return { told: "NOT CAUGHT", fine: false };
    case "broken":
      return { told: `NOT PROVED: ${verdict.reason}`, fine: false };
  }
}

/** Three columns; the rule's name stands in its first line only. */
function table(rows: readonly Row[]): string[] {
  const widthOf = (column: "rule" | "without") => Math.max(...rows.map((row) => row[column].length), column.length);
  const [rule, taken] = [widthOf("rule"), widthOf("without")];
  const line = (a: string, b: string, c: string) => `${a.padEnd(rule)}  ${b.padEnd(taken)}  ${c}`.trimEnd();
  const shown = rows.map((row, k) => line(row.rule === rows[k - 1]?.rule ? "" : row.rule, row.without, row.told));
  return [line("rule", "without it", "caught by"), ...shown];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error);
    return 1;
  });
}
