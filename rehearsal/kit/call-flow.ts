import type { Flow } from "../../core/flow.ts";
import type { Language } from "../../core/verbs.ts";
import type { CalledStatus, CallerStep, Question, QueueEnd, SessionStatus } from "../caller-script.ts";
import { type Dialect, defaultDialect } from "../dialect.ts";
import type { FaultName, PointKind } from "../fault-kinds.ts";
import { createStage } from "../world/stage.ts";
import { type CallView, failure, viewCall } from "./assertions.ts";
import { type Break, type Breaks, toBreak } from "./breaks.ts";
import { runToQuestion } from "./run-to-question.ts";

export interface CallFlowOptions {
  /** Default: the flow's own. */
  readonly language?: Language;
  /** Answers to questions that Twilio leaves open; default: the most plausible ones. */
  readonly dialect?: Partial<Dialect>;
  /** The flow's `FLOW_*` variables, without the prefix. One that is not given is an address at the rehearsed outside service. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What breaks before the caller is first asked, each the first operation of its kind; later, use `breaks`. */
  readonly breaks?: Breaks;
}

/** A call in a test: what the caller does, what breaks, what can be seen of it. */
export interface FlowCall extends CallView {
  /** Presses keys, at a gather or a recording; where a whisper asks, the person called does. */
  press(keys: string): Promise<void>;
  /** Speaks words, at a gather that listens. */
  say(text: string): Promise<void>;
  /** Does nothing, until the line goes on. */
  keepSilent(): Promise<void>;
  /** Speaks at a recording. Default: it ends by silence. */
  record(durationSec: number, endedBy?: "key" | "silence" | "hangup"): Promise<void>;
  /** What comes of a dial. Default: 10 seconds of talk if it was completed. */
  dialEnds(status: CalledStatus, durationSec?: number): Promise<void>;
  /** How the wait in a queue ends. Default: after 30 seconds. After it, `press` and `keepSilent` answer the questions of its wait document. */
  queueEnds(result: QueueEnd, waitSec?: number): Promise<void>;
  /** What comes of a payment: `success`, `too-many-failed-attempts` ... */
  pays(result: string): Promise<void>;
  /** How a Connect ends. @param detail hand-off data of a session that ended, the error code of one that failed */
  sessionEnds(status: SessionStatus, detail?: string): Promise<void>;
  hangUp(): Promise<void>;
  /** Whatever else a caller can do, as the caller script says it. */
  give(step: CallerStep): Promise<void>;
  /** The next operation of this kind breaks. @param skip operations of this kind that go well before it */
  breaks<Kind extends PointKind>(kind: Kind, fault: FaultName<Kind>, options?: { readonly skip?: number }): void;
}

/**
 * Calls a flow, in this process and in virtual time: both legs, the checkpoint table, the outside service and Twilio are the
 * rehearsal's. The call goes on to its first question, and then from answer to answer. Nothing in it is random.
 *
 * @throws CallAssertionError from every answer to a question that was not put
 */
export async function callFlow(flow: Flow, options: CallFlowOptions = {}): Promise<FlowCall> {
  const { language = flow.language, settings = {} } = options;
  const given: [string, string][] = Object.entries(options.breaks ?? {});
  const breaks: Break[] = given.map(([kind, fault]) => toBreak(kind as PointKind, fault, 0, 0));
  const answers: CallerStep[] = [];
  const placed = {
    stage: createStage(flow, settings),
    language,
    settled: { ...defaultDialect, ...options.dialect },
    answers,
    breaks,
  };
  let standing = await runToQuestion(placed);

  const answer = async (
    step: CallerStep,
    fitting: readonly Question["verb"][] | "any",
    what: string,
    asked: (...args: never[]) => unknown,
  ): Promise<void> => {
    const verb = standing.waitsAt?.verb;
    if (verb === undefined || (fitting !== "any" && !fitting.includes(verb))) {
      const wanted = fitting === "any" ? "be asked something" : `wait at ${fitting.join(" or ")}`;
      throw failure(`the call to ${wanted} when the caller ${what}`, standing, asked);
    }
    answers.push(step);
    standing = await runToQuestion(placed);
  };

  const acts: Omit<FlowCall, keyof CallView> = {
    press: (digits) => answer({ kind: "digits", digits }, ["Gather", "Record"], `presses ${digits}`, acts.press),
    say: (text) => answer({ kind: "speech", text }, ["Gather"], `says "${text}"`, acts.say),
    keepSilent: () => answer({ kind: "silence" }, "any", "is silent", acts.keepSilent),
    record: (durationSec, endedBy = "silence") =>
      answer({ kind: "record", durationSec, endedBy }, ["Record"], "speaks", acts.record),
    dialEnds: (status, durationSec = status === "completed" ? 10 : 0) =>
      answer({ kind: "dial", status, durationSec }, ["Dial"], `is connected: ${status}`, acts.dialEnds),
    queueEnds: (result, waitSec = 30) =>
      answer({ kind: "queue", result, waitSec }, ["Enqueue"], `leaves the queue: ${result}`, acts.queueEnds),
    pays: (result) => answer({ kind: "pay", result }, ["Pay"], `pays: ${result}`, acts.pays),
    sessionEnds: (status, detail = "") =>
      answer({ kind: "connect", status, durationSec: 10, detail }, ["Connect"], `talks: ${status}`, acts.sessionEnds),
    hangUp: () => answer({ kind: "hangup" }, "any", "hangs up", acts.hangUp),
    give: (step) => answer(step, "any", `does '${step.kind}'`, acts.give),
    breaks: (kind, fault, { skip = 0 } = {}) => {
      if (standing.ended !== undefined) throw failure(`a call in which ${kind} can break`, standing, acts.breaks);
      breaks.push(toBreak(kind, fault, standing.pointCount, skip));
    },
  };
  return Object.defineProperties(acts, Object.getOwnPropertyDescriptors(viewCall(() => standing))) as FlowCall;
}
