import { expect, test } from "vitest";
import type { LogLine } from "../../core/log.ts";
import { lineOf } from "../../lambda/outbox-env.ts";
import { joinTrace } from "../../scripts/trace/join.ts";
import { explainedRows, traceText } from "../../scripts/trace/ladder.ts";
import { readLogLines } from "../../scripts/trace/log-lines.ts";
import { toLine } from "../../scripts/triage/read-line.ts";

const callSid = `CA${"7".repeat(32)}`;
const run = { build: "b", startedMs: Date.now(), logGroup: "/aws/lambda/line/outbox" };

test("a trace shows what became of a call's letters, as the outbox's own and not as webhooks", () => {
  const answered: LogLine = {
    ...{ event: "turn.answered", leg: "primary", build: "b", atMs: Date.now() - 60_000, elapsedMs: 3, callSid },
    ...{ flow: "text-address", step: "sent", turn: 2, attempt: 0, resumes: 0, rung: 0, saved: true, status: 200 },
  };
  const key = `${callSid}:1:text`;
  const letters = [
    lineOf("outbox.retried", { key, tries: 1, reason: "ECONNREFUSED" }, run),
    lineOf("outbox.in-doubt", { key, tries: 2, reason: "status 500, error 20500" }, run),
  ];
  const { lines } = readLogLines([[answered, ...letters].map((line) => JSON.stringify(line)).join("\n")], callSid);
  const trace = joinTrace({ callSid, sources: [], lines, asked: [], held: undefined });
  expect(trace.moments.map(({ kind }) => kind)).toEqual(["webhook", "letter", "letter"]);
  expect(
    explainedRows(trace)
      .slice(1)
      .map((row) => row.trim().replace(/^\d+ +/, "")),
  ).toEqual([
    "outbox    letter of turn 1 retried, try 1; reason: ECONNREFUSED",
    "outbox    letter of turn 1 in-doubt, try 2; reason: status 500, error …",
  ]);
  expect(traceText(trace)).toMatch(/─ outbox: retried ─+.*▶│\n.*─ outbox: in-doubt ─+.*✗│/);
});

test("triage takes no letter for a webhook", () => {
  const line = lineOf("outbox.given-up", { key: `${callSid}:1:text`, tries: 1, reason: "too late" }, run);
  expect(toLine({ ...line }, callSid)).toBeUndefined();
  expect(toLine({ ...line, event: "turn.failed" }, callSid)).toMatchObject({ event: "turn.failed" });
});
