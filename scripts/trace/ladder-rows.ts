import type { ArrowRow, LadderRow, Lane, Tone } from "../../console/ladder-row.ts";
import type { TraceRow } from "../../console/protocol.ts";
import { letterWords, toneOf } from "./explain.ts";
import { isWithin, type Moment, type Trace, type Visit } from "./join.ts";
import type { HeldDocument, LoggedWebhook } from "./known.ts";

/** The caller has none: no source tells of a caller but through Twilio. */
type TraceLane = Exclude<Lane, "caller">;

/** One line of the ladder of a trace, drawn as the console draws its calls. */
export type DrawnRow = TraceRow &
  (Extract<LadderRow, { kind: "banner" }> | (ArrowRow & { readonly from: TraceLane; readonly to: TraceLane }));

type EffectMoment = Extract<Moment, { kind: "effect" }>;
type Unnumbered = DrawnRow extends infer Row ? (Row extends DrawnRow ? Omit<Row, "id"> : never) : never;
type ArrowOfTrace = Extract<DrawnRow, { kind: "arrow" }>;
type Stroke = Pick<ArrowOfTrace, "from" | "to" | "label"> & Partial<Pick<ArrowRow, "tone" | "dashed" | "lost">>;

/** The call as rows, in the order of time; what overlaps in time stands in the order of its parts. */
export function traceRows({ startedAtMs = 0, moments }: Trace): DrawnRow[] {
  const numbers = new Map(moments.map((moment, number) => [moment, number]));
  const numberOf = (moment: Moment) => numbers.get(moment) ?? -1;
  const left = new Set(moments);
  const rows = moments.flatMap((moment): Unnumbered[] => {
    if (!left.delete(moment)) return [];
    if (moment.kind !== "webhook") return rowsOf(moment, startedAtMs, numberOf(moment));
    const isOf = (one: Moment): one is EffectMoment =>
      one.kind === "effect" && one.leg === moment.leg && isWithin(moment, one.atMs);
    const effects = [...left].filter(isOf);
    for (const effect of effects) left.delete(effect);
    const between = effects.flatMap((effect) => rowsOf(effect, startedAtMs, numberOf(effect)));
    return visitRows(moment, moment.atMs - startedAtMs, numberOf(moment), between);
  });
  return rows.toSorted((a, b) => a.atMs - b.atMs).map((row, id) => ({ ...row, id }));
}

function rowsOf(moment: Exclude<Moment, Visit>, startedAtMs: number, number: number): Unnumbered[] {
  const atMs = moment.atMs - startedAtMs;
  switch (moment.kind) {
    case "document":
      return [documentRow(moment.document, atMs, number)];
    case "effect": {
      const { effect, state } = moment.effect;
      const tone = state === "in-doubt" ? "bad" : "plain";
      return [arrow(atMs, number, { from: moment.leg ?? "table", to: "effects", label: `${effect}: ${state}`, tone })];
    }
    case "letter": {
      const { what, tone } = letterWords(moment.logged);
      const drawn = { from: "primary", to: "effects", label: `outbox: ${what}` } as const;
      return [arrow(atMs, number, { ...drawn, tone: tone === "bad" ? "bad" : "plain" })];
    }
    case "ended":
      return [banner(atMs, number, "call ended", "quiet")];
  }
}

function visitRows(visit: Visit, atMs: number, number: number, between: readonly Unnumbered[]): Unnumbered[] {
  const { leg, logged, asked, document } = visit;
  const code = logged?.errorCode ?? asked?.errorCode;
  const brought = asked?.brought.length ? `: ${asked.brought.join(", ")}` : "";
  const label = `${asked === undefined ? wordOf(logged) : `${asked.url} URL`}${brought}`;
  const usual: Tone = asked?.url === "status" || logged?.event.startsWith("status.") ? "quiet" : "plain";
  const isBad = toneOf(visit) === "bad" && !logged?.event.endsWith("last-resort");
  const answeredMs = atMs + (logged?.elapsedMs ?? asked?.elapsedMs ?? 0);
  const reply = { from: leg, to: "twilio", label: replyText(visit), tone: isBad ? "bad" : usual } as const;
  return [
    ...(code === undefined || leg === "primary"
      ? []
      : [banner(atMs, number, `FAILOVER: ErrorCode ${code}`, "failover")]),
    arrow(atMs, number, { from: "twilio", to: leg, label, tone: usual }),
    ...between,
    ...(document === undefined ? [] : [documentRow(document, document.atMs - visit.atMs + atMs, number)]),
    arrow(answeredMs, number, { ...reply, dashed: true, lost: isLost(visit) }),
  ];
}

/** Twilio got no answer, whatever the leg did. */
function isLost({ asked, logged }: Visit): boolean {
  return logged?.closed === true || (asked !== undefined && asked.status === undefined);
}

function documentRow({ leg, turn, attempt, step }: HeldDocument, atMs: number, number: number): Unnumbered {
  return arrow(atMs, number, { from: leg, to: "table", label: `${turn}.${attempt} ${step}`, tone: "quiet" });
}

function arrow(atMs: number, moment: number, stroke: Stroke): Unnumbered {
  return { kind: "arrow", atMs, moment, tone: "plain", dashed: false, lost: false, ...stroke };
}

function banner(atMs: number, moment: number, label: string, tone: Tone): Unnumbered {
  return { kind: "banner", atMs, moment, label, tone };
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
