import type { Flow } from "../../core/flow.ts";
import { type CallerStep, parseScript } from "../caller-script.ts";
import { duringCall } from "../checkers/at-end.ts";
import { defaultDialect } from "../dialect.ts";
import type { PointKind } from "../fault-kinds.ts";
import type { Script, ScriptedAnswer } from "../model/derive-scripts.ts";
import { isLetter } from "../world/letter-text.ts";
import { withoutSids } from "../world/outside-service.ts";
import { rehearseCall } from "../world/rehearse-call.ts";
import type { Asked } from "../world/rehearsed-call.ts";
import { createStage } from "../world/stage.ts";
import { CallAssertionError, type CallView, callSite, describeFault, failure, viewCall } from "./assertions.ts";
import type { CallFlowOptions } from "./call-flow.ts";
import { withoutNetwork } from "./network.ts";
import { runToQuestion } from "./run-to-question.ts";
import { placeOf, type Standing, standingOf } from "./standing.ts";

export interface SingleFaultOptions extends Omit<CallFlowOptions, "breaks"> {
  /** Operations that break; default: all kinds. */
  readonly kinds?: readonly PointKind[];
  /** What else every call has to be; not asked of a call whose outside service broke. */
  readonly check?: (call: CallView) => void;
}

/** The message names this many faults. */
const namedMax = 12;

/**
 * Places the call once for every fault at every operation of the faultless call: request 1 lost in every way, then request 2,
 * each write, each file. The caller gives the same answer when asked again (one question for each document). Each call has to end as the faultless one does, at
 * the same step with the same data, and the outside service has to have done the same, each once. Where the outside service
 * itself breaks (or the table is gone for good, which has the outbox), nothing may be done twice, and the call may not end in Twilio's apology. What the flow's `ended` does is not
 * compared: nobody hears of the end whose status callback is lost.
 *
 * @param answers in the syntax of `parseScript`: `1,say:yes,silence,record:5,dial:busy`
 * @returns how many calls were placed
 * @throws CallAssertionError with every fault that the flow does not survive, and the ladder of the first
 */
export async function everySingleFault(flow: Flow, answers: string, options: SingleFaultOptions = {}): Promise<number> {
  const { language = flow.language, settings = {}, kinds, check } = options;
  const site = callSite(everySingleFault);
  const parsed = parseScript(answers);
  if (parsed.kind === "error") throw new RangeError(parsed.detail);
  const { steps } = parsed;
  const stage = createStage(flow, settings);
  const settled = { ...defaultDialect, ...options.dialect };
  const faultless = await runToQuestion({ stage, language, settled, answers: steps, breaks: [] });
  const { asked, points } = faultless.call;
  if (faultless.ended === undefined || asked.length < steps.length) {
    const what = faultless.ended === undefined ? "an answer to every question" : `no answers after ${asked.length}`;
    throw failure(`${what} in '${answers}'`, faultless, site);
  }
  const script: Script = { id: answers, language, ...byTurn(asked) };
  // the outbox is in the table: one that stays away is a service that is down
  const posts = faultless.call.executed.some(isLetter);
  const failures: { fault: string; standing: Standing; what: string }[] = [];
  let calls = 0;

  const place = async (at: number, option: string, kind: string): Promise<void> => {
    const chosen = new Map(option === "-" ? [] : [[at, option]]);
    const call = await rehearseCall({ stage, script, chosen, settled });
    calls += 1;
    const standing = standingOf(stage, call);
    const serviceBroke = kind === "effect" || (posts && option.startsWith("table-down"));
    const what =
      difference(standing, faultless, serviceBroke) ?? (serviceBroke ? undefined : complaint(check, standing));
    const [met] = call.faults;
    const fault = met === undefined ? "no fault" : describeFault(met);
    if (what !== undefined) failures.push({ fault, standing, what });
  };
  await withoutNetwork(async () => {
    await place(0, "-", "none");
    for (const [at, { what, name, options: faults }] of points.entries()) {
      if (what !== "fault" || (kinds !== undefined && !kinds.some((kind) => kind === name))) continue;
      for (const fault of faults.slice(1)) if (!fault.startsWith("hung-up")) await place(at, fault, name);
    }
  });

  const [first] = failures;
  if (first === undefined) return calls;
  const more = failures.length > namedMax ? `\n  and ${failures.length - namedMax} more` : "";
  const lines = failures.slice(0, namedMax).map(({ fault, what }) => `\n  ${fault}: ${what}`);
  const what = `'${flow.name}' to survive ${calls} faults, it does not survive ${failures.length}:${lines.join("")}${more}`;
  throw failure(what, first.standing, site);
}

/** The answers by turn, so that a caller who is asked again answers the same again. */
function byTurn(asked: readonly Asked[]): Pick<Script, "answers" | "otherwise"> {
  const answers: ScriptedAnswer[] = [];
  const otherwise = new Map<string, CallerStep>();
  for (const { turn, step, did, beside } of asked) {
    if (beside) {
      const before = answers[turn - 1];
      if (before === undefined) continue;
      const answer = pressing(before.answer, did);
      answers[turn - 1] = { ...before, answer, other: answer };
      otherwise.set(step, answer);
      continue;
    }
    while (answers.length < turn) answers.push({ step: "", answer: { kind: "silence" }, other: { kind: "silence" } });
    if (answers[turn - 1]?.step === "") answers[turn - 1] = { step, answer: did, other: did };
    if (!otherwise.has(step)) otherwise.set(step, did);
  }
  return { answers, otherwise };
}

/** What was pressed in a document beside the call belongs to the dial or the wait there. */
function pressing(step: CallerStep, did: CallerStep): CallerStep {
  if (step.kind !== "dial" && step.kind !== "queue") return step;
  return { ...step, pressed: did.kind === "digits" ? did.digits : (step.pressed ?? "") };
}

function difference(standing: Standing, faultless: Standing, serviceBroke: boolean): string | undefined {
  const missing = duringCall(faultless.call).map(({ text }) => text);
  const besides = duringCall(standing.call)
    .map(({ text }) => text)
    .filter((text) => !take(missing, text));
  if (besides.length > 0) return `done besides: ${besides.join(", ")}`;
  if (serviceBroke) return standing.ended === "apology" ? "ends in Twilio's apology" : undefined;
  if (missing.length > 0) return `not done: ${missing.join(", ")}`;
  const [here, there] = [endingOf(standing), endingOf(faultless)];
  return here === there ? undefined : `ends with ${here}, not with ${there}`;
}

function endingOf(standing: Standing): string {
  const { step, data } = placeOf(standing);
  return `${standing.ended} at '${step}' ${withoutSids(JSON.stringify(data))}`;
}

function complaint(check: ((call: CallView) => void) | undefined, standing: Standing): string | undefined {
  try {
    check?.(viewCall(() => standing));
    return undefined;
  } catch (error) {
    return error instanceof CallAssertionError ? error.what : String(error);
  }
}

/** Takes one such text out of a list, if it is there. */
function take(texts: string[], text: string): boolean {
  const at = texts.indexOf(text);
  if (at >= 0) texts.splice(at, 1);
  return at >= 0;
}
