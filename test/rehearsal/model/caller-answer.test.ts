import { describe, expect, test } from "vitest";
import {
  actionUrl,
  conference,
  connectStream,
  conversationRelay,
  defineFlow,
  dial,
  enqueue,
  gather,
  goTo,
  hangup,
  number,
  pause,
  pay,
  raw,
  refer,
  say,
  sms,
  type Verb,
  wait,
  whisper,
} from "../../../core/index.ts";
import { appointment } from "../../../flows/appointment.ts";
import { frontDesk } from "../../../flows/front-desk.ts";
import { survey } from "../../../flows/survey.ts";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import { answerAt, inputFor, modelRecordingUrl } from "../../../rehearsal/model/caller-answer.ts";
import { startState } from "../../../rehearsal/model/flow-model.ts";

const silence: CallerStep = { kind: "silence" };
const desk = (step: string) => ({ ...startState(frontDesk), step });

/** A step with this document. */
const asking = (...verbs: Verb[]) =>
  defineFlow<"ask" | "end", Record<never, never>>({
    name: "asks",
    start: "ask",
    steps: { ask: { prompt: () => verbs, next: () => goTo("end") }, end: { prompt: () => [hangup()] } },
    lastResort: () => [hangup()],
  });
const inputAt = (flow: ReturnType<typeof asking>, step: CallerStep) => inputFor(flow, startState(flow), step);

test("keys beyond what a gather asks for are lost, and words where it takes none are silence", () => {
  const start = startState(appointment);
  expect(inputFor(appointment, start, { kind: "digits", digits: "12" })).toEqual({ kind: "digits", digits: "1" });
  expect(inputFor(appointment, start, { kind: "digits", digits: "#1" })).toEqual({ kind: "nothing" });
  expect(inputFor(appointment, start, { kind: "speech", text: "one" })).toEqual({ kind: "nothing" });
  expect(inputFor(survey, startState(survey), { kind: "speech", text: "one" })).toMatchObject({
    kind: "speech",
    text: "one",
  });
});

test("silence goes on without an answer", () => {
  expect(inputFor(appointment, startState(appointment), silence)).toEqual({ kind: "nothing" });
});

test("who hangs up while being asked or connected is gone; a message counts all the same", () => {
  expect(inputFor(appointment, startState(appointment), { kind: "hangup" })).toBe("caller-hangup");
  expect(inputFor(frontDesk, desk("connect"), { kind: "hangup" })).toBe("caller-hangup");
  const left = inputFor(frontDesk, desk("voicemail"), { kind: "record", durationSec: 5, endedBy: "hangup" });
  expect(left).toMatchObject({ kind: "recording", durationSec: 5, endedBy: "hangup" });
});

test("a recording ends by key or by silence, at the URL that was handed in", () => {
  const recorded = (endedBy: "key" | "silence") =>
    inputFor(
      frontDesk,
      desk("voicemail"),
      { kind: "record", durationSec: 5, endedBy },
      { recordingUrl: "https://r/1" },
    );
  expect(recorded("key")).toEqual({ kind: "recording", url: "https://r/1", durationSec: 5, endedBy: "key" });
  expect(recorded("silence")).toMatchObject({ endedBy: "silence" });
});

test("an empty recording is told, or goes on to the next verb: a question that Twilio leaves open", () => {
  expect(inputFor(frontDesk, desk("voicemail"), silence)).toMatchObject({ kind: "recording", durationSec: 0 });
  const passedOver = inputFor(frontDesk, desk("voicemail"), silence, { emptyRecording: "next-verb" });
  expect(passedOver).toEqual({ kind: "nothing" });
});

test("a dial tells what became of it; a caller who does nothing is not answered", () => {
  const busy = inputFor(frontDesk, desk("connect"), { kind: "dial", status: "busy", durationSec: 0 });
  expect(busy).toEqual({ kind: "dial", status: "busy", durationSec: 0, bridged: false });
  expect(inputFor(frontDesk, desk("connect"), silence)).toMatchObject({ status: "no-answer" });
});

test("of two questions the second is met in silence", () => {
  const flow = asking(gather({ input: "speech" }, say("name?")), gather({ numDigits: 1 }, say("or press 1")));
  expect(answerAt(flow, startState(flow), { kind: "digits", digits: "1" })).toEqual({
    taken: { kind: "nothing" },
    questions: 2,
  });
  expect(answerAt(flow, startState(flow), { kind: "speech", text: "Bob" })).toMatchObject({
    taken: { text: "Bob" },
    questions: 1,
  });
});

test("a gather that nobody answers may be followed by the end of the call", () => {
  const flow = asking(gather({ numDigits: 1 }, say("quick!")), hangup());
  expect(inputAt(flow, silence)).toBe("end-of-document");
  expect(inputAt(flow, { kind: "digits", digits: "1" })).toMatchObject({ digits: "1" });
});

test("a document without a question goes on by itself", () => {
  const flow = asking(say("one moment"), pause(2));
  expect(answerAt(flow, startState(flow), silence)).toEqual({ taken: { kind: "nothing" }, questions: 0 });
});

test("a gather in raw TwiML is a gather", () => {
  const flow = asking(raw("Gather", { action: actionUrl, numDigits: 2 }, raw("Say", {}, "two digits?")));
  expect(inputAt(flow, { kind: "digits", digits: "123" })).toEqual({ kind: "digits", digits: "12" });
  expect(inputAt(asking(raw("Gather", { action: actionUrl, actionOnEmptyResult: true })), silence)).toEqual({
    kind: "nothing",
  });
});

test("other verbs in raw TwiML tell their outcome, also of a caller who hangs up there", () => {
  const enqueue = asking(raw("Enqueue", { action: actionUrl }, "support"));
  expect(inputAt(enqueue, { kind: "queue", result: "queue-full", waitSec: 0 })).toEqual({
    kind: "queue",
    result: "queue-full",
    waitedSec: 0,
  });
  expect(inputAt(enqueue, { kind: "hangup" })).toEqual({
    kind: "gone",
    input: { kind: "queue", result: "hangup", waitedSec: 0 },
  });
  const pay = asking(raw("Pay", { action: actionUrl }));
  expect(inputAt(pay, { kind: "pay", result: "success" })).toMatchObject({ kind: "pay", result: "success" });
  expect(inputAt(pay, silence)).toMatchObject({ kind: "pay", result: "too-many-failed-attempts" });
  const relay = asking(raw("Connect", { action: actionUrl }, raw("ConversationRelay", { url: "wss://example.com" })));
  expect(inputAt(relay, silence)).toMatchObject({ kind: "connect", status: "ended" });
  const stream = asking(raw("Connect", { action: actionUrl }, raw("Stream", { url: "wss://example.com" })));
  expect(inputAt(stream, silence)).toMatchObject({ kind: "connect", status: "ended" });
});

test("a raw verb that asks for no request is followed by the next one", () => {
  const flow = asking(raw("Enqueue", {}, "support"), gather({ numDigits: 1 }, say("still there?")));
  const queued: CallerStep = { kind: "queue", result: "bridged", waitSec: 30 };
  expect(answerAt(flow, startState(flow), queued)).toEqual({ taken: { kind: "nothing" }, questions: 2 });
  expect(inputAt(flow, { kind: "hangup" })).toBe("caller-hangup");
});

test("a caller who hangs up in a dial may be told of all the same: a question that Twilio leaves open", () => {
  const told = inputFor(frontDesk, desk("connect"), { kind: "hangup" }, { dialActionAfterHangup: true });
  expect(told).toEqual({ kind: "gone", input: { kind: "dial", status: "completed", durationSec: 0, bridged: false } });
});

test("a message and a conversation are cut where the verb says so", () => {
  const long: CallerStep = { kind: "record", durationSec: 500, endedBy: "hangup" };
  expect(inputFor(frontDesk, desk("voicemail"), long)).toMatchObject({ durationSec: 120, endedBy: "silence" });
  const flow = asking(dial("+815012345678", { timeLimit: 60 }));
  expect(inputAt(flow, { kind: "dial", status: "completed", durationSec: 90 })).toMatchObject({ durationSec: 60 });
});

describe("typed verbs tell what Twilio tells of them", () => {
  const talks = (pressed?: string): CallerStep => ({
    ...({ kind: "dial", status: "completed", durationSec: 10 } as const),
    ...(pressed === undefined ? {} : { pressed }),
  });

  test("who is asked in a whisper is connected by the key alone; how declining is told, Twilio leaves open", () => {
    const flow = asking(dial(number("+815012345678", { whisper: whisper([say("for you")], { accept: "1" }) })));
    expect(inputAt(flow, talks("1"))).toEqual({ kind: "dial", status: "completed", durationSec: 10, bridged: true });
    for (const pressed of ["2", ""]) {
      expect(inputAt(flow, talks(pressed))).toEqual({
        ...{ kind: "dial", status: "completed", durationSec: 0, bridged: false },
      });
      const declined = { declinedDialStatus: "no-answer" } as const;
      expect(inputFor(flow, startState(flow), talks(pressed), declined)).toMatchObject({ status: "no-answer" });
    }
    const hears = asking(dial(number("+815012345678", { whisper: whisper([say("for you")]) })));
    expect(inputAt(hears, talks())).toMatchObject({ status: "completed", durationSec: 10 });
  });

  test("a conference is answered, whatever becomes of the others; one who hangs up there is gone", () => {
    const flow = asking(dial(conference("room")));
    expect(inputAt(flow, talks())).toEqual({ kind: "dial", status: "answered", durationSec: 0, bridged: true });
    expect(inputAt(flow, silence)).toMatchObject({ status: "answered" });
    expect(inputAt(flow, { kind: "hangup" })).toBe("caller-hangup");
  });

  test("of several who are called one after the other nobody answers unless the first does", () => {
    const flow = asking(dial(["+815012345678", "+815012345679"], { sequential: true }));
    expect(inputAt(flow, { kind: "dial", status: "busy", durationSec: 0 })).toMatchObject({ status: "no-answer" });
    expect(answerAt(flow, startState(flow), { kind: "dial", status: "busy", durationSec: 0 }).questions).toBe(2);
    expect(answerAt(flow, startState(flow), talks()).questions).toBe(1);
  });

  test("a dial that is recorded tells its recording, if anybody talked", () => {
    const flow = asking(dial("+815012345678", { record: "record-from-answer" }));
    expect(inputAt(flow, talks())).toMatchObject({ recordingUrl: modelRecordingUrl });
    expect(inputAt(flow, silence)).toEqual({ kind: "dial", status: "no-answer", durationSec: 0, bridged: false });
  });

  test("the key of a wait leaves the queue, another one does not", () => {
    const flow = asking(enqueue("support", { wait: wait([say("wait")], { leave: "9" }) }));
    const queued = (pressed: string): CallerStep => ({ kind: "queue", result: "bridged", waitSec: 10, pressed });
    expect(inputAt(flow, queued("9"))).toMatchObject({ kind: "queue", result: "leave" });
    expect(inputAt(flow, queued("1"))).toEqual({ kind: "queue", result: "bridged", waitedSec: 10 });
  });

  test("a charge has a confirmation, a card that is kept a token, a failure neither", () => {
    const paid: CallerStep = { kind: "pay", result: "success" };
    const charge = inputAt(asking(pay({ chargeAmount: "10.00" })), paid);
    expect(charge).toMatchObject({ confirmationCode: expect.stringMatching(/^ch_/), token: undefined });
    const kept = inputAt(asking(pay({ tokenType: "reusable" })), paid);
    expect(kept).toMatchObject({ confirmationCode: undefined, token: expect.stringMatching(/^pt_/) });
    expect(inputAt(asking(pay({ chargeAmount: "10.00" })), silence)).toMatchObject({
      ...{ result: "too-many-failed-attempts", confirmationCode: undefined, token: undefined },
    });
  });

  test("a session tells its hand-off or its error; a stream, that it is over", () => {
    const relay = asking(conversationRelay("wss://agent.example.com"));
    const session = (status: "ended" | "failed", detail: string): CallerStep => ({
      ...{ kind: "connect", status, durationSec: 10, detail },
    });
    expect(inputAt(relay, session("ended", "to ann"))).toMatchObject({ status: "ended", handoff: "to ann" });
    expect(inputAt(relay, session("failed", "39001"))).toMatchObject({ status: "failed", errorCode: "39001" });
    expect(inputAt(asking(connectStream("wss://agent.example.com")), session("ended", "to ann"))).toEqual({
      ...{ kind: "connect", status: "ended", handoff: undefined, errorCode: undefined },
    });
  });

  test("a refer tells the answer of the other side, a message whether it can be sent; nobody is asked for that", () => {
    const flow = asking(refer("sip:desk@example.com"));
    expect(inputAt(flow, { kind: "refer", sipStatus: 603 })).toEqual({
      ...{ kind: "refer", status: "failed", sipStatus: 603 },
    });
    const message = asking(sms("call again"));
    expect(answerAt(message, startState(message), silence)).toEqual({
      ...{ taken: { kind: "sms", status: "sending" }, questions: 0 },
    });
    expect(inputAt(asking(sms("call again", { to: "nobody" })), silence)).toMatchObject({ status: "invalid" });
  });

  test("what Twilio is known to have done goes before what the model makes of the caller", () => {
    const flow = asking(enqueue("support"));
    const executed = () => ({ QueueResult: "error", QueueTime: "4" });
    const taken = inputFor(flow, startState(flow), { kind: "queue", result: "bridged", waitSec: 30 }, { executed });
    expect(taken).toEqual({ kind: "queue", result: "error", waitedSec: 4 });
  });
});
