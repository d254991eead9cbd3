import type { CallLine } from "./call-line.ts";
import type { CallerStep } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { runNestedPrompts } from "./verb-prompt.ts";
import { nextVerb, requestTo, type VerbResult } from "./verb-result.ts";

/** Default action: the URL of the current document; no input goes on to the next verb [D gather page]. */
export async function runGather(gather: TwimlElement, line: CallLine, documentUrl: string): Promise<VerbResult> {
  const prompts = gather.children.filter((child) => ["Say", "Play", "Pause"].includes(child.name));
  const prompted = await runNestedPrompts(prompts, line, documentUrl);
  if (prompted.kind !== "next-verb") return prompted;

  const step = line.ask("Gather");
  if (step.kind === "hangup") return { kind: "ended", ended: "caller-hangup" };
  const params = gatherParameters(gather.attributes, step);
  if (params === undefined) {
    await line.pass((Number(gather.attributes.timeout ?? "5") || 5) * 1000);
    return nextVerb;
  }
  return requestTo("action", gather.attributes.action || documentUrl, documentUrl, gather.attributes.method, params);
}

/**
 * The parameters of the action request; undefined when there is none. `msg` and `FinishedOnKey` are not documented but captured
 * on every gather [O]. A step of another verb counts as silence.
 */
export function gatherParameters(
  attributes: Record<string, string>,
  step: CallerStep,
): Record<string, string> | undefined {
  const inputs = (attributes.input ?? "dtmf").split(/\s+/);
  const end = { msg: "Gather End", FinishedOnKey: "" };
  if (step.kind === "speech" && inputs.includes("speech")) {
    return { ...end, SpeechResult: step.text, Confidence: "0.9" };
  }
  const pressed =
    step.kind === "digits" && inputs.includes("dtmf") ? pressKeys(attributes, step.digits) : { digits: "", endKey: "" };
  if (pressed.digits === "" && attributes.actionOnEmptyResult !== "true") return undefined;
  return { ...end, Digits: pressed.digits, FinishedOnKey: pressed.endKey };
}

/** Keys after the end of the input are lost. */
function pressKeys(attributes: Record<string, string>, keys: string): { digits: string; endKey: string } {
  const finishOnKey = attributes.finishOnKey ?? "#";
  const digitsMax = Number(attributes.numDigits ?? "") || Number.POSITIVE_INFINITY;
  let digits = "";
  for (const key of keys) {
    if (finishOnKey.includes(key)) return { digits, endKey: key };
    digits += key;
    if (digits.length >= digitsMax) break;
  }
  return { digits, endKey: "" };
}
