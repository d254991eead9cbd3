import { describe, expect, test } from "vitest";
import type { LogLine, Told } from "../../core/log.ts";
import { type Measured, toLine } from "../../core/report.ts";
import { asList, asObject, type Json, readTemplate, walk } from "../../scripts/check-deploy/template.ts";

const { resources } = await readTemplate();

/** Metric filters on the log of the primary's turns: the metric's name, and which lines it counts. */
const filters = Object.values(resources)
  .filter(
    ({ Type, Properties }) =>
      Type === "AWS::Logs::MetricFilter" && asObject(Properties.LogGroupName).Ref === "VoiceWebhookLog",
  )
  .map(({ Properties }) => ({
    metric: String(asObject(asList(Properties.MetricTransformations)[0]).MetricName),
    counts: matcherOf(String(Properties.FilterPattern)),
  }));

/** A filter pattern of CloudWatch for JSON lines, as far as the template uses it. [D CloudWatch Logs filter syntax] */
function matcherOf(pattern: string): (line: LogLine) => boolean {
  const inside = /^\{ (.*) \}$/.exec(pattern)?.[1];
  if (inside === undefined) return (line) => JSON.stringify(line).includes(JSON.parse(pattern));
  const terms = inside.split(" && ").map((term) => {
    const [, field = "", operator, value = ""] = /^\$\.(\w+) (=|!=|>) (\S+)$/.exec(term) ?? [];
    if (field === "") throw new Error(`a filter that this test cannot read: ${term}`);
    const wanted: unknown = JSON.parse(value);
    return (line: Readonly<Record<string, unknown>>) => {
      const found = line[field];
      if (operator === ">") return Number(found) > Number(wanted);
      const equal = wanted === "*" ? found !== undefined : found === wanted;
      return operator === "=" ? equal : found !== undefined && !equal;
    };
  });
  return (line) => terms.every((holds) => holds({ ...line }));
}

/** The metrics of the log that an alarm looks at. */
function metricsOf(alarm: string): string[] {
  const names: Json[] = [];
  for (const { value, place } of walk(resources[alarm]?.Properties ?? {}, alarm)) {
    if (place.endsWith("MetricName")) names.push(value);
  }
  return names.map(String);
}

const counted = (alarm: string, line: LogLine) =>
  filters.filter(({ metric, counts }) => metricsOf(alarm).includes(metric) && counts(line)).map(({ metric }) => metric);

const inTime: Measured = { startedMs: 0, beganAtMs: 0, patienceMs: 4_500, connection: undefined, tableMs: 3 };
const told = {
  failed: { event: "turn.failed", status: 503, reason: "deadline", resumes: 0 },
  afterFailover: { event: "turn.answered", status: 200, resumes: 1 },
  lastResort: { event: "turn.last-resort", status: 200, resumes: 4 },
} as const satisfies Record<string, Told>;
const lineOf = (one: Told, atMs: number) => toLine({ leg: "primary", build: "b" }, one, inTime, atMs);

describe.each(["FailoverAlarm", "LastResortAlarm"])("%s", (alarm) => {
  test.each(Object.entries(told))("is not raised by a 499, whatever happened inside: %s", (_, one) => {
    const line = lineOf(one, 4_500);
    expect(line.status).toBe(499);
    expect(counted(alarm, line)).toEqual([]);
  });
});

test("a 5xx raises the alarm, and so does a call that came back from the fallback or had its last resort", () => {
  expect(counted("FailoverAlarm", lineOf(told.failed, 100))).toEqual(["FailedTurns"]);
  expect(counted("FailoverAlarm", lineOf(told.afterFailover, 100))).toEqual(["TurnsAfterFailover"]);
  expect(counted("LastResortAlarm", lineOf(told.lastResort, 100))).toEqual(["LastResorts"]);
});

test("a table that hung is counted also where Twilio did not wait for the end of it", () => {
  const line = lineOf({ ...told.failed, table: "timeout" }, 4_500);
  expect(counted("TableAlarm", line)).toEqual(["TableErrors"]);
});
