import { createHash } from "node:crypto";
import type { Leg } from "../../../core/checkpoint.ts";
import type { Clock } from "../../../core/clock.ts";
import type { CallRecord, Intercept } from "../../../rehearsal/call-record.ts";
import type { AnyCaller } from "../../../rehearsal/caller-script.ts";
import type { ExchangeRequest } from "../../../rehearsal/exchange.ts";
import { randomOf } from "../../../rehearsal/explore/random.ts";
import { patientCaller } from "../../../rehearsal/patient-caller.ts";
import { placeCall } from "../../../rehearsal/place-call.ts";
import type { Reply } from "../../../rehearsal/reply.ts";
import type { Arrival } from "./arrivals.ts";
import { drawFailure, type Failure } from "./failures.ts";
import type { LoadFlow } from "./reference-flow.ts";

/** Calls that belong together: the same share of failing requests, one row of figures. */
export interface Segment {
  /** Numbers of the calls' random draws and sids: another one, other calls. */
  readonly seed: number;
  /** Of the requests to the primary, 0 to 1. */
  readonly failing: number;
  /** What a caller takes to answer, from the end of the question. */
  readonly thinkMs: number;
}

/** The line that all calls go over. */
export interface LoadLine {
  readonly voiceUrl: string;
  readonly fallbackUrl: string;
  readonly statusCallbackUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly flow: LoadFlow;
  readonly clock: Clock;
  legOf(url: string): Leg;
  exchange(request: ExchangeRequest, failure: Failure | "none"): Promise<Reply>;
}

/** `held`: came to the flow's own end. `last-resort`: heard the flow's last words instead. `lost`: neither of them. */
export type Outcome = "held" | "last-resort" | "lost";

export interface LoadedCall {
  readonly callSid: string;
  readonly outcome: Outcome;
  readonly failovers: number;
  /** Answered webhooks and those that failed by themselves, from the moment when each was due. */
  readonly webhookMs: Readonly<Record<Leg, readonly number[]>>;
  /** Between the caller's last word, or the arrival of the call, and what is heard next. */
  readonly silenceMs: readonly number[];
  /** By how much the generator's own timers were late. */
  readonly lateMs: readonly number[];
  /** Requests to the primary, and those of them that were made to fail. */
  readonly primaryRequests: number;
  readonly madeToFail: number;
  /** Requests for TwiML that failed although nobody made them fail. */
  readonly failedAlone: number;
}

/** A faultless call needs three. */
const documentsMax = 40;

export function sidOf({ seed }: Segment, index: number): string {
  return `CA${createHash("sha256").update(`load ${seed} ${index}`).digest("hex").slice(0, 32)}`;
}

/** Places one call of a segment over the line. Never rejects: what breaks the generator itself is a lost call too. */
export async function placeLoadCall(line: LoadLine, segment: Segment, arrival: Arrival): Promise<LoadedCall> {
  const { clock, flow } = line;
  const callSid = sidOf(segment, arrival.index);
  const random = randomOf(segment.seed, arrival.index);
  const patient = patientCaller(flow.presses);
  const webhookMs: Record<Leg, number[]> = { primary: [], fallback: [] };
  const silenceMs: number[] = [];
  const lateMs = [clock.nowMs() - arrival.dueMs];
  let [primaryRequests, madeToFail, failedAlone] = [0, 0, 0];
  let failure: Failure | "none" = "none";
  // Twilio goes on at once after an answer, and after a question when the caller has decided; whatever makes the generator later
  // than that is part of what is measured.
  let dueMs = arrival.dueMs;
  let silentSinceMs: number | undefined;

  const speak = () => {
    if (silentSinceMs !== undefined) silenceMs.push(clock.nowMs() - silentSinceMs);
    silentSinceMs = undefined;
  };
  const script: AnyCaller = async (question) => {
    const decidedMs = clock.nowMs() + segment.thinkMs;
    await clock.sleep(segment.thinkMs);
    lateMs.push(clock.nowMs() - decidedMs);
    dueMs = decidedMs;
    if (question.verb === "Dial") return { kind: "dial", status: "completed", durationSec: 1 };
    return typeof patient.script === "function" ? patient.script(question) : { kind: "silence" };
  };
  const intercept: Intercept = async ({ kind, url }, send) => {
    if (kind === "status") return send();
    const sinceMs = dueMs;
    silentSinceMs ??= sinceMs;
    const reply = await send();
    dueMs = clock.nowMs();
    if (kind === "media" || failure !== "none") return reply;
    webhookMs[line.legOf(url)].push(dueMs - sinceMs);
    if (reply.kind === "failed" || reply.status !== 200) failedAlone += 1;
    return reply;
  };
  const exchange = (request: ExchangeRequest): Promise<Reply> => {
    const isPrimary = line.legOf(request.url) === "primary";
    failure = isPrimary ? drawFailure(random, segment.failing) : "none";
    if (isPrimary) primaryRequests += 1;
    if (failure !== "none") madeToFail += 1;
    return line.exchange(request, failure);
  };

  const record = await placeCall({
    ...{ voiceUrl: line.voiceUrl, fallbackUrl: line.fallbackUrl, statusCallbackUrl: line.statusCallbackUrl },
    ...{ accountSid: line.accountSid, authToken: line.authToken, callSid, documentsMax },
    ...{ script, intercept, exchange, nowMs: clock.nowMs },
    onEvent: (event) => {
      patient.onEvent(event);
      if (event.kind === "heard" || event.kind === "ended") speak();
    },
  }).catch(() => undefined);
  const failovers = record?.events.filter(({ kind }) => kind === "failover").length ?? 0;
  const outcome = record === undefined ? "lost" : outcomeOf(record, flow);
  const counts = { failovers, primaryRequests, madeToFail, failedAlone };
  return { callSid, outcome, webhookMs, silenceMs, lateMs, ...counts };
}

/** Judged by what the caller heard last, and by how the call ended. */
export function outcomeOf({ heard, ended }: Pick<CallRecord, "heard" | "ended">, flow: LoadFlow): Outcome {
  const cameToItsEnd = ended === "hangup" || ended === "end-of-document";
  if (!cameToItsEnd) return "lost";
  if (flow.isEnd(heard.at(-1) ?? "")) return "held";
  return flow.lastWords.some((words) => heard.includes(words)) ? "last-resort" : "lost";
}

/** A call that was not over when the generator stopped waiting for it. */
export function unfinished(callSid: string): LoadedCall {
  const none = { failovers: 0, primaryRequests: 0, madeToFail: 0, failedAlone: 0 };
  return { callSid, outcome: "lost", webhookMs: { primary: [], fallback: [] }, silenceMs: [], lateMs: [], ...none };
}
