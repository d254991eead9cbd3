import { expect, test } from "vitest";
import { afterEvent, viewOf } from "../../console/call-view.ts";
import { joinTrace, type Trace } from "../../scripts/trace/join.ts";
import type { AskedRequest, HeldDocument, LoggedWebhook } from "../../scripts/trace/known.ts";
import { drawTrace } from "../../scripts/trace/ladder.ts";
import { momentDetails } from "../../scripts/trace/ladder-details.ts";
import { ladderHtml } from "../../scripts/trace/ladder-html.ts";
import { traceRows } from "../../scripts/trace/ladder-rows.ts";
import { tracePage } from "../../scripts/trace/page.ts";
import { demoCall } from "../console/demo-events.ts";

const callSid = `CA${"3".repeat(32)}`;
const beganAtMs = 1_700_000_000_000;

/** Answered by the primary, which is gone at the second turn; the fallback goes on and books. */
function failedOver(): Trace {
  const at = (ms: number) => beganAtMs + ms;
  const resumed = {
    leg: "fallback",
    event: "turn.resumed",
    atMs: at(5_100),
    elapsedMs: 90,
    turn: 2,
    step: "booked",
  } as const;
  const lines: LoggedWebhook[] = [
    logged({ leg: "primary", event: "turn.answered", atMs: at(20), elapsedMs: 20, turn: 1, step: "choose" }),
    { ...logged(resumed), errorCode: "11200" },
    { leg: "fallback", event: "status.stored", atMs: at(9_000), elapsedMs: 5, status: 204 },
  ];
  const asked: AskedRequest[] = [
    { leg: "primary", url: "voice", atMs: at(0), status: 200, brought: [], verbs: ["Gather"] },
    { leg: "primary", url: "action", atMs: at(4_500), brought: ["digits"], verbs: [] },
    { leg: "fallback", url: "fallback", atMs: at(5_000), status: 200, errorCode: "11200", brought: [], verbs: ["Say"] },
  ];
  const documents: HeldDocument[] = [
    { turn: 1, attempt: 0, step: "choose", leg: "primary", atMs: at(15), verbs: ["gather"] },
    { turn: 2, attempt: 0, step: "booked", leg: "fallback", atMs: at(5_090), verbs: ["say"] },
  ];
  const effects = [{ turn: 2, effect: "book", state: "done", atMs: at(5_050) } as const];
  const sources = [{ name: "primary log", had: true, what: "" } as const];
  const held = { documents, effects, pins: [], outcomes: [], endedAtMs: at(9_500) };
  return joinTrace({ callSid, sources, lines, asked, held });
}

function logged(line: Pick<LoggedWebhook, "leg" | "event" | "atMs" | "elapsedMs" | "turn" | "step">): LoggedWebhook {
  return { ...line, attempt: 0, resumes: 0, rung: 0, status: 200, saved: true };
}

const wordsIn = (html: string) =>
  [...html.matchAll(/<span class="words[^"]*"[^>]*>([^<]*)<\/span>/g)].map((hit) => hit[1]);

test("the moments of a trace are rows of the console's ladder", () => {
  const rows = traceRows(failedOver());
  expect(rows.map((row) => (row.kind === "arrow" ? `${row.from}>${row.to} ${row.label}` : row.label))).toEqual([
    "twilio>primary voice URL",
    "primary>table 1.0 choose",
    "primary>twilio 200 answered 1.0 choose 20 ms",
    "twilio>primary action URL: digits",
    "primary>twilio no answer (no log line)",
    "FAILOVER: ErrorCode 11200",
    "twilio>fallback fallback URL",
    "fallback>effects book: done",
    "fallback>table 2.0 booked",
    "fallback>twilio 200 resumed 2.0 booked 90 ms",
    "twilio>fallback status callback",
    "fallback>twilio 204 stored 5 ms",
    "call ended",
  ]);
  expect(rows.map(({ id }) => id)).toEqual(rows.map((_, at) => at));
  expect(rows[4]).toMatchObject({ tone: "bad", lost: true, dashed: true, atMs: 4_500 });
  expect(rows[5]).toMatchObject({ kind: "banner", tone: "failover" });
  expect(rows[9]).toMatchObject({ tone: "plain", lost: false, atMs: 5_100 });
  expect(rows[10]).toMatchObject({ tone: "quiet" });
});

test("an answer that came when Twilio had gone is drawn as lost", () => {
  const line = logged({ leg: "primary", event: "turn.answered", atMs: 20_000, elapsedMs: 16_000, turn: 1, step: "a" });
  const lines = [{ ...line, status: 499, closed: true }];
  const rows = traceRows(joinTrace({ callSid, sources: [], lines, asked: [], held: undefined }));
  expect(rows[1]).toMatchObject({ from: "primary", to: "twilio", lost: true, tone: "bad" });
});

test("the terminal and the page show the same rows in the same order, and the page draws the silence between them", () => {
  const trace = failedOver();
  const labels = traceRows(trace).map(({ label }) => label);
  const [, ...lines] = drawTrace(trace);
  expect(lines).toHaveLength(labels.length);
  for (const [at, label] of labels.entries()) expect(lines[at]).toContain(` ${label} `);
  const onPage = wordsIn(tracePage(trace));
  const silence = /^silence of the failover, about [\d.]+/;
  expect(onPage.filter((words) => !silence.test(words ?? ""))).toEqual(labels);
  expect(onPage.findIndex((words) => silence.test(words ?? ""))).toBe(
    labels.findIndex((one) => one.startsWith("FAILOVER")),
  );
});

test("the page has the console's ladder in itself, with no script and nothing from elsewhere", () => {
  const page = tracePage(failedOver());
  expect(page).not.toMatch(/<script|<link|<img|https?:\/\/|@import|url\(/);
  expect(page).toMatch(/--ground: #\w+;/);
  expect(page).toContain(".arrow-track .line {");
  expect(page).toContain(
    '<div class="row arrow plain"><span class="time">5.01<span class="unseen"> seconds, Twilio to Fallback: </span></span>' +
      '<span class="track"><span class="arrow-track" style="--left:1;--right:3">' +
      '<span class="words from-left">fallback URL</span><span class="line right"></span></span></span></div>',
  );
  expect(page).toContain('<span class="line left dashed lost"></span>');
});

test("a live call is drawn by the same code, with its silence to scale and its languages", () => {
  const [began, ...events] = demoCall();
  if (began?.kind !== "call.began") throw new Error("no call");
  const { rows } = events.reduce((view, event, at) => afterEvent(view, event, at + 1), viewOf(began.call));
  const html = ladderHtml(rows);
  expect(wordsIn(html)).toHaveLength(rows.length);
  expect(html).toMatch(/<span class="words from-left" lang="ja">&quot;[^<]+&quot;<\/span>/);
  expect(html).toMatch(/height:70px"><div class="row silence quiet">/);
});

test("words of a row are text in the page, whatever they are", () => {
  const label = `<script>"'&`;
  const html = ladderHtml([{ id: 0, atMs: 0, kind: "banner", tone: "bad", label }]);
  expect(html).toContain("&lt;script&gt;&quot;&#39;&amp;");
  expect(html).not.toContain("<script");
});

test("of each moment the details tell who knows what", () => {
  const trace = failedOver();
  const details = momentDetails(trace);
  const resumed = details[traceRows(trace)[6]?.moment ?? -1];
  expect(resumed?.who).toBe("fallback");
  expect(resumed?.what).toContain("turn.resumed turn 2.0 at booked");
  expect(resumed?.sections.map(({ title }) => title)).toEqual([
    "As Twilio lists it",
    "As the fallback logged it",
    "As the table holds it",
  ]);
  expect(resumed?.sections[0]?.facts).toContainEqual(["at", "2023-11-14T22:13:25.000Z"]);
  expect(resumed?.sections[0]?.facts).toContainEqual(["verbs", "Say"]);
  expect(resumed?.sections[1]?.facts).toContainEqual(["errorCode", "11200"]);
  // nothing was brought: there is nothing to say
  expect(resumed?.sections[0]?.facts.map(([name]) => name)).not.toContain("brought");
});
