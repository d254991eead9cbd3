import type { CallLine } from "./call-line.ts";
import type { CallerStep } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { isTones } from "./twiml-schema.ts";
import { runNestedPrompts } from "./verb-prompt.ts";
import { type DocumentUrl, methodOf, nextVerb, requestTo, resolveUrl, type VerbResult } from "./verb-result.ts";
import type { Place } from "./visit.ts";

const keyMs = 1_000;

/** Default action: the URL of the current document; no input goes on to the next verb [D gather page]. */
export async function runGather(
  gather: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
  place: Place,
): Promise<VerbResult> {
  const { attributes } = gather;
  const prompts = gather.children.filter((child) => isPrompt(child.name) && !isTones(child));
  const prompted = await runNestedPrompts(prompts, line, documentUrl);
  if (prompted.kind !== "next-verb") return prompted;
  if (attributes.speechModel !== undefined && !isSpeechModel(attributes.speechModel)) {
    const detail = `<Gather> speechModel="${attributes.speechModel}" is not supported`;
    if (line.dialect.gatherFailure === "fallback") {
      return { kind: "failed", errorCode: 13334, errorUrl: documentUrl ?? "", detail };
    }
    line.journal.alert({ errorCode: 13334, url: documentUrl ?? "", level: "WARNING", detail });
    return nextVerb;
  }

  const answered = line.ask("Gather", gather, place);
  const step = answered instanceof Promise ? await answered : answered;
  if (step.kind === "hangup") return { kind: "ended", ended: "caller-hangup" };
  // a key takes a moment, or whoever presses one again and again beside the call would do it in no time
  if (place !== "call") await line.pass(keyMs);
  const timeoutMs = (Number(attributes.timeout ?? "5") || 5) * 1000;
  const params = gatherParameters(attributes, step);
  if (params === undefined) {
    await line.pass(timeoutMs);
    return nextVerb;
  }
  if (params.SpeechResult !== undefined) reportPartial(gather, line, documentUrl, params.SpeechResult);
  // What neither a key nor a number of digits ended, silence did.
  else if (params.FinishedOnKey === "" && params.Digits?.length !== Number(attributes.numDigits)) {
    await line.pass(timeoutMs);
  }
  return requestTo("action", attributes.action || (documentUrl ?? ""), documentUrl, attributes.method, params);
}

function isPrompt(name: string): boolean {
  return name === "Say" || name === "Play" || name === "Pause";
}

/** [D gather page, ERR 13334] */
function isSpeechModel(name: string): boolean {
  return /^(default|numbers_and_commands|phone_call|experimental_(conversations|utterances)|(googlev2|deepgram)_\S+)$/.test(
    name,
  );
}

/** Asynchronous, the answer is ignored [D gather page]. */
function reportPartial(gather: TwimlElement, line: CallLine, documentUrl: DocumentUrl, speech: string): void {
  const { partialResultCallback, partialResultCallbackMethod } = gather.attributes;
  if (partialResultCallback === undefined) return;
  const url = resolveUrl(partialResultCallback, documentUrl);
  if (url === undefined) return;
  const params = { ...line.standardParams(), UnstableSpeechResult: speech, SequenceNumber: "0" };
  const method = methodOf(partialResultCallbackMethod);
  line.state.sendAside(() => line.sendStatus({ url, method, params }));
}

/**
 * The parameters of the action request; undefined when there is none. `msg` and `FinishedOnKey` are not documented but
 * captured on every gather [O]. A step of another verb counts as silence.
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
