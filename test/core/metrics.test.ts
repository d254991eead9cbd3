import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { LogLine } from "../../core/log.ts";
import { namespaceIn, withMetrics } from "../../core/metrics.ts";
import { root } from "../../scripts/build/bundle.ts";

const line: LogLine = {
  ...{ event: "turn.resumed", leg: "fallback", build: "b", atMs: 1_700_000_000_000, elapsedMs: 80 },
  ...{ callSid: "CA1", step: "book", turn: 2, attempt: 1, errorCode: "11200", silenceMs: 80, tableMs: 12 },
};

/** What CloudWatch takes out of a line, by the format's own rules: values at the root, numbers; dimensions at the root, texts. */
function extracted(written: LogLine): string[] {
  const parsed = JSON.parse(JSON.stringify(written));
  return parsed._aws.CloudWatchMetrics.flatMap(
    (directive: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }) =>
      directive.Dimensions.flatMap((dimensions) =>
        directive.Metrics.map(({ Name, Unit }) => {
          const by = dimensions.map((name) => {
            expect(typeof parsed[name]).toBe("string");
            return `${name}=${parsed[name]}`;
          });
          expect(typeof parsed[Name]).toBe("number");
          return `${directive.Namespace} ${Name} ${by.join(" ")} = ${parsed[Name]} ${Unit}`;
        }),
      ),
  );
}

test("a failover counts as an outcome and by Twilio's error code, with its times and its attempt", () => {
  expect(extracted(withMetrics(line, "Stayline/line"))).toEqual([
    "Stayline/line webhooks leg=fallback event=turn.resumed = 1 Count",
    "Stayline/line elapsedMs leg=fallback = 80 Milliseconds",
    "Stayline/line tableMs leg=fallback = 12 Milliseconds",
    "Stayline/line silenceMs leg=fallback = 80 Milliseconds",
    "Stayline/line attempt leg=fallback = 1 Count",
    "Stayline/line failovers leg=fallback errorCode=11200 = 1 Count",
  ]);
  expect(withMetrics(line, "Stayline/line")._aws?.Timestamp).toBe(line.atMs);
});

test("what was not measured is no metric, and a call without a failover is none", () => {
  const { errorCode: _, silenceMs: _s, tableMs: _t, attempt: _a, ...rest } = line;
  expect(extracted(withMetrics(rest, "n"))).toEqual([
    "n webhooks leg=fallback event=turn.resumed = 1 Count",
    "n elapsedMs leg=fallback = 80 Milliseconds",
  ]);
});

test("a metric is told apart by nothing of the call: each call would be a metric of its own, with its price", () => {
  const dimensions = withMetrics(line, "n")._aws?.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions.flat());
  expect([...new Set(dimensions)]).toEqual(["leg", "event", "errorCode"]);
});

test("where nobody reads metrics out of lines, a line has none", () => {
  expect(withMetrics(line, namespaceIn(undefined))).toBe(line);
  expect(namespaceIn("/aws/lambda/stayline")).toBeUndefined();
});

test("the namespace is that of the template's metric filters, by the names of the template's log groups", () => {
  const template = readFileSync(path.join(root, "template.yaml"), "utf8");
  const groups = [...template.matchAll(/LogGroupName: !Sub (\/aws\/lambda\/\S+)/g)].map(([, name = ""]) => name);
  expect(groups).toHaveLength(4);
  for (const group of groups) {
    expect(namespaceIn(group.replace(`$${"{AWS::StackName}"}`, "line-2"))).toBe("Stayline/line-2");
  }
  expect(template).toContain(`MetricNamespace: !Sub "Stayline/$${"{AWS::StackName}"}"`);
});
