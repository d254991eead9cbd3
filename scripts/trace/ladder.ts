import { explain, letterWords, summaryOf, toneOf } from "./explain.ts";
import { arrowRow, banner, headerRow, type Stroke } from "./grid.ts";
import { isWithin, type Moment, type Trace, type Visit } from "./join.ts";
import type { HeldDocument, LoggedWebhook } from "./known.ts";

interface Row {
  readonly atMs: number;
  readonly text: string;
}

type EffectMoment = Extract<Moment, { kind: "effect" }>;

/** The call as a picture for the terminal, 120 columns wide; what overlaps in time is drawn in the order of its parts. */
export function drawTrace({ startedAtMs = 0, moments }: Trace): string[] {
  const left = new Set(moments);
  const rows = moments.flatMap((moment) => {
    if (!left.delete(moment)) return [];
    if (moment.kind !== "webhook") return rowsOf(moment, startedAtMs);
    const isOf = (one: Moment): one is EffectMoment =>
      one.kind === "effect" && one.leg === moment.leg && isWithin(moment, one.atMs);
    const effects = [...left].filter(isOf);
    for (const effect of effects) left.delete(effect);
    const between = effects.flatMap((effect) => rowsOf(effect, startedAtMs));
    return visitRows(moment, moment.atMs - startedAtMs, between);
  });
  return [headerRow(), ...rows.toSorted((a, b) => a.atMs - b.atMs).map(({ text }) => text)];
}

/** All that the command prints: the ladder, the same in words, and what is known. */
export function traceText(trace: Trace): string {
  const { callSid, startedAtMs, moments } = trace;
  const began = startedAtMs === undefined ? "" : `, from ${new Date(startedAtMs).toISOString()}`;
  const summary = summaryOf(trace).flatMap(({ title, lines }) => ["", title, ...lines.map((line) => `  ${line}`)]);
  return [
    `${callSid}${began}`,
    ...(moments.length === 0 ? [] : ["", ...drawTrace(trace), "", ...explainedRows(trace)]),
    ...summary,
  ].join("\n");
}

/** The moments in words, one line each. */
export function explainedRows(trace: Trace): string[] {
  return explain(trace).map(({ sinceMs, who, what }) => `${String(sinceMs).padStart(7)}  ${who.padEnd(8)}  ${what}`);
}

function rowsOf(moment: Exclude<Moment, Visit>, startedAtMs: number): Row[] {
  const atMs = moment.atMs - startedAtMs;
  switch (moment.kind) {
    case "document":
      return [documentRow(moment.document, atMs)];
    case "effect": {
      const { effect, state } = moment.effect;
      const head = state === "in-doubt" ? "✗" : "arrow";
      return [row(atMs, { from: moment.leg ?? "table", to: "effects", label: `${effect}: ${state}`, line: "─", head })];
    }
    case "letter": {
      const { what, tone } = letterWords(moment.logged);
      const head = tone === "bad" ? "✗" : "arrow";
      return [row(atMs, { from: "primary", to: "effects", label: `outbox: ${what}`, line: "─", head })];
    }
    case "ended":
      return [{ atMs, text: banner(atMs, "call ended") }];
  }
}

function visitRows(visit: Visit, atMs: number, between: readonly Row[]): Row[] {
  const { leg, logged, asked, document } = visit;
  const code = logged?.errorCode ?? asked?.errorCode;
  const failover = code === undefined || leg === "primary" ? [] : [banner(atMs, `FAILOVER: ErrorCode ${code}`)];
  const brought = asked?.brought.length ? `: ${asked.brought.join(", ")}` : "";
  const label = `${asked === undefined ? wordOf(logged) : `${asked.url} URL`}${brought}`;
  const head = toneOf(visit) === "bad" && !logged?.event.endsWith("last-resort") ? "✗" : "arrow";
  const answeredMs = atMs + (logged?.elapsedMs ?? asked?.elapsedMs ?? 0);
  return [
    ...failover.map((text) => ({ atMs, text })),
    row(atMs, { from: "twilio", to: leg, label, line: "─", head: "arrow" }),
    ...between,
    ...(document === undefined ? [] : [documentRow(document, document.atMs - visit.atMs + atMs)]),
    row(answeredMs, { from: leg, to: "twilio", label: replyText(visit), line: "┄", head }),
  ];
}

function documentRow({ leg, turn, attempt, step }: HeldDocument, atMs: number): Row {
  return row(atMs, { from: leg, to: "table", label: `${turn}.${attempt} ${step}`, line: "─", head: "arrow" });
}

function row(atMs: number, stroke: Stroke): Row {
  return { atMs, text: arrowRow(atMs, stroke) };
}

function replyText({ logged, asked, silent }: Visit): string {
  if (logged === undefined) return `${asked?.status ?? "no answer"}${silent ? " (no log line)" : ""}`;
  const lost = asked !== undefined && asked.status === undefined ? "lost:" : undefined;
  const status = logged.status ?? asked?.status;
  const { event, turn, attempt = 0, step, elapsedMs } = logged;
  const at = turn === undefined ? "" : `${turn}.${attempt} ${step ?? ""}`.trim();
  return [lost, status, event.slice(event.indexOf(".") + 1), at, `${elapsedMs} ms`].filter((part) => part).join(" ");
}

/** What a log line tells of the URL that was asked. */
function wordOf({ leg, event, errorCode }: Partial<LoggedWebhook> = {}): string {
  if (event?.startsWith("status.")) return "status callback";
  if (event === "turn.aside") return "aside";
  return leg === "fallback" && errorCode !== undefined ? "fallback URL" : "webhook";
}
