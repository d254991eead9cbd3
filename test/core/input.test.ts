import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toInput, toOutcome, type YieldingVerb } from "../../core/input.ts";

type Params = Readonly<Record<string, string>>;
const input = (verb: YieldingVerb, params: Params) => toInput(verb, new Map(Object.entries(params)));
const outcome = (verb: string, params: Params) => toOutcome(verb, new Map(Object.entries(params)));
const recording = "https://api.example.com/recordings/RE1";

describe("the caller's answer", () => {
  test.each<[string, YieldingVerb, Params, object | undefined]>([
    ["keys", "gather", { Digits: "12#" }, { kind: "digits", digits: "12#" }],
    ["speech", "gather", { SpeechResult: "yes", Confidence: "0.9" }, { kind: "speech", text: "yes", confidence: 0.9 }],
    [
      "speech of unknown confidence",
      "gather",
      { SpeechResult: "yes", Confidence: "" },
      { kind: "speech", text: "yes", confidence: undefined },
    ],
    ["keys before speech", "gather", { Digits: "1", SpeechResult: "no" }, { kind: "digits", digits: "1" }],
    ["silence", "gather", { Digits: "" }, { kind: "nothing" }],
    ["silence in speech", "gather", { SpeechResult: "" }, { kind: "nothing" }],
    ["not there: the fallback request did not repeat it", "gather", { CallStatus: "in-progress" }, undefined],
    [
      "a recording ended by a key",
      "record",
      { RecordingUrl: recording, RecordingDuration: "7", Digits: "#" },
      { kind: "recording", url: recording, durationSec: 7, endedBy: "key" },
    ],
    [
      "a recording ended by silence",
      "record",
      { RecordingUrl: recording, RecordingDuration: "7", Digits: "" },
      { kind: "recording", url: recording, durationSec: 7, endedBy: "silence" },
    ],
    [
      "a recording ended by hanging up",
      "record",
      { RecordingUrl: recording, Digits: "hangup" },
      { kind: "recording", url: recording, durationSec: 0, endedBy: "hangup" },
    ],
    ["no recording", "record", { RecordingDuration: "7" }, undefined],
    ["a dial that was busy", "dial", { DialCallStatus: "busy" }, { kind: "dial", status: "busy", durationSec: 0 }],
    [
      "a dial that was answered",
      "dial",
      { DialCallStatus: "completed", DialCallDuration: "61", CallStatus: "completed" },
      { kind: "dial", status: "completed", durationSec: 61 },
    ],
    ["a caller who hung up while it rang", "dial", { CallStatus: "completed" }, { kind: "hangup" }],
    ["a dial of an unknown status", "dial", { DialCallStatus: "teleported" }, undefined],
    ["a plain way on", "next", { Digits: "1" }, { kind: "nothing" }],
    ["a queue", "raw", { QueueResult: "bridged" }, { kind: "queue", result: "bridged", waitedSec: 0 }],
    ["a payment", "raw", { Result: "success" }, { kind: "pay", result: "success" }],
    ["a session", "raw", { SessionStatus: "ended" }, { kind: "connect", status: "ended" }],
    [
      "a wait in a queue",
      "enqueue",
      { QueueResult: "leave", QueueTime: "42" },
      { kind: "queue", result: "leave", waitedSec: 42 },
    ],
    [
      "a payment that was made",
      "pay",
      { Result: "success", PaymentConfirmationCode: "ch_1", PaymentToken: "tok_1" },
      { kind: "pay", result: "success", confirmationCode: "ch_1", token: "tok_1" },
    ],
    [
      "an agent that hands over",
      "connect",
      { SessionStatus: "ended", HandoffData: '{"to":"desk"}' },
      { kind: "connect", status: "ended", handoff: '{"to":"desk"}', errorCode: undefined },
    ],
    [
      "an agent that failed: its ErrorCode is part of the answer",
      "connect",
      { SessionStatus: "failed", ErrorCode: "39001" },
      { kind: "connect", status: "failed", handoff: undefined, errorCode: "39001" },
    ],
    [
      "a media stream that was closed",
      "connect",
      { StreamSid: "MZ1" },
      { kind: "connect", status: "ended", handoff: undefined, errorCode: undefined },
    ],
    [
      "a call handed over by SIP",
      "refer",
      { ReferCallStatus: "completed", ReferSipResponseCode: "202" },
      { kind: "refer", status: "completed", sipStatus: 202 },
    ],
    ["a message", "sms", { SmsStatus: "sending" }, { kind: "sms", status: "sending" }],
    [
      "a Dial that was recorded",
      "dial",
      { DialCallStatus: "completed", RecordingUrl: recording },
      { kind: "dial", status: "completed", durationSec: 0, recordingUrl: recording },
    ],
    ["a result that is no word of Twilio's", "pay", { Result: "<script>" }, undefined],
    ["keys of a raw gather", "raw", { Digits: "1" }, { kind: "digits", digits: "1" }],
    ["nothing of a raw verb", "raw", {}, undefined],
  ])("is read: %s", (_what, verb, params, expected) => {
    expect(input(verb, params)).toEqual(expected);
  });

  test("never has a duration or confidence that is no number", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const recorded = input("record", { RecordingUrl: recording, RecordingDuration: text });
        expect(recorded?.kind === "recording" && Number.isFinite(recorded.durationSec)).toBe(true);
        const spoken = input("gather", { SpeechResult: "x", Confidence: text });
        expect(spoken?.kind === "speech" && (spoken.confidence ?? 0)).toSatisfy(Number.isFinite);
      }),
    );
  });
});

describe("the outcome that a status callback tells", () => {
  test.each<[string, string, Params, object | undefined]>([
    [
      "a recording is there",
      "record",
      { RecordingUrl: recording, RecordingStatus: "completed", RecordingDuration: "7" },
      { kind: "recording", url: recording, durationSec: 7, endedBy: "unknown" },
    ],
    ["a recording is still made", "record", { RecordingUrl: recording, RecordingStatus: "in-progress" }, undefined],
    ["a recording was not kept", "record", { RecordingUrl: recording, RecordingStatus: "absent" }, undefined],
    [
      "a dialled leg ended",
      "dial",
      { ParentCallSid: "CA1", CallStatus: "completed", CallDuration: "61" },
      { kind: "dial", status: "completed", durationSec: 61 },
    ],
    [
      "a dialled leg was busy",
      "dial",
      { ParentCallSid: "CA1", CallStatus: "busy" },
      { kind: "dial", status: "busy", durationSec: 0 },
    ],
    ["a dialled leg rings", "dial", { ParentCallSid: "CA1", CallStatus: "ringing" }, undefined],
    ["the call itself ended", "dial", { CallStatus: "completed" }, undefined],
    ["nothing", "dial", {}, undefined],
    [
      "the caller left the conference",
      "dial",
      { StatusCallbackEvent: "participant-leave" },
      { kind: "dial", status: "answered", durationSec: 0 },
    ],
    ["somebody joined the conference", "dial", { StatusCallbackEvent: "participant-join" }, undefined],
    ["a Dial was recorded", "dial", { RecordingUrl: recording, RecordingStatus: "completed" }, undefined],
    ["a dialled leg ended, to a record", "record", { ParentCallSid: "CA1", CallStatus: "completed" }, undefined],
    ["anything, to a gather", "gather", { ParentCallSid: "CA1", CallStatus: "completed" }, undefined],
  ])("is read: %s", (_what, verb, params, expected) => {
    expect(outcome(verb, params)).toEqual(expected);
  });
});
