import type { Leg } from "../../core/checkpoint.ts";
import type { AskedRequest, HeldCall, HeldDocument, HeldEffect, LoggedWebhook, Source } from "./known.ts";
import { given } from "./mask.ts";

/** One webhook, as far as it is known: from Twilio's side, from the leg's, and what it left in the table. */
export interface Visit {
  readonly kind: "webhook";
  /** when it began */
  readonly atMs: number;
  readonly leg: Leg;
  readonly logged?: LoggedWebhook;
  readonly asked?: AskedRequest;
  readonly document?: HeldDocument;
  /** the leg's log is at hand, and has no line of it */
  readonly silent?: true;
}

export type Moment =
  | Visit
  /** in the table, and no webhook is known that put it there */
  | { readonly kind: "document"; readonly atMs: number; readonly document: HeldDocument }
  | { readonly kind: "effect"; readonly atMs: number; readonly leg?: Leg; readonly effect: HeldEffect }
  /** the outbox's deliverer had a letter of the call in its hands, also long after its end */
  | { readonly kind: "letter"; readonly atMs: number; readonly logged: LoggedWebhook }
  | { readonly kind: "ended"; readonly atMs: number };

export interface Failover {
  readonly atMs: number;
  readonly errorCode: string;
  /** what ErrorUrl named, where Twilio's events tell */
  readonly failed?: string;
  /** what the fallback did about it */
  readonly outcome: string;
  /** what is known of the request that failed */
  readonly why: string;
}

export interface Trace {
  readonly callSid: string;
  readonly sources: readonly Source[];
  readonly startedAtMs?: number;
  readonly moments: readonly Moment[];
  readonly failovers: readonly Failover[];
  readonly effects: readonly HeldEffect[];
  readonly table?: Omit<HeldCall, "documents" | "effects">;
  readonly end: { readonly known: boolean; readonly atMs?: number; readonly how: string };
}

export interface Known {
  readonly callSid: string;
  readonly sources: readonly Source[];
  readonly lines: readonly LoggedWebhook[];
  readonly asked: readonly AskedRequest[];
  readonly held: HeldCall | undefined;
}

/** Between the clock of a leg and the whole seconds that Twilio notes. */
const skewMs = 3_000;
/** The longest that a failed request can lie before the fallback is asked. */
const failedWithinMs = 16_000;

/** Puts together what the sources tell of one call, in the order in which it happened. */
export function joinTrace({ callSid, sources, lines: all, asked, held }: Known): Trace {
  const lines = all.filter((line) => !isOfLetter(line));
  const visits = withDocuments(visitsOf(lines, asked, legsLogged(sources)), held?.documents ?? []);
  const taken = new Set(visits.map(({ document }) => document));
  const documents = (held?.documents ?? []).filter((document) => !taken.has(document));
  const effects = held?.effects ?? [];
  const ended = held?.endedAtMs;
  // of what has the same time, an effect comes before the document that it led to
  const moments: Moment[] = [
    ...visits,
    ...effects.map((effect) =>
      given<Moment>({ kind: "effect", atMs: effect.atMs, effect, leg: legAt(visits, effect) }),
    ),
    ...documents.map((document) => ({ kind: "document", atMs: document.atMs, document }) as const),
    ...all.filter(isOfLetter).map((logged) => ({ kind: "letter", atMs: logged.atMs, logged }) as const),
    ...(ended === undefined ? [] : [{ kind: "ended", atMs: ended } as const]),
  ].toSorted((a, b) => a.atMs - b.atMs);

  return given<Trace>({
    callSid,
    sources,
    startedAtMs: moments[0]?.atMs,
    moments,
    failovers: failoversOf(visits, sources),
    effects,
    table: held && positionOf(held),
    end: endOf(visits, ended),
  });
}

function isOfLetter({ event }: LoggedWebhook): boolean {
  return event.startsWith("outbox.");
}

function positionOf({ documents: _, effects: __, ...position }: HeldCall): NonNullable<Trace["table"]> {
  return position;
}

function legsLogged(sources: readonly Source[]): ReadonlySet<Leg> {
  const has = (leg: Leg) => sources.some(({ name, had }) => had && name === `${leg} log`);
  return new Set((["primary", "fallback"] as const).filter(has));
}

/** Twilio's side of each webhook with the leg's; a request that no line is about stays where Twilio has it in its order. */
function visitsOf(lines: readonly LoggedWebhook[], asked: readonly AskedRequest[], logs: ReadonlySet<Leg>): Visit[] {
  const ours = asked.filter(({ leg, url }) => leg !== undefined && url !== "media");
  const lineOf = linesOf(ours, lines);
  const visits: Visit[] = [];
  let lastMs = 0;
  for (const request of ours) {
    if (request.leg === undefined) continue;
    const logged = lineOf.get(request);
    const atMs = logged ? startOf(logged) : Math.max(lastMs, request.atMs);
    lastMs = logged?.atMs ?? atMs;
    const silent = logged === undefined && logs.has(request.leg) ? true : undefined;
    visits.push(given<Visit>({ kind: "webhook", atMs, leg: request.leg, logged, asked: request, silent }));
  }
  const told = new Set(lineOf.values());
  for (const line of lines) {
    if (!told.has(line)) visits.push({ kind: "webhook", atMs: startOf(line), leg: line.leg, logged: line });
  }
  return visits.toSorted((a, b) => a.atMs - b.atMs);
}

/**
 * Which line is about which request: of the same leg and kind and near in time, in order, each line once. Requests that Twilio got
 * an answer for choose first: of the others a line may be left, if their answer was lost.
 */
function linesOf(asked: readonly AskedRequest[], lines: readonly LoggedWebhook[]): Map<AskedRequest, LoggedWebhook> {
  const left = new Set(lines);
  const found = new Map<AskedRequest, LoggedWebhook>();
  const answered = asked.filter(({ status }) => status !== undefined);
  const unanswered = asked.filter(({ status }) => status === undefined);
  for (const request of [...answered, ...unanswered]) {
    const fitting = [...left].filter((line) => isAbout(line, request));
    const line = fitting.find(({ status }) => status === request.status) ?? fitting[0];
    if (line === undefined) continue;
    left.delete(line);
    found.set(request, line);
  }
  return found;
}

function isAbout(line: LoggedWebhook, { leg, url, status, atMs, elapsedMs = 0 }: AskedRequest): boolean {
  const sameStatus = line.status === undefined || status === undefined || line.status === status;
  const near = Math.abs(line.atMs - atMs) <= elapsedMs + skewMs;
  return line.leg === leg && kindOf(line) === kindOfUrl(url) && sameStatus && near;
}

function kindOf({ event }: LoggedWebhook): "status" | "aside" | "turn" {
  return event.startsWith("status.") ? "status" : event === "turn.aside" ? "aside" : "turn";
}

function kindOfUrl(url: string): "status" | "aside" | "turn" {
  return url === "status" || url === "aside" ? url : "turn";
}

const startOf = ({ atMs, elapsedMs }: LoggedWebhook) => atMs - elapsedMs;

function withDocuments(visits: readonly Visit[], documents: readonly HeldDocument[]): Visit[] {
  const left = new Set(documents);
  return visits.map((visit) => {
    const document = [...left].find((one) => one.leg === visit.leg && isWithin(visit, one.atMs) && fits(visit, one));
    if (document === undefined) return visit;
    left.delete(document);
    return { ...visit, document };
  });
}

function fits({ logged }: Visit, { turn, attempt }: HeldDocument): boolean {
  return logged !== undefined && logged.turn === turn && logged.attempt === attempt;
}

/** Was the leg at work on this webhook then, by its own clock? */
export function isWithin({ atMs, logged }: Visit, momentMs: number): boolean {
  return logged !== undefined && momentMs >= atMs && momentMs <= logged.atMs;
}

/** The one leg that was at work then, if it was one. */
function legAt(visits: readonly Visit[], { atMs }: HeldEffect): Leg | undefined {
  const legs = new Set(visits.filter((visit) => isWithin(visit, atMs)).map(({ leg }) => leg));
  return legs.size === 1 ? [...legs][0] : undefined;
}

function failoversOf(visits: readonly Visit[], sources: readonly Source[]): Failover[] {
  const logged = legsLogged(sources).has("primary");
  return visits.flatMap((visit, position) => {
    const { leg, atMs, logged: line, asked } = visit;
    const errorCode = line?.errorCode ?? asked?.errorCode;
    if (leg !== "fallback" || errorCode === undefined) return [];
    const outcome = line?.event.replace("turn.", "") ?? "not logged";
    const before = visits.slice(0, position).findLast((one) => kindOfVisit(one) === "turn");
    return [given<Failover>({ atMs, errorCode, failed: asked?.failed, outcome, why: whyOf(visit, before, logged) })];
  });
}

function kindOfVisit({ logged, asked }: Visit) {
  return logged === undefined ? kindOfUrl(asked?.url ?? "") : kindOf(logged);
}

/** What is known of the request that failed before the fallback was asked. */
function whyOf({ atMs, logged: line }: Visit, before: Visit | undefined, primaryLogged: boolean): string {
  const near = before !== undefined && atMs - before.atMs <= failedWithinMs ? before : undefined;
  const status = near?.logged?.status ?? near?.asked?.status;
  if (near !== undefined && (near.logged?.event === "turn.failed" || (status !== undefined && status >= 400))) {
    const reason = near.logged?.reason === undefined ? "" : ` (${near.logged.reason})`;
    return `the ${near.leg} answered ${status ?? "an error"}${reason}${near.silent ? ", its code has no log line of it" : ""}`;
  }
  if (near?.asked !== undefined && near.asked.status === undefined && near.logged !== undefined)
    return `the ${near.leg} answered after ${near.logged.elapsedMs} ms, and Twilio did not get it`;
  if (line?.event === "turn.replayed") return "its answer was committed, and did not get to Twilio";
  if (!primaryLogged) return "the primary's log is not at hand";
  return "no log line of the failed request: it did not reach the code, or the code was ended before it could write";
}

function endOf(visits: readonly Visit[], endedAtMs: number | undefined): Trace["end"] {
  if (endedAtMs !== undefined) return { known: true, atMs: endedAtMs, how: "ended, as the table says" };
  const over = visits.find(({ asked }) => asked?.callStatus !== undefined && isOver(asked.callStatus));
  if (over?.asked !== undefined)
    return { known: true, atMs: over.atMs, how: `${over.asked.callStatus}, as Twilio says` };
  const last = visits.findLast((visit) => kindOfVisit(visit) === "turn");
  if (last?.logged?.event === "turn.last-resort")
    return { known: false, how: "the last resort was given; nobody told of the end" };
  return { known: false, how: "nobody told of an end: it may go on, or no status callback is set on the number" };
}

function isOver(callStatus: string): boolean {
  return callStatus !== "ringing" && callStatus !== "in-progress";
}
