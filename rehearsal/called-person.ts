import { type CallLine, calledLeg, queuedLeg } from "./call-line.ts";
import type { CalledStatus } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { type DocumentUrl, methodOf, resolveUrl, type VerbResult } from "./verb-result.ts";
import type { Visit } from "./visit.ts";
import { progressParameters } from "./voice-parameters.ts";

/** A noun of a Dial, and the call that is made for it. */
export type CalledPerson = { noun: TwimlElement; callSid: string };

type Joined = { kind: "bridged" } | { kind: "declined" } | { kind: "stopped"; result: VerbResult };

/** Who waits in a queue to be dialled. */
const waitingFrom = "+15005550009";

/** As requests name who is called: a client by its URI [D "TwiML for Programmable Voice"]. */
function addressOf({ name, text }: TwimlElement): string {
  const address = text.trim();
  return name === "Client" && !address.startsWith("client:") ? `client:${address}` : address;
}

/**
 * The whisper: the document of a noun's `url` runs on the called leg before it is bridged; a Hangup there declines
 * [D number page]. Of a Queue it runs for who waited there, whose call names no parent [D queue page].
 */
export async function callPerson(
  { noun, callSid }: CalledPerson,
  line: CallLine,
  documentUrl: DocumentUrl,
  callerId: string | undefined,
  visit: Visit,
): Promise<Joined> {
  const { url: reference, method } = noun.attributes;
  if (reference === undefined || reference.trim() === "") return { kind: "bridged" };
  const queued = noun.name === "Queue";
  const leg = queued
    ? queuedLeg(line, callSid, waitingFrom)
    : calledLeg(line, callSid, addressOf(noun), callerId ?? line.party.from);
  const url = resolveUrl(reference, documentUrl) ?? reference;
  const params: Record<string, string> = queued
    ? { QueueSid: line.nextSid("QU"), QueueTime: "30", DequeingCallSid: line.party.callSid }
    : {};
  const first = { kind: "whisper", url, method: methodOf(method), params } as const;
  const ending = await visit(first, leg, queued ? "dequeued" : "whisper");
  switch (ending.kind) {
    case "left":
      return { kind: "bridged" };
    case "failed": {
      const { errorCode, errorUrl, detail } = ending;
      line.journal.alert({ errorCode, url: errorUrl, level: "ERROR", detail });
      return line.dialect.whisperFailure === "bridge" ? { kind: "bridged" } : { kind: "declined" };
    }
    case "ended":
      if (ending.ended === "simulator-cap") return { kind: "stopped", result: ending };
      return ending.ended === "end-of-document" ? { kind: "bridged" } : { kind: "declined" };
  }
}

/** The events of the called leg that its noun subscribes to, in the order in which they happen [D number page]. */
export async function reportPerson(
  { noun, callSid }: CalledPerson,
  status: CalledStatus | "canceled",
  durationSec: number,
  line: CallLine,
  documentUrl: DocumentUrl,
): Promise<void> {
  const { attributes } = noun;
  const address = addressOf(noun);
  const url = attributes.statusCallback === undefined ? undefined : resolveUrl(attributes.statusCallback, documentUrl);
  if (url === undefined) return;
  const wanted = (attributes.statusCallbackEvent ?? "completed").split(/\s+/);
  const happened: [event: string, callStatus: string][] = [["initiated", "initiated"]];
  if (status !== "failed") happened.push(["ringing", "ringing"]);
  if (status === "completed") happened.push(["answered", "in-progress"]);
  happened.push(["completed", status]);
  let sequence = 0;
  for (const [event, callStatus] of happened) {
    if (!wanted.includes(event)) continue;
    await line.deliverStatus({
      url,
      method: methodOf(attributes.statusCallbackMethod),
      params: {
        ...line.standardParams(),
        ...progressParameters(event === "completed" ? durationSec : 0, sequence, line.nowMs()),
        CallSid: callSid,
        ParentCallSid: line.party.callSid,
        CallStatus: callStatus,
        Direction: "outbound-dial",
        To: address,
        Called: address,
      },
    });
    sequence += 1;
  }
}
