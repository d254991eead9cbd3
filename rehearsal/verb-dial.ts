import type { CallLine } from "./call-line.ts";
import type { CalledStatus, CallerStep } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { dialNouns } from "./twiml-schema.ts";
import { methodOf, nextVerb, requestTo, resolveUrl, type VerbResult } from "./verb-result.ts";
import { progressParameters } from "./voice-parameters.ts";

type ChildCall = { noun: TwimlElement; callSid: string; status: CalledStatus | "canceled"; durationSec: number };

/** No default action: without one the next verb follows. A caller who hangs up ends the session [D dial page]. */
export async function runDial(dial: TwimlElement, line: CallLine, documentUrl: string): Promise<VerbResult> {
  const step = line.ask("Dial");
  const { status, durationSec } = toOutcome(step);
  await line.pass(durationSec * 1000);
  const nouns = dial.children.filter((child) => dialNouns.includes(child.name));
  const targets = nouns.length > 0 ? nouns : [dial];
  const children = targets.map(
    (noun, position): ChildCall => ({
      noun,
      callSid: line.nextSid("CA"),
      // All ring at once and the first wins.
      status: position > 0 && status === "completed" ? "canceled" : status,
      durationSec: position > 0 ? 0 : durationSec,
    }),
  );
  if (step.kind === "hangup") line.finish("completed");
  if (nouns.length > 0) for (const child of children) await reportChild(child, line, documentUrl);

  if (step.kind === "hangup") return { kind: "ended", ended: "caller-hangup" };
  const { action, method } = dial.attributes;
  if (action === undefined || action === "") return nextVerb;
  return requestTo("action", action, documentUrl, method, {
    DialCallStatus: status,
    DialCallSid: children[0]?.callSid ?? "",
    DialCallDuration: String(durationSec),
    DialBridged: String(status === "completed"),
  });
}

/** A step of another verb is nobody answering. */
function toOutcome(step: CallerStep): { status: CalledStatus; durationSec: number } {
  if (step.kind === "dial") return { status: step.status, durationSec: step.durationSec };
  return { status: step.kind === "hangup" ? "completed" : "no-answer", durationSec: 0 };
}

/** The events of the called leg that its noun subscribes to, in the order in which they happen. */
async function reportChild(child: ChildCall, line: CallLine, documentUrl: string): Promise<void> {
  const { attributes, text } = child.noun;
  const url = attributes.statusCallback === undefined ? undefined : resolveUrl(attributes.statusCallback, documentUrl);
  if (url === undefined) return;
  const wanted = (attributes.statusCallbackEvent ?? "completed").split(/\s+/);
  const happened: [event: string, callStatus: string][] = [["initiated", "initiated"]];
  if (child.status !== "failed") happened.push(["ringing", "ringing"]);
  if (child.status === "completed") happened.push(["answered", "in-progress"]);
  happened.push(["completed", child.status]);
  for (const [sequence, [, callStatus]] of happened.filter(([event]) => wanted.includes(event)).entries()) {
    await line.deliverStatus({
      url,
      method: methodOf(attributes.statusCallbackMethod),
      params: {
        ...line.standardParams(),
        ...progressParameters(child.durationSec, sequence, line.nowMs()),
        CallSid: child.callSid,
        ParentCallSid: line.party.callSid,
        CallStatus: callStatus,
        Direction: "outbound-dial",
        To: text.trim(),
        Called: text.trim(),
      },
    });
  }
}
