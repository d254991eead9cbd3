import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toInput, toOutcome, type YieldingVerb } from "../../core/input.ts";

type Params = Readonly<Record<string, string>>;
const input = (verb: YieldingVerb, params: Params) => toInput(verb, new Map(Object.entries(params)));
const outcome = (params: Params) => toOutcome(new Map(Object.entries(params)));
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
    ["a queue", "raw", { QueueResult: "bridged" }, { kind: "queue", result: "bridged" }],
    ["a payment", "raw", { Result: "success" }, { kind: "pay", result: "success" }],
    ["a session", "raw", { SessionStatus: "ended" }, { kind: "connect", status: "ended" }],
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
  test.each<[string, Params, object | undefined]>([
    [
      "a recording is there",
      { RecordingUrl: recording, RecordingStatus: "completed", RecordingDuration: "7" },
      { kind: "recording", url: recording, durationSec: 7, endedBy: "unknown" },
    ],
    ["a recording is still made", { RecordingUrl: recording, RecordingStatus: "in-progress" }, undefined],
    ["a recording was not kept", { RecordingUrl: recording, RecordingStatus: "absent" }, undefined],
    [
      "a dialled leg ended",
      { ParentCallSid: "CA1", CallStatus: "completed", CallDuration: "61" },
      { kind: "dial", status: "completed", durationSec: 61 },
    ],
    [
      "a dialled leg was busy",
      { ParentCallSid: "CA1", CallStatus: "busy" },
      { kind: "dial", status: "busy", durationSec: 0 },
    ],
    ["a dialled leg rings", { ParentCallSid: "CA1", CallStatus: "ringing" }, undefined],
    ["the call itself ended", { CallStatus: "completed" }, undefined],
    ["nothing", {}, undefined],
  ])("is read: %s", (_what, params, expected) => {
    expect(outcome(params)).toEqual(expected);
  });
});
