import type { CallLine } from "./call-line.ts";
import type { CallerStep } from "./caller-script.ts";
import type { TwimlElement } from "./twiml-document.ts";
import {
  afterHangup,
  type DocumentUrl,
  methodOf,
  nextVerb,
  requestTo,
  resolveUrl,
  type VerbResult,
} from "./verb-result.ts";

type Recording = { durationSec: number; digits: string | undefined; hangup: boolean };

/** Default action: the URL of the current document. After a hang-up the action is still requested [D record page]. */
export async function runRecord(record: TwimlElement, line: CallLine, documentUrl: DocumentUrl): Promise<VerbResult> {
  const { attributes } = record;
  const action = attributes.action || documentUrl;
  if (action === undefined) {
    return {
      kind: "failed",
      errorCode: 11100,
      errorUrl: "",
      detail: "<Record> without action in a document without URL",
    };
  }
  const sid = line.nextSid("RE");
  const { accountSid } = line.party;
  const url = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`;
  const report = (status: "in-progress" | "completed" | "absent", durationSec: number) =>
    reportRecording(attributes, "RecordVerb", status, { sid, url, durationSec }, line, documentUrl);

  await report("in-progress", 0);
  const answered = line.ask("Record", record);
  const step = answered instanceof Promise ? await answered : answered;
  const recording = bounded(toRecording(step, attributes.finishOnKey ?? "1234567890*#"), attributes.maxLength);
  await line.pass(recording.durationSec * 1000);
  if (recording.hangup) line.finish("completed");
  if (recording.durationSec === 0 && line.dialect.emptyRecording === "next-verb") {
    await report("absent", 0);
    return recording.hangup ? { kind: "ended", ended: "caller-hangup" } : nextVerb;
  }
  await report("completed", recording.durationSec);
  if (attributes.transcribe === "true" || attributes.transcribeCallback !== undefined) {
    reportTranscription(attributes.transcribeCallback, { sid, url }, line, documentUrl);
  }
  const result = requestTo("action", action, documentUrl, attributes.method, {
    RecordingSid: sid,
    RecordingUrl: url,
    RecordingDuration: String(recording.durationSec),
    ...(recording.digits === undefined ? {} : { Digits: recording.digits }),
  });
  return recording.hangup ? afterHangup(result) : result;
}

/** To the `recordingStatusCallback` of a Record or Dial, if it is wanted; default: when completed [D record page]. */
export async function reportRecording(
  attributes: Readonly<Record<string, string>>,
  source: "RecordVerb" | "DialVerb",
  status: "in-progress" | "completed" | "absent",
  recording: { sid: string; url: string; durationSec: number },
  line: CallLine,
  documentUrl: DocumentUrl,
): Promise<void> {
  const { recordingStatusCallback, recordingStatusCallbackEvent, recordingStatusCallbackMethod } = attributes;
  if (recordingStatusCallback === undefined) return;
  if (!(recordingStatusCallbackEvent ?? "completed").split(/\s+/).includes(status)) return;
  const url = resolveUrl(recordingStatusCallback, documentUrl);
  if (url === undefined) return;
  const { accountSid, callSid } = line.party;
  await line.deliverStatus({
    url,
    method: methodOf(recordingStatusCallbackMethod),
    params: {
      AccountSid: accountSid,
      CallSid: callSid,
      RecordingSid: recording.sid,
      RecordingUrl: recording.url,
      RecordingDuration: String(recording.durationSec),
      RecordingStatus: status,
      RecordingChannels: attributes.record?.endsWith("dual") ? "2" : "1",
      RecordingSource: source,
    },
  });
}

/** It takes a while, so it never comes before the action request. */
function reportTranscription(
  callback: string | undefined,
  recording: { sid: string; url: string },
  line: CallLine,
  documentUrl: DocumentUrl,
): void {
  const url = callback === undefined ? undefined : resolveUrl(callback, documentUrl);
  if (url === undefined) return;
  line.state.held.push({
    url,
    method: "POST",
    params: {
      ...line.standardParams(),
      TranscriptionSid: line.nextSid("TR"),
      TranscriptionStatus: "completed",
      TranscriptionText: "(what was said)",
      RecordingSid: recording.sid,
      RecordingUrl: recording.url,
    },
  });
}

function bounded(recording: Recording, maxLength = "3600"): Recording {
  const maxSec = Number(maxLength);
  return recording.durationSec <= maxSec ? recording : { durationSec: maxSec, digits: undefined, hangup: false };
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
    default:
      return { durationSec: 0, digits: undefined, hangup: false };
  }
}
