import type { CallLine } from "./call-line.ts";
import type { CallerStep } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { methodOf, nextVerb, requestTo, resolveUrl, type VerbResult } from "./verb-result.ts";

type Recording = { durationSec: number; digits: string | undefined; hangup: boolean };

/** Default action: the URL of the current document. After a hang-up the action is still requested [D record page]. */
export async function runRecord(record: TwimlElement, line: CallLine, documentUrl: string): Promise<VerbResult> {
  const { attributes } = record;
  const recording = toRecording(line.ask("Record"), attributes.finishOnKey ?? "1234567890*#");
  await line.pass(recording.durationSec * 1000);
  if (recording.hangup) line.finish("completed");
  if (recording.durationSec === 0 && line.dialect.emptyRecording === "next-verb") {
    return recording.hangup ? { kind: "ended", ended: "caller-hangup" } : nextVerb;
  }
  const sid = line.nextSid("RE");
  const { accountSid, callSid } = line.party;
  const params = {
    RecordingSid: sid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`,
    RecordingDuration: String(recording.durationSec),
  };
  const statusUrl = attributes.recordingStatusCallback;
  const events = (attributes.recordingStatusCallbackEvent ?? "completed").split(/\s+/);
  const resolved = statusUrl === undefined ? undefined : resolveUrl(statusUrl, documentUrl);
  if (resolved !== undefined && events.includes("completed")) {
    const own = { RecordingStatus: "completed", RecordingChannels: "1", RecordingSource: "RecordVerb" };
    await line.deliverStatus({
      url: resolved,
      method: methodOf(attributes.recordingStatusCallbackMethod),
      params: { AccountSid: accountSid, CallSid: callSid, ...params, ...own },
    });
  }
  const result = requestTo("action", attributes.action || documentUrl, documentUrl, attributes.method, {
    ...params,
    ...(recording.digits === undefined ? {} : { Digits: recording.digits }),
  });
  if (!recording.hangup || result.kind !== "request") return result;
  return { kind: "request", request: { ...result.request, callerGone: true } };
}

/** A step of another verb is taken for what it would sound like: speech of 3 s, or keys that end the recording. */
function toRecording(step: CallerStep, finishOnKey: string): Recording {
  switch (step.kind) {
    case "record":
      return {
        durationSec: step.durationSec,
        digits: step.endedBy === "key" ? (finishOnKey.at(-1) ?? "#") : step.endedBy === "hangup" ? "hangup" : undefined,
        hangup: step.endedBy === "hangup",
      };
    case "hangup":
      return { durationSec: 0, digits: "hangup", hangup: true };
    case "digits": {
      const endKey = [...step.digits].find((key) => finishOnKey.includes(key));
      return { durationSec: 3, digits: endKey, hangup: false };
    }
    case "speech":
      return { durationSec: 3, digits: undefined, hangup: false };
    case "silence":
    case "dial":
      return { durationSec: 0, digits: undefined, hangup: false };
  }
}
