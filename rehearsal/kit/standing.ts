import type { Answer } from "../../core/answer.ts";
import type { Leg } from "../../core/checkpoint.ts";
import type { CallEnd, CallEvent } from "../call-record.ts";
import type { Question } from "../caller-script.ts";
import { drawLadder } from "../ladder.ts";
import type { Executed } from "../world/outside-service.ts";
import type { Given, MetFault, RehearsedCall } from "../world/rehearsed-call.ts";
import { nameBefore } from "../world/renamed-flow.ts";
import type { Stage } from "../world/stage.ts";
import type { Break } from "./breaks.ts";

/** A call as far as it has come: to its end, or to a question that the caller has not answered yet. */
export interface Standing {
  readonly stage: Stage;
  readonly call: RehearsedCall;
  readonly events: readonly CallEvent[];
  readonly given: readonly Given[];
  readonly executed: readonly Executed[];
  readonly faults: readonly MetFault[];
  /** Choice points so far. */
  readonly pointCount: number;
  readonly unmet: readonly Break[];
  readonly waitsAt: Question | undefined;
  readonly ended: CallEnd | undefined;
}

/** A call that has ended. */
export function standingOf(stage: Stage, call: RehearsedCall, unmet: readonly Break[] = []): Standing {
  const { given, executed, faults } = call;
  const { events, ended } = call.record;
  const pointCount = call.points.length;
  return { stage, call, events, given, executed, faults, pointCount, unmet, waitsAt: undefined, ended };
}

/** In place of a step's name when the caller has been given the last resort; no step can be called so. */
export const lastResort = "last resort";

export interface Place {
  /** As the flow calls it, also after a deployment in mid-call; "" before the first document. */
  readonly step: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly turn: number;
  readonly leg: Leg;
}

/** Where the call is: the document that Twilio received last. */
export function placeOf({ given }: Standing): Place {
  const last = given.at(-1);
  const { turn = 0, data = {}, step = "" } = last?.answer.checkpoint ?? {};
  const isLast = last !== undefined && isLastResort(last.answer);
  return { step: isLast ? lastResort : nameBefore(step), data, turn, leg: last?.leg ?? "primary" };
}

function isLastResort({ outcome }: Extract<Answer, { kind: "document" }>): boolean {
  return outcome === "last-resort";
}

/** The texts that the caller heard: of what was played, the text alternative. Each with the number of its event. */
export function heardIn({ events, stage, waitsAt }: Standing): { readonly text: string; readonly at: number }[] {
  // where the person called is asked, it is they who hear
  const called = waitsAt?.beside === "whisper";
  return events.flatMap((event, at) => {
    if (event.kind === "apology") return [{ text: "(an application error has occurred, goodbye)", at }];
    if (event.kind !== "heard" || (event.leg === "called" && !called)) return [];
    return [{ text: wordsOf(event.text, stage.spoken), at }];
  });
}

/** A played file is named by its URL's path, of which only the end is the flow's. */
function wordsOf(heard: string, spoken: ReadonlyMap<string, string>): string {
  if (!heard.startsWith("play:")) return heard;
  for (let at = heard.indexOf("/"); at >= 0; at = heard.indexOf("/", at + 1)) {
    const text = spoken.get(heard.slice(at + 1));
    if (text !== undefined) return text;
  }
  return heard;
}

/** What was heard since the caller last answered. */
export function heardLately(standing: Standing): string[] {
  const answered = standing.events.findLastIndex(({ kind }) => kind === "caller");
  return heardIn(standing).flatMap(({ text, at }) => (at > answered ? [text] : []));
}

/** One line: where the call is, and what it waits for. */
export function describePlace(standing: Standing): string {
  const { step, turn, leg } = placeOf(standing);
  const { waitsAt, ended } = standing;
  const doing = waitsAt === undefined ? `has ended (${ended})` : `waits for the caller (${waitsAt.verb})`;
  return `the call ${doing} at ${step === lastResort ? "the last resort" : `'${step}'`}, turn ${turn}, ${leg} leg`;
}

/** The call so far as a picture for the terminal. */
export function ladderOf(standing: Standing): string {
  const { stage, call, events, ended } = standing;
  const record = { ...call.record, events: [...events] };
  const drawn = drawLadder(record, (url) => stage.urls.parse(url)?.leg ?? "primary");
  // the last line sums up a call that is over
  const rows = ended === undefined ? drawn.split("\n").slice(0, -1) : [drawn];
  return [...rows, describePlace(standing)].join("\n");
}
