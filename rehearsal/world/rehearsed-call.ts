import type { Answer } from "../../core/answer.ts";
import type { Item } from "../../core/checkpoint-store.ts";
import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import type { CallRecord, ExecutedVerb, RequestKind } from "../call-record.ts";
import type { CallerStep, Question } from "../caller-script.ts";
import type { Dialect } from "../dialect.ts";
import type { PointKind } from "../fault-kinds.ts";
import type { Script } from "../model/derive-scripts.ts";
import type { ChoicePoint } from "./choices.ts";
import type { TableRun, TableWrite } from "./faulty-table.ts";
import type { LegName } from "./leg.ts";
import type { Executed } from "./outside-service.ts";

/** A fault that a call has met. */
export interface MetFault {
  /** Number of its choice point. */
  readonly at: number;
  readonly kind: PointKind;
  readonly fault: string;
  /** The leg that it hit; of media the host's. */
  readonly leg: LegName;
  /** Where the call was: the step of the last document that Twilio received, "" before the first. */
  readonly step: string;
  readonly turn: number;
  /** Of the request that it hit, or in which it struck. */
  readonly request: RequestKind;
  /** Whether that was a fallback request. */
  readonly resuming: boolean;
  readonly atMs: number;
}

/** A document that Twilio received, and what its leg meant by it. */
export interface Given {
  readonly leg: LegName;
  readonly answer: Extract<Answer, { kind: "document" }>;
  readonly resuming: boolean;
  readonly atMs: number;
}

/** A leg hears that the call is over. */
export interface EndNews {
  readonly by: "status" | "request";
  readonly status: string;
  readonly atMs: number;
  /** How many of the call's writes the leg could know of when the flow's `ended` was to run. */
  writes: number;
  /** The leg has answered that it took it. */
  isTaken: boolean;
}

/** What Twilio did to others than the caller, and in which turn. */
export interface ExecutedStep {
  readonly turn: number;
  readonly step: string;
  readonly verb: ExecutedVerb;
  /** Whom it called, what it said: the verb's text. */
  readonly what: string;
  /** How many documents Twilio had been given. */
  readonly document: number;
  readonly params: Readonly<Record<string, string>>;
}

/** What the caller was asked and did. */
export interface Asked {
  readonly turn: number;
  readonly step: string;
  readonly verb: Question["verb"];
  readonly did: CallerStep;
  /** Of the questions of its document: one document may ask more than once, until something is answered. */
  readonly first: boolean;
  /** The verb with which its document began: after a step down the media ladder not the first of the step. */
  readonly from: number;
  /** In a document beside the call: whoever is there was asked. */
  readonly beside?: true;
}

/** The whole world at one moment, as text that is equal where nothing that can matter differs. */
export interface WorldState {
  /** Choice points before it. */
  readonly at: number;
  readonly key: string;
}

/** All that is known of one rehearsed call: what the caller heard, what the legs meant, what the table and the outside saw. */
export interface RehearsedCall {
  readonly flow: Flow;
  readonly language: Language;
  readonly script: Script;
  readonly record: CallRecord;
  readonly points: readonly ChoicePoint[];
  /** Where the whole world stood each time the caller was asked: from equal states, equal calls follow. */
  readonly states: readonly WorldState[];
  /** How Twilio was taken to behave, as far as that was given beforehand; else it is among `points`. */
  readonly settled: Partial<Dialect>;
  /** Open questions about Twilio whose answers mattered. */
  readonly questions: ReadonlySet<string>;
  readonly faults: readonly MetFault[];
  readonly given: readonly Given[];
  /** Documents beside the call: whispers, and what is heard in a queue. */
  readonly asides: readonly Given[];
  /** Each dial, charge, session and the like, in the order in which they ended. */
  readonly steps: readonly ExecutedStep[];
  readonly asked: readonly Asked[];
  readonly executed: readonly Executed[];
  /** Keys of all requests to the outside, one for each. */
  readonly requested: readonly string[];
  /** Of a flow that asks to be told. */
  readonly ends: readonly EndNews[];
  readonly writes: readonly TableWrite[];
  /** When nothing was left to happen. */
  readonly nowMs: number;
  /** What the call wrote elsewhere than in its own item. */
  readonly beside: readonly TableRun[];
  readonly item: Item | undefined;
  /** Turns whose outcome nobody could tell the fallback: not Twilio, not the table. */
  readonly untold: ReadonlySet<number>;
  readonly hungUp: boolean;
  /** Texts of the prompts that are played, by file. */
  readonly spoken: ReadonlyMap<string, string>;
}

/** How Twilio was taken to behave in a call; undefined where it never mattered. */
export function dialectAnswer({ settled, points }: RehearsedCall, question: keyof Dialect): unknown {
  return settled[question] ?? points.find(({ what, name }) => what === "dialect" && name === question)?.chosen;
}
