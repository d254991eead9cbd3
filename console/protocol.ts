/**
 * All that crosses the wire between the page and its server. Times are milliseconds since the call began.
 *
 *   GET  /, /main.js, /style.css, /prompts/{file}
 *   GET  /api/state                 State
 *   GET  /api/events                server-sent events: `id`, and as `data` one ConsoleEvent. All that are kept, or those behind
 *                                   Last-Event-ID; an event named `gap` first when some of those are kept no longer
 *   POST /api/calls                 StartCall -> Started (201)
 *   POST /api/calls/{id}/input      CallerInput -> Accepted
 *   POST /api/calls/{id}/pause, /resume, /step   {} -> Accepted
 *   POST /api/calls/{id}/replay     ReplayFrom -> Started (201)
 *   POST /api/breakers/{name}       SetBreaker -> Breakers
 *   POST /api/rehearsals            StartRehearsal -> Started (202)
 *   GET  /api/cases/{caseId}        CaseLadder; the id percent-encoded
 *   GET  /api/trace/{CallSid}       RealCall, where `canTrace`; /trace/{CallSid} is the same as a page of its own
 *
 * Whatever else comes is a Refusal: 400 not understood, 403 not from this page, 404, 409 not now, 413 body over `bodyBytesMax`,
 * 415 not JSON.
 */
import type { Leg } from "../core/checkpoint.ts";
import type { Language } from "../core/verbs.ts";
import type { CallEnd, RequestKind } from "../rehearsal/call-record.ts";
import type { CallerStep, Question } from "../rehearsal/caller-script.ts";
import type { FlowGraph } from "../rehearsal/graph/flow-graph.ts";
import type { FlowCoverage, MatrixCell, RehearsalState, StartRehearsal } from "./rehearsal-protocol.ts";

export type { MomentDetails, RealCall, TraceRow } from "./real-call-protocol.ts";
export type {
  CallEnd,
  CallerStep,
  FlowCoverage,
  FlowGraph,
  Language,
  Leg,
  MatrixCell,
  RehearsalState,
  RequestKind,
  StartRehearsal,
};

/** Of every POST: the token that stands in the page. */
export const tokenHeader = "x-stayline-console";
/** `<script type="application/json" id="…">` with a PageConfig. */
export const configElementId = "config";
export const bodyBytesMax = 16 * 1024;
/** The oldest call that has ended gives way. */
export const callsKept = 50;
export const eventsKept = 5_000;
/** Calls that are on at the same time. */
export const liveCallsMax = 10;

export interface PageConfig {
  readonly token: string;
}

export interface State {
  readonly flows: readonly FlowInfo[];
  /** the newest last */
  readonly calls: readonly CallSummary[];
  readonly breakers: Breakers;
  /** id of the last event that this state has seen; events behind it change the state */
  readonly lastEventId: number;
  readonly rehearsal?: RehearsalState;
  /** a table (TABLE_NAME) or log files (--logs) are named, so that real calls can be looked at */
  readonly canTrace: boolean;
}

export interface FlowInfo {
  readonly name: string;
  readonly languages: readonly Language[];
  /** in the order in which the flow has them */
  readonly steps: readonly string[];
  readonly graph: FlowGraph;
  /** of the last rehearsal; absent: it was never rehearsed */
  readonly coverage?: FlowCoverage;
}

export interface CallSummary {
  readonly id: string;
  readonly callSid: string;
  readonly flow: string;
  readonly language: Language;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly state: "on" | "paused" | "ended";
  readonly ended?: CallEnd | "error";
  /** where the call is */
  readonly step?: string;
  readonly turn?: number;
  readonly failovers: number;
  readonly replayOf?: { readonly callId: string; readonly turn: number };
  /** the question for which the line waits now */
  readonly question?: OpenQuestion;
}

export interface StartCall {
  readonly flow: string;
  readonly language: Language;
}
export interface Started {
  readonly id: string;
}
export interface Accepted {
  readonly ok: true;
}
export interface ReplayFrom {
  /** as in `turn` events and checkpoints, the first document is 1: the answers before it are given again, then the caller is asked */
  readonly turn: number;
}
export interface SetBreaker {
  readonly on: boolean;
}
export interface Refusal {
  /** what is wrong and how to mend it, one line */
  readonly message: string;
}

/**
 * What the caller does. `digits` are keys, one or more, collected by the server until the verb has what it wants; they may come while
 * a prompt inside a Gather is heard (it then ends). `hangup` is taken at any time. The other steps answer an open question only.
 */
export type CallerInput = CallerStep;

/** What can be answered: with each offer the page shows what Twilio would be told. */
export interface Offer {
  readonly label: string;
  readonly input: CallerInput;
}

export interface OpenQuestion {
  readonly verb: Question["verb"];
  /** the question is put to the person whom the call reaches, not to the caller */
  readonly who?: "called";
  readonly index: number;
  /** keys, words (a Gather that takes them), or neither: then only the offers */
  readonly takes: { readonly keys: boolean; readonly speech: boolean };
  /** as many keys complete the answer; absent: a pause or `finishOnKey` does */
  readonly numDigits?: number;
  readonly finishOnKey?: string;
  /** silence is taken for an answer after this time without a key */
  readonly timeoutMs: number;
  /** outcomes of a dial, a recording, a queue … */
  readonly offers: readonly Offer[];
}

export const breakerNames = [
  "kill-primary",
  "suspend-primary",
  "lose-next-answer",
  "fail-next-media",
  "slow",
  "stop-table",
  "cut-fallback",
  "duplicate-next",
] as const;
export type BreakerName = (typeof breakerNames)[number];

/** Those named `next` go off by themselves when they have struck. */
export type Breakers = Readonly<Record<BreakerName, boolean>>;

/** The leg or service that is asked. */
export type Target = Leg | "elsewhere";

/** A checkpoint out of a sealed URL, opened with the throw-away keys of this stack. */
export interface ShownCheckpoint {
  readonly flow: string;
  readonly step: string;
  readonly turn: number;
  readonly attempt: number;
  readonly resumes: number;
  readonly away: number;
  readonly rung: number;
  readonly from: number;
  readonly unsure: boolean;
  readonly plain: boolean;
  readonly visits: number;
  readonly language: Language;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RequestInfo {
  readonly callId: string;
  /** numbers the requests of the call from 0; the reply has the same */
  readonly request: number;
  /** the event of the call, counted from 0; a failover's request has that of the one that failed */
  readonly index: number;
  readonly leg: Target;
  readonly requestKind: RequestKind;
  /** seals as `…`, without its overrides */
  readonly url: string;
  /** `ct=1000&rt=3500…`: the connection overrides behind the `#` */
  readonly overrides: string;
  readonly method: "GET" | "POST";
}

/** `id` of the event stream is beside it. */
export type ConsoleEvent = { readonly atMs: number } & (
  | {
      readonly kind: "call.began";
      readonly callId: string;
      readonly call: CallSummary;
      /** effects that ran before the turn from which the call is replayed: this call may run them again */
      readonly effectsAgain?: readonly string[];
    }
  | {
      /** begins to be heard now */
      readonly kind: "heard";
      readonly callId: string;
      /** the words, of a file its text alternative */
      readonly text: string;
      /** to be fetched from /prompts/{mediaFile}, e.g. en/hello.mp3 */
      readonly mediaFile?: string;
      readonly sound: "speech" | "media" | "pause" | "tones";
      readonly language: Language;
      readonly lengthMs: number;
    }
  | { readonly kind: "question"; readonly callId: string; readonly question: OpenQuestion }
  /** what the line took for the answer */
  | { readonly kind: "answered"; readonly callId: string; readonly index: number; readonly input: CallerStep }
  | ({
      readonly kind: "request";
      readonly params: Readonly<Record<string, string>>;
      readonly attempt: number;
    } & RequestInfo)
  | ({
      readonly kind: "reply";
      /** absent: no answer came */
      readonly status?: number;
      /** Twilio's, e.g. 11205 */
      readonly errorCode?: number;
      readonly detail?: string;
      readonly durationMs: number;
      readonly attempts: number;
      /** seals as `…` */
      readonly twiml?: string;
      readonly verbs?: readonly string[];
      /** what the URLs of the document carry */
      readonly checkpoint?: ShownCheckpoint;
    } & RequestInfo)
  | {
      readonly kind: "failover";
      readonly callId: string;
      readonly index: number;
      readonly errorCode: number;
      readonly errorUrl: string;
    }
  | {
      /** a leg's own line about one webhook */
      readonly kind: "turn";
      readonly callId: string;
      readonly turn?: number;
      readonly step?: string;
      readonly leg: Leg;
      /** answered, replayed, resumed, last-resort, failed … */
      readonly outcome: string;
      /** the table has taken the checkpoint */
      readonly saved?: boolean;
      readonly reason?: string;
      readonly elapsedMs: number;
      /** the one in the table */
      readonly checkpoint?: ShownCheckpoint;
    }
  | {
      readonly kind: "effect";
      readonly callId: string;
      readonly effect: string;
      readonly state: "asked" | "done" | "again";
    }
  /** the caller heard nothing and was not asked anything */
  | { readonly kind: "silence"; readonly callId: string; readonly fromMs: number; readonly toMs: number }
  | {
      readonly kind: "alert";
      readonly callId: string;
      readonly errorCode: number;
      readonly level: "ERROR" | "WARNING";
      readonly detail: string;
    }
  | { readonly kind: "call.state"; readonly callId: string; readonly state: "on" | "paused" }
  | { readonly kind: "call.ended"; readonly callId: string; readonly how: CallEnd | "error" }
  /** the oldest call made room */
  | { readonly kind: "call.dropped"; readonly callId: string }
  | { readonly kind: "breaker"; readonly name: BreakerName; readonly on: boolean }
  | { readonly kind: "rehearsal.progress"; readonly rehearsal: RehearsalState }
  | { readonly kind: "rehearsal.done"; readonly rehearsal: RehearsalState }
);

/** One case of a rehearsal, in virtual time. */
export interface CaseLadder {
  readonly caseId: string;
  readonly events: readonly ConsoleEvent[];
  /** the ladder as text, 110 columns wide */
  readonly text: string;
  readonly findings: readonly string[];
}
