import type { CallLine } from "./call-line.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { type DocumentUrl, methodOf, resolveUrl } from "./verb-result.ts";

/** What happens to one participant, by the words in which a Conference subscribes to it [D conference page]. */
const happenings = [
  ["join", "participant-join"],
  ["leave", "participant-leave"],
] as const;

/**
 * Tells the `statusCallback` of a Conference that this caller came and left. Such a request is about the participant: it has
 * their CallSid, and neither CallStatus nor ParentCallSid [D conference page].
 */
export async function reportParticipant(
  conference: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
): Promise<void> {
  const { attributes, text } = conference;
  const { statusCallback, statusCallbackEvent = "", statusCallbackMethod } = attributes;
  const url = statusCallback === undefined ? undefined : resolveUrl(statusCallback, documentUrl);
  if (url === undefined) return;
  const wanted = statusCallbackEvent.split(/\s+/);
  const conferenceSid = line.nextSid("CF");
  for (const [at, [event, told]] of happenings.entries()) {
    if (!wanted.includes(event)) continue;
    await line.deliverStatus({
      url,
      method: methodOf(statusCallbackMethod),
      params: {
        AccountSid: line.party.accountSid,
        CallSid: line.party.callSid,
        ConferenceSid: conferenceSid,
        FriendlyName: text.trim(),
        StatusCallbackEvent: told,
        SequenceNumber: String(at + 1),
        Timestamp: new Date(line.nowMs()).toUTCString().replace("GMT", "+0000"),
        Muted: attributes.muted ?? "false",
        Hold: "false",
        Coaching: "false",
        StartConferenceOnEnter: attributes.startConferenceOnEnter ?? "true",
        EndConferenceOnExit: attributes.endConferenceOnExit ?? "false",
      },
    });
  }
}
