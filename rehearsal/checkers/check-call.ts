import type { RehearsedCall } from "../world/rehearsed-call.ts";
import { answersSurvive } from "./answers-survive.ts";
import { asidesBeside } from "./asides-beside.ts";
import { callEnds } from "./call-ends.ts";
import type { Checker, CheckerName, Finding } from "./checker.ts";
import { checkpointForward } from "./checkpoint-forward.ts";
import { documentsValid } from "./documents-valid.ts";
import { effectsOnce } from "./effects-once.ts";
import { endedOnce } from "./ended-once.ts";
import { executedOnce } from "./executed-once.ts";
import type { Expectation } from "./expectation.ts";
import { nobodyIsLost } from "./nobody-is-lost.ts";
import { requestsBounded } from "./requests-bounded.ts";
import { silenceBounded } from "./silence-bounded.ts";
import { toldAsDone } from "./told-as-done.ts";
import { trailExplains } from "./trail-explains.ts";

export const checkers: Readonly<Record<CheckerName, Checker>> = {
  "nobody-is-lost": nobodyIsLost,
  "answers-survive": answersSurvive,
  "executed-once": executedOnce,
  "asides-beside": asidesBeside,
  "effects-once": effectsOnce,
  "told-as-done": toldAsDone,
  "ended-once": endedOnce,
  "requests-bounded": requestsBounded,
  "silence-bounded": silenceBounded,
  "documents-valid": documentsValid,
  "checkpoint-forward": checkpointForward,
  "call-ends": callEnds,
  "trail-explains": trailExplains,
};

/** All that is wrong with a call. */
export function checkCall(call: RehearsedCall, expected: Expectation): Finding[] {
  const findings: Finding[] = [];
  for (const [checker, check] of Object.entries(checkers)) {
    for (const what of check(call, expected)) findings.push({ checker: checker as CheckerName, what });
  }
  return findings;
}
