import { expect, test } from "vitest";
import { joinTrace } from "../../scripts/trace/join.ts";
import type { AskedRequest, LoggedWebhook } from "../../scripts/trace/known.ts";
import { traceRows } from "../../scripts/trace/ladder-rows.ts";
import { withSilence } from "../../scripts/trace/silence.ts";

const callSid = `CA${"3".repeat(32)}`;
const at = (ms: number) => 1_700_000_000_000 + ms;

const answered: LoggedWebhook = {
  ...{ leg: "primary", event: "turn.answered", atMs: at(20), elapsedMs: 20, turn: 1, attempt: 0, step: "choose" },
  ...{ resumes: 0, rung: 0, status: 200, saved: true },
};
const failed: LoggedWebhook = { ...answered, event: "turn.failed", atMs: at(8_000), elapsedMs: 3_500, status: 503 };
const resumed: LoggedWebhook = {
  ...{ ...answered, leg: "fallback", event: "turn.resumed", atMs: at(8_100), elapsedMs: 90, turn: 2, step: "booked" },
  errorCode: "11200",
};
const asked: AskedRequest[] = [
  { leg: "primary", url: "voice", atMs: at(0), status: 200, brought: [], verbs: ["Gather"] },
  { leg: "primary", url: "action", atMs: at(3_000), brought: ["digits"], verbs: [] },
  { leg: "fallback", url: "fallback", atMs: at(8_000), status: 200, errorCode: "11200", brought: [], verbs: ["Say"] },
];

function shown(lines: readonly LoggedWebhook[], ofTwilio: readonly AskedRequest[] = []) {
  const trace = joinTrace({ callSid, sources: [], lines, asked: ofTwilio, held: undefined });
  const { rows, silence } = withSilence(traceRows(trace), trace);
  const labels = rows.map(({ label }) => label);
  return { trace, rows, silence, labels, drawn: rows.filter(({ kind }) => kind === "silence") };
}

test("the silence of a failover lasts from the beginning of the request that failed to the fallback's answer", () => {
  const { rows, silence, labels, drawn, trace } = shown([answered, failed, resumed]);
  // the first webhook began at 0, the failed one at 4,500
  expect(drawn).toMatchObject([{ atMs: 4_500, lengthMs: 3_600, label: "silence of the failover, about 3.6 s" }]);
  expect(silence).toEqual([]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(trace.moments[drawn[0]?.moment ?? -1]).toMatchObject({ leg: "fallback", logged: { event: "turn.resumed" } });
  const place = (label: RegExp) => labels.findIndex((one) => label.test(one));
  expect(labels.filter((one) => one === "webhook")).toHaveLength(2);
  expect(place(/^silence/)).toBeLessThan(place(/FAILOVER/));
  expect(place(/^silence/)).toBe(labels.lastIndexOf("webhook") + 1);
});

test("Twilio's list tells of a request that the leg could not log", () => {
  const { drawn, silence } = shown([answered, resumed], asked);
  expect(drawn).toMatchObject([{ atMs: 3_000, lengthMs: 5_100 }]);
  expect(silence).toEqual([]);
});

test("where no source tells of the request that failed, none is drawn, and that is said", () => {
  const { drawn, silence, rows, trace } = shown([answered, resumed]);
  expect(drawn).toEqual([]);
  expect(rows).toEqual(traceRows(trace));
  const [{ title, lines } = { title: "", lines: [] }] = silence;
  expect(title).toBe("Silence");
  expect(lines).toEqual([expect.stringMatching(/^of 1 of 1 failovers not known/)]);
});

test("a request that failed long before is another one, and a status callback between is none of the two", () => {
  const early = { ...failed, atMs: at(1_000), elapsedMs: 10 };
  const late = { ...resumed, atMs: at(30_000) };
  expect(shown([answered, early, late]).drawn).toEqual([]);
  const status: LoggedWebhook = { ...answered, event: "status.stored", atMs: at(8_005), elapsedMs: 3, status: 204 };
  expect(shown([answered, failed, status, resumed]).drawn).toMatchObject([{ atMs: 4_500 }]);
});

test("a call without a failover has nothing to say about silence", () => {
  expect(shown([answered]).silence).toEqual([]);
});
