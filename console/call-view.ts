import { type Row, rowOf } from "./ladder-rows.ts";
import type { CallSummary, ConsoleEvent, Leg } from "./protocol.ts";
import type { Said } from "./said.ts";
import { answerText, breakerWords, endText } from "./words.ts";

type Of<Kind extends ConsoleEvent["kind"]> = Extract<ConsoleEvent, { kind: Kind }>;

/** A line of the captions: what was heard, what the caller did, and what happened to the call. */
export interface Caption {
  readonly id: number;
  readonly who: "line" | "caller" | "note";
  readonly text: string;
  readonly language: Said["language"];
}

/** A request of Twilio with all that is known of it. */
export interface Exchange {
  readonly asked?: Of<"request">;
  readonly reply?: Of<"reply">;
  /** the document that was executed before */
  readonly twimlBefore?: string;
}

/** Everything the page knows of one call. */
export interface CallView {
  readonly summary: CallSummary;
  readonly rows: readonly Row[];
  readonly captions: readonly Caption[];
  readonly exchanges: ReadonlyMap<number, Exchange>;
  readonly visited: ReadonlySet<string>;
  readonly lastTwiml: string | undefined;
  /** asked for the last document */
  readonly leg: Leg;
  readonly effectsAgain: readonly string[];
}

/** What is kept of one call; the oldest goes first. */
export const rowsMax = 4_000;
const captionsMax = 400;
const exchangesMax = 1_200;

export function viewOf(summary: CallSummary): CallView {
  const visited = new Set(summary.step === undefined ? [] : [summary.step]);
  const nothing = { rows: [], captions: [], exchanges: new Map(), effectsAgain: [] };
  return { summary, ...nothing, visited, lastTwiml: undefined, leg: "primary" };
}

/** The call after an event of its own, or of a breaker while it is on. */
export function afterEvent(view: CallView, event: ConsoleEvent, id: number): CallView {
  // a breaker is of no call, so its time is not that of this one
  const row = rowOf(event.kind === "breaker" ? { ...event, atMs: view.rows.at(-1)?.atMs ?? 0 } : event, id, view.leg);
  const caption = captionOf(event, id);
  const drawn: CallView = {
    ...view,
    rows: row === undefined ? view.rows : inserted(view.rows, row),
    captions: caption === undefined ? view.captions : appended(view.captions, caption, captionsMax),
  };
  switch (event.kind) {
    case "call.began":
      return { ...drawn, summary: event.call, effectsAgain: event.effectsAgain ?? [] };
    case "question":
      return { ...drawn, summary: { ...drawn.summary, question: event.question } };
    case "answered":
      return { ...drawn, summary: withoutQuestion(drawn.summary) };
    case "request":
      return exchanged({ ...drawn, leg: legOf(event, view.leg) }, event.request, { asked: event, ...before(drawn) });
    case "reply": {
      const next = exchanged(drawn, event.request, { reply: event, ...before(drawn) });
      // media and status callbacks are no documents
      const twiml = event.requestKind === "media" || event.requestKind === "status" ? undefined : event.twiml;
      const moved = event.checkpoint === undefined ? next : at(next, event.checkpoint.step, event.checkpoint.turn);
      return twiml === undefined ? moved : { ...moved, lastTwiml: twiml };
    }
    case "turn":
      return event.step === undefined ? drawn : at(drawn, event.step, event.turn);
    case "failover":
      return { ...drawn, summary: { ...drawn.summary, failovers: drawn.summary.failovers + 1 } };
    case "call.state":
      return { ...drawn, summary: { ...drawn.summary, state: event.state } };
    case "call.ended":
      return { ...drawn, summary: { ...withoutQuestion(drawn.summary), state: "ended", ended: event.how } };
    default:
      return drawn;
  }
}

function appended<Item>(list: readonly Item[], item: Item, max: number): Item[] {
  return [...(list.length < max ? list : list.slice(list.length - max + 1)), item];
}

/**
 * Rows in the order of their time: a leg's own line comes after the answer that it is about. Silence is told when it is
 * over; it stands before what ended it, be that a moment early.
 */
function inserted(rows: readonly Row[], row: Row): Row[] {
  const placeMs = row.kind === "silence" ? row.atMs + row.lengthMs / 2 : row.atMs;
  const last = rows.findLastIndex(({ atMs }) => atMs <= placeMs);
  return last === rows.length - 1 ? appended(rows, row, rowsMax) : rows.toSpliced(last + 1, 0, row).slice(-rowsMax);
}

function legOf({ leg, requestKind }: Of<"request">, before: Leg): Leg {
  return leg === "elsewhere" || requestKind === "media" || requestKind === "status" ? before : leg;
}

function withoutQuestion({ question: _, ...summary }: CallSummary): CallSummary {
  return summary;
}

function before({ lastTwiml }: CallView): Pick<Exchange, "twimlBefore"> {
  return lastTwiml === undefined ? {} : { twimlBefore: lastTwiml };
}

function exchanged(view: CallView, request: number, more: Exchange): CallView {
  const exchanges = new Map(view.exchanges);
  // what was there when it was asked stays: a reply that comes late has not seen more
  exchanges.set(request, { ...more, ...exchanges.get(request), ...(more.reply && { reply: more.reply }) });
  const [oldest] = exchanges.keys();
  if (exchanges.size > exchangesMax && oldest !== undefined) exchanges.delete(oldest);
  return { ...view, exchanges };
}

function at(view: CallView, step: string, turn: number | undefined): CallView {
  const { summary, visited } = view;
  // a status callback or a late reply of an earlier turn is not where the call is
  if (turn !== undefined && summary.turn !== undefined && turn < summary.turn) return view;
  const known = visited.has(step) ? visited : new Set([...visited, step]);
  return { ...view, visited: known, summary: { ...summary, step, ...(turn === undefined ? {} : { turn }) } };
}

function captionOf(event: ConsoleEvent, id: number): Caption | undefined {
  const note = (text: string): Caption => ({ id, who: "note", text, language: "en" });
  switch (event.kind) {
    case "heard":
      if (event.sound === "pause") return undefined;
      if (event.sound === "tones") return note(`tones: ${event.text}`);
      return { id, who: "line", text: event.text || (event.mediaFile ?? "audio"), language: event.language };
    case "answered":
      return { id, who: "caller", text: answerText(event.input), language: "en" };
    case "failover":
      return note(`The primary failed (error ${event.errorCode}). The fallback takes over.`);
    case "breaker":
      return note(`${breakerWords[event.name].label}: ${event.on ? "on" : "off"}`);
    case "call.ended":
      return note(`The call has ended: ${endText(event.how)}.`);
    default:
      return undefined;
  }
}
