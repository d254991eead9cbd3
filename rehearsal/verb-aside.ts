import type { CallLine } from "./call-line.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { type DocumentUrl, nextVerb, requestToAction, resolveUrl, type VerbResult } from "./verb-result.ts";

/** Sent to the caller, or on an outbound call to the person called, unless `to` says otherwise [D TwiML sms page]. */
export function runSms(sms: TwimlElement, line: CallLine, documentUrl: DocumentUrl): VerbResult {
  const { attributes } = sms;
  const { party } = line;
  const to = attributes.to ?? (party.direction === "inbound" ? party.from : party.to);
  const isValid = /^\+\d{3,15}$/.test(to.trim()) && sms.text.trim() !== "";
  const smsSid = line.nextSid("SM");
  const told = { SmsSid: smsSid, SmsStatus: isValid ? "sending" : "invalid" };
  line.journal.executed(sms, told);
  const url = attributes.statusCallback === undefined ? undefined : resolveUrl(attributes.statusCallback, documentUrl);
  if (url !== undefined) {
    // a message is no call: nothing here names one [D TwiML sms page]
    const status = isValid ? "sent" : "failed";
    const params = {
      AccountSid: party.accountSid,
      ApiVersion: "2010-04-01",
      From: attributes.from ?? (party.direction === "inbound" ? party.to : party.from),
      To: to,
      ...{ MessageSid: smsSid, MessageStatus: status, SmsSid: smsSid, SmsStatus: status },
    };
    line.state.sendAside(() => line.sendStatus({ url, method: "POST", params }));
  }
  return requestToAction(attributes, documentUrl, told);
}

const urlAttributes = ["url", "statusCallback", "statusCallbackUrl", "recordingStatusCallback"];

/**
 * Start and Stop: what they begin runs beside the call, so the next verb follows at once. Their URLs must be absolute:
 * a relative one is error 11200 [O], and is not asked.
 */
export function runStart(start: TwimlElement, line: CallLine): VerbResult {
  for (const child of start.children) {
    for (const name of urlAttributes) {
      const reference = child.attributes[name];
      if (reference === undefined || resolveUrl(reference, undefined) !== undefined) continue;
      const detail = `<${child.name}> ${name} must be an absolute URL`;
      line.journal.alert({ errorCode: 11200, url: reference, level: "ERROR", detail });
    }
    const url = resolveUrl(child.attributes.recordingStatusCallback ?? "", undefined);
    if (child.name === "Recording" && url !== undefined) reportAtTheEnd(url, line);
  }
  return nextVerb;
}

function reportAtTheEnd(url: string, line: CallLine): void {
  const { accountSid, callSid } = line.party;
  const sid = line.nextSid("RE");
  line.state.atTheEnd.push(() => ({
    url,
    method: "POST",
    params: {
      AccountSid: accountSid,
      CallSid: callSid,
      RecordingSid: sid,
      RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`,
      RecordingDuration: String(line.journal.callSeconds()),
      RecordingStatus: "completed",
      RecordingChannels: "1",
      RecordingSource: "StartCallRecordingTwiML",
    },
  }));
}
