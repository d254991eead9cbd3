import { describe, expect, test } from "vitest";
import type { CallerStep } from "../../../rehearsal/caller-script.ts";
import { account, base, call, mp3, type Routes, xml } from "./in-memory.ts";

const talked: CallerStep = { kind: "dial", status: "completed", durationSec: 30 };
const busy: CallerStep = { kind: "dial", status: "busy", durationSec: 0 };
const dial = (attributes: string, nouns = "<Number>+15005550003</Number>"): Routes => ({
  "/voice": xml(`<Dial ${attributes}>${nouns}</Dial><Say>Next.</Say>`),
  "/done": xml("<Hangup/>"),
  "/status": "",
});

describe("4.6 Dial", () => {
  test("4.6: the action is told how it ended; what follows the Dial is unreachable", async () => {
    const { of, record } = await call(dial('action="/done"'), [talked]);
    expect(of("/done")[0]?.params).toMatchObject({
      DialCallStatus: "completed",
      DialCallSid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      DialCallDuration: "30",
      DialBridged: "true",
    });
    expect(record.heard).toEqual([]);
  });

  test.each(["busy", "no-answer", "failed"] as const)("4.6: %s is DialCallStatus, not bridged", async (status) => {
    const { of } = await call(dial('action="/done"'), [{ kind: "dial", status, durationSec: 0 }]);
    expect(of("/done")[0]?.params).toMatchObject({ DialCallStatus: status, DialBridged: "false" });
  });

  test("4.6: without action the next verb follows", async () => {
    expect((await call(dial(""), [talked])).record.heard).toEqual(["Next."]);
  });

  test("4.6: hanging up ends the session, and no document is executed any more", async () => {
    const { record, paths } = await call(dial('action="/done"'), [{ kind: "hangup" }]);
    expect([record.ended, record.heard, paths]).toEqual(["caller-hangup", [], ["/voice"]]);
  });

  test("4.6: timeLimit ends the talk, and * leaves it if hangupOnStar says so", async () => {
    const limited = await call(dial('action="/done" timeLimit="20"'), [talked]);
    expect(limited.of("/done")[0]?.params.DialCallDuration).toBe("20");
    const star: CallerStep[] = [{ kind: "digits", digits: "*" }];
    const left = await call(dial('action="/done" hangupOnStar="true"'), star);
    expect(left.of("/done")[0]?.params.DialCallStatus).toBe("completed");
    const ignored = await call(dial('action="/done"'), star);
    expect(ignored.of("/done")[0]?.params.DialCallStatus).toBe("no-answer");
  });

  test("4.6: answerOnBridge changes nothing that the application sees", async () => {
    const plain = await call(dial('action="/done"'), [talked]);
    const bridged = await call(dial('action="/done" answerOnBridge="true"'), [talked]);
    expect(bridged.asked.map(({ params }) => params)).toEqual(plain.asked.map(({ params }) => params));
  });

  test("4.6: a conference sends neither DialCallSid nor DialCallDuration", async () => {
    const { of } = await call(dial('action="/done"', "<Conference>room</Conference>"), [talked]);
    expect(of("/done")[0]?.params.DialCallStatus).toBe("answered");
    expect(of("/done")[0]?.params).not.toHaveProperty("DialCallSid");
    expect(of("/done")[0]?.params).not.toHaveProperty("DialCallDuration");
  });

  test("4.6: a conference tells who came and left by the participant's CallSid, without CallStatus, if it is asked to", async () => {
    const room = (events: string) =>
      dial('action="/done"', `<Conference statusCallback="/status" ${events}>room</Conference>`);
    const all = await call(room('statusCallbackEvent="join leave"'), [talked]);
    expect(all.of("/status").map(({ params }) => params.StatusCallbackEvent)).toEqual([
      "participant-join",
      "participant-leave",
    ]);
    const [left] = (await call(room('statusCallbackEvent="leave"'), [{ kind: "hangup" }])).of("/status");
    expect(left?.params).toMatchObject({
      CallSid: account.callSid,
      ConferenceSid: expect.stringMatching(/^CF/),
      FriendlyName: "room",
      StatusCallbackEvent: "participant-leave",
    });
    expect(left?.params).not.toHaveProperty("CallStatus");
    expect(left?.params).not.toHaveProperty("ParentCallSid");
    expect((await call(room(""), [talked])).of("/status")).toEqual([]);
  });

  test("4.6: whoever dials a conference is in it, and its DialCallStatus is answered", async () => {
    const { of } = await call(dial('action="/done"', "<Conference>room</Conference>"), [{ kind: "silence" }]);
    expect(of("/done")[0]?.params.DialCallStatus).toBe("answered");
  });

  test("4.6: a client is called by its Identity, and named by its URI", async () => {
    const ann = '<Client url="/whisper"><Identity>ann</Identity><Parameter name="desk" value="front"/></Client>';
    const { of, record } = await call({ ...dial('action="/done"', ann), "/whisper": xml("") }, [talked]);
    expect(of("/whisper")[0]?.params.To).toBe("client:ann");
    expect(record.alerts).toEqual([]);
  });

  test("4.6: SIP adds its own parameters", async () => {
    const { of } = await call(dial('action="/done"', "<Sip>sip:a@b.example</Sip>"), [busy]);
    expect(of("/done")[0]?.params).toMatchObject({ DialCallStatus: "busy", DialSipResponseCode: "486" });
  });

  test("4.6: several nouns ring at once; with sequential one after the other until somebody answers", async () => {
    const nouns = ["3", "4", "5"].map((end) => `<Number statusCallback="/status">+1500555000${end}</Number>`).join("");
    const together = await call(dial('action="/done"', nouns), [talked]);
    const outcomes = (placed: typeof together) =>
      placed.of("/status").map(({ params }) => `${params.To?.at(-1)} ${params.CallStatus}`);
    expect(outcomes(together)).toEqual(["3 completed", "4 canceled", "5 canceled"]);
    const inTurn = await call(dial('action="/done" sequential="true"', nouns), [busy, talked]);
    expect(outcomes(inTurn)).toEqual(["3 busy", "4 completed"]);
    expect(inTurn.of("/done")[0]?.params.DialCallStatus).toBe("completed");
  });

  test("4.6: the child's status callback is sent when completed, or for the events that it names, in order", async () => {
    const once = await call(dial("", '<Number statusCallback="/status">+15005550003</Number>'), [talked]);
    expect(once.of("/status").map(({ params }) => params.CallStatus)).toEqual(["completed"]);
    const events = 'statusCallbackEvent="initiated ringing answered completed"';
    const all = await call(dial("", `<Client statusCallback="/status" ${events}>ann</Client>`), [talked]);
    expect(all.of("/status").map(({ params }) => `${params.SequenceNumber} ${params.CallStatus}`)).toEqual([
      "0 initiated",
      "1 ringing",
      "2 in-progress",
      "3 completed",
    ]);
    expect(all.of("/status")[0]?.params).toMatchObject({
      ParentCallSid: all.record.callSid,
      Direction: "outbound-dial",
      To: "client:ann",
    });
  });

  test("4.6: a recorded Dial tells its recording to the action and to recordingStatusCallback", async () => {
    const attributes = 'action="/done" record="record-from-answer-dual" recordingStatusCallback="/status"';
    const { of } = await call(dial(attributes), [talked]);
    expect(of("/done")[0]?.params.RecordingUrl).toMatch(/Recordings\/RE/);
    expect(of("/status")[0]?.params).toMatchObject({ RecordingSource: "DialVerb", RecordingChannels: "2" });
    expect((await call(dial(attributes), [busy])).of("/status")).toEqual([]);
  });
});

describe("4.6 the whisper", () => {
  const whispered = (whisper: string, more: Routes = {}): Routes => ({
    ...dial('action="/done"', '<Number url="/whisper">+15005550003</Number>'),
    "/whisper": xml(whisper),
    ...more,
  });

  test("4.6: it runs on the called leg before bridging: its own CallSid, the parent's beside it", async () => {
    const { of, record, paths } = await call(whispered("<Say>A call for you.</Say>"), [talked]);
    expect(paths).toEqual(["/voice", "/whisper", "/done"]);
    const asked = of("/whisper")[0]?.params ?? {};
    expect(asked).toMatchObject({ ParentCallSid: record.callSid, Direction: "outbound-dial", To: "+15005550003" });
    expect(asked.CallSid).toBe(of("/done")[0]?.params.DialCallSid);
    expect(record.heard).toEqual([]);
    expect(record.events).toContainEqual(expect.objectContaining({ text: "A call for you.", leg: "called" }));
  });

  test("4.6: Hangup there declines, and nobody is bridged", async () => {
    const { of } = await call(whispered("<Hangup/>"), [talked]);
    expect(of("/done")[0]?.params.DialBridged).toBe("false");
  });

  test("4.6: the person called may be asked for keys there", async () => {
    const gather = '<Gather action="/accept" numDigits="1"><Say>Press 1.</Say></Gather><Hangup/>';
    const routes = whispered(gather, { "/accept": ({ params }) => xml(params.Digits === "1" ? "" : "<Hangup/>") });
    const legs: (string | undefined)[] = [];
    const { of } = await call(routes, ({ verb, leg, heard }) => {
      legs.push(leg);
      return verb === "Dial" ? talked : { kind: "digits", digits: heard.includes("Press 1.") ? "1" : "9" };
    });
    expect(legs).toEqual([undefined, "called"]);
    expect(of("/accept")[0]?.params).toMatchObject({ CallSid: of("/whisper")[0]?.params.CallSid, Digits: "1" });
    expect(of("/done")[0]?.params.DialBridged).toBe("true");
  });

  test("4.6: there is no Dial inside (13201)", async () => {
    const { record, paths } = await call(whispered("<Dial>+15005550009</Dial>"), [talked]);
    expect(record.alerts).toMatchObject([{ errorCode: 13201, level: "ERROR" }]);
    expect(paths).toEqual(["/voice", "/whisper", "/done"]);
  });

  test("4.6: who declines has talked for no time", async () => {
    const { of } = await call(whispered("<Hangup/>"), [talked]);
    expect(of("/done")[0]?.params.DialCallDuration).toBe("0");
  });

  test("4.6: a step may say what the person called presses; nobody is asked then", async () => {
    const gather = '<Gather action="/accept" numDigits="1"><Say>Press 1.</Say></Gather><Hangup/>';
    const routes = whispered(gather, { "/accept": ({ params }) => xml(params.Digits === "1" ? "" : "<Hangup/>") });
    const bridged = async (pressed: string) => {
      const { of, asked } = await call(routes, [{ ...talked, pressed } as CallerStep, busy]);
      expect(asked.filter(({ path }) => path === "/accept").map(({ kind }) => kind)).toEqual(
        pressed === "" ? [] : ["whisper"],
      );
      return of("/done")[0]?.params.DialBridged;
    };
    expect([await bridged("1"), await bridged("2"), await bridged("")]).toEqual(["true", "false", "false"]);
  });

  test("4.6: the whisper of a Queue runs for who waited there: a call of its own, without a parent, and no Gather", async () => {
    const nouns = '<Queue url="/whisper">support</Queue>';
    const routes = {
      ...dial('action="/done"', nouns),
      "/whisper": xml('<Gather action="/accept"/><Say>You are next.</Say>'),
    };
    const { of, record, paths } = await call(routes, [talked]);
    const asked = of("/whisper")[0]?.params ?? {};
    expect(asked).toMatchObject({
      DequeingCallSid: record.callSid,
      QueueSid: expect.stringMatching(/^QU/),
      QueueTime: expect.stringMatching(/^\d+$/),
      Direction: "inbound",
    });
    expect(asked.CallSid).not.toBe(record.callSid);
    expect(asked).not.toHaveProperty("ParentCallSid");
    expect(record.alerts).toMatchObject([{ errorCode: 12200 }]);
    expect(paths).toEqual(["/voice", "/whisper", "/done"]);
    expect(of("/done")[0]?.params.DialBridged).toBe("true");
  });

  test("4.6: nobody who does not answer hears it", async () => {
    expect((await call(whispered("<Say>Hi.</Say>"), [busy])).of("/whisper")).toEqual([]);
  });
});

describe("4.7 Redirect, Hangup, Reject", () => {
  test("4.7: Redirect is a POST unless it says GET, and what follows it is unreachable", async () => {
    const voice = xml("<Redirect>/b</Redirect><Say>No.</Say>");
    const { asked, record } = await call({
      "/voice": voice,
      "/b": xml('<Redirect method="GET">/c</Redirect>'),
      "/c": xml(""),
    });
    expect(asked.map(({ method }) => method)).toEqual(["POST", "POST", "GET"]);
    expect(record.heard).toEqual([]);
  });

  test("4.7: Hangup ends an answered call, Reject is the only way not to answer", async () => {
    const options = { statusCallbackUrl: `${base}/status` };
    const ended = async (verb: string) => {
      const { record, of } = await call({ "/voice": xml(verb), "/status": "" }, [], options);
      return [record.ended, of("/status")[0]?.params.CallStatus];
    };
    expect(await ended("<Hangup/>")).toEqual(["hangup", "completed"]);
    expect(await ended("<Reject/>")).toEqual(["rejected", "no-answer"]);
    expect(await ended('<Reject reason="busy"/>')).toEqual(["rejected", "busy"]);
    expect(await ended("<Say>Hi.</Say><Reject/>")).toEqual(["hangup", "completed"]);
  });
});

describe("4.7 Enqueue and Leave", () => {
  const enqueue = (wait: Routes[string], more: Routes = {}): Routes => ({
    "/voice": xml('<Enqueue action="/after" waitUrl="/wait">support</Enqueue><Say>No.</Say>'),
    "/wait": wait,
    "/after": xml("<Say>After.</Say>"),
    ...more,
  });
  const wait = (waitSec: number): CallerStep => ({ kind: "queue", result: "bridged", waitSec });

  test("4.7: waitUrl is asked in a loop for as long as the caller waits, then the action", async () => {
    const { paths, of, record } = await call(enqueue(xml('<Pause length="10"/>')), [wait(25)]);
    expect(paths).toEqual(["/voice", "/wait", "/wait", "/wait", "/after"]);
    expect(of("/wait")[1]?.params).toMatchObject({
      QueueSid: of("/after")[0]?.params.QueueSid,
      QueuePosition: "1",
      QueueTime: "10",
      MaxQueueSize: "1000",
    });
    expect(of("/wait")[0]?.params).toHaveProperty("AvgQueueTime");
    expect(of("/wait")[0]?.params).toHaveProperty("CurrentQueueSize");
    expect(of("/after")[0]?.params).toMatchObject({ QueueResult: "bridged", QueueTime: "30" });
    expect(record.heard.at(-1)).toBe("After.");
  });

  test("4.7: Leave leaves the queue and goes on with the action", async () => {
    const { of, record } = await call(enqueue(xml("<Say>Waited.</Say><Leave/><Say>No.</Say>")), [wait(60)]);
    expect(of("/after")[0]?.params.QueueResult).toBe("leave");
    expect(record.heard).toEqual(["Waited.", "After."]);
  });

  test("4.7: Leave without action goes on with the verb after Enqueue", async () => {
    const voice = xml('<Enqueue waitUrl="/wait">support</Enqueue><Say>Next.</Say>');
    const { record } = await call(enqueue(xml("<Leave/>"), { "/voice": voice }), [wait(60)]);
    expect(record.heard).toEqual(["Next."]);
  });

  test("4.7: a Gather in a wait document has an action there, which may leave", async () => {
    const document = xml('<Gather action="/key" numDigits="1"><Say>Press 1 to leave.</Say></Gather>');
    const routes = enqueue(document, { "/key": xml("<Leave/>") });
    const { paths, of } = await call(routes, [wait(60), { kind: "silence" }, { kind: "digits", digits: "1" }]);
    expect(paths).toEqual(["/voice", "/wait", "/wait", "/key", "/after"]);
    expect(of("/after")[0]?.params.QueueResult).toBe("leave");
  });

  test("4.7: Redirect and Hangup work there, Dial does not", async () => {
    const redirected = enqueue(xml("<Redirect>/other</Redirect>"), { "/other": xml("<Hangup/>") });
    const { paths, record } = await call(redirected, [wait(60)]);
    expect([paths, record.ended]).toEqual([["/voice", "/wait", "/other"], "hangup"]);
    const dialled = await call(enqueue(xml("<Dial>+15005550003</Dial><Leave/>")), [wait(60)]);
    expect(dialled.record.alerts).toMatchObject([{ errorCode: 12200 }]);
    expect(dialled.of("/after")[0]?.params.QueueResult).toBe("leave");
  });

  test("4.7: who is connected hears no more of the queue, whatever is pressed there again and again", async () => {
    const document = '<Gather action="/key" numDigits="1"><Say>Press 9 to leave.</Say></Gather>';
    const again = enqueue(xml(document), { "/key": xml(document) });
    const { of, tookMs } = await call(again, [{ kind: "queue", result: "bridged", waitSec: 20, pressed: "1" }]);
    expect(of("/after")[0]?.params.QueueResult).toBe("bridged");
    expect(tookMs).toBeLessThan(30_000);
    expect(new Set(of("/key").map(({ kind }) => kind))).toEqual(new Set(["wait"]));
  });

  test("4.7: audio to wait by is played again and again", async () => {
    const { of } = await call(enqueue(mp3), [wait(4)]);
    expect(of("/wait").length).toBe(4);
  });

  test("4.7: a caller who hangs up in the queue is told to the action, whose answer reaches nobody", async () => {
    const { of, record } = await call(enqueue(xml("")), [{ kind: "hangup" }]);
    expect(of("/after")[0]?.params).toMatchObject({ QueueResult: "hangup", CallStatus: "completed" });
    expect([record.ended, record.heard]).toEqual(["caller-hangup", []]);
  });

  test("4.7: a full queue is left at once", async () => {
    const { paths, of } = await call(enqueue(xml("")), [{ kind: "queue", result: "queue-full", waitSec: 30 }]);
    expect(paths).toEqual(["/voice", "/after"]);
    expect(of("/after")[0]?.params.QueueResult).toBe("queue-full");
  });
});

describe("4.7 Connect, Pay, Refer, Sms", () => {
  const verb = (twiml: string): Routes => ({ "/voice": xml(`${twiml}<Say>Next.</Say>`), "/done": xml("") });
  const askedOf = async (twiml: string, step: CallerStep) => {
    const { of, record } = await call(verb(twiml), [step]);
    return { params: of("/done")[0]?.params, record };
  };

  test("4.7: Connect goes on when the other side closes the stream", async () => {
    const stream = '<Connect><Stream url="wss://stream.example"/></Connect>';
    const { record, tookMs } = await call(verb(stream), [
      { kind: "connect", status: "ended", durationSec: 40, detail: "" },
    ]);
    expect(record.heard).toEqual(["Next."]);
    expect(tookMs).toBeGreaterThanOrEqual(40_000);
  });

  test("4.7: a ConversationRelay tells its session and its hand-off data", async () => {
    const relay = '<Connect action="/done"><ConversationRelay url="wss://relay.example"/></Connect>';
    const { params } = await askedOf(relay, {
      kind: "connect",
      status: "ended",
      durationSec: 9,
      detail: '{"to":"ann"}',
    });
    expect(params).toMatchObject({ SessionStatus: "ended", SessionDuration: "9", HandoffData: '{"to":"ann"}' });
    expect(params).toHaveProperty("SessionId");
    expect(params).not.toHaveProperty("ErrorCode");
  });

  test("4.7: Pay tells its Result", async () => {
    const pay = '<Pay action="/done"/>';
    expect((await askedOf(pay, { kind: "pay", result: "success" })).params).toMatchObject({ Result: "success" });
    const failed = await askedOf(pay, { kind: "pay", result: "payment-connector-error" });
    expect(failed.params).toMatchObject({ Result: "payment-connector-error", PaymentError: "payment-connector-error" });
    expect((await askedOf(pay, { kind: "silence" })).params?.Result).toBe("too-many-failed-attempts");
  });

  test("4.7: a charge has a PaymentConfirmationCode, a card that is kept a PaymentToken", async () => {
    const success: CallerStep = { kind: "pay", result: "success" };
    const charged = (await askedOf('<Pay action="/done" chargeAmount="10.00"/>', success)).params;
    expect(charged).toHaveProperty("PaymentConfirmationCode");
    expect(charged).not.toHaveProperty("PaymentToken");
    const kept = (await askedOf('<Pay action="/done" tokenType="reusable"/>', success)).params;
    expect(kept).toHaveProperty("PaymentToken");
    expect(kept).not.toHaveProperty("PaymentConfirmationCode");
  });

  test("4.7: Pay tells its statusCallback each step, and in the end its Result", async () => {
    const routes = { ...verb('<Pay action="/done" statusCallback="/told" chargeAmount="10.00"/>'), "/told": "" };
    const { of, record } = await call(routes, [{ kind: "pay", result: "success" }]);
    const [step, result] = of("/told").map(({ params }) => params);
    expect(step).toMatchObject({ CallSid: record.callSid, For: "payment-card-number" });
    expect(step).not.toHaveProperty("Result");
    const { PaymentConfirmationCode } = of("/done")[0]?.params ?? {};
    expect(result).toMatchObject({ CallSid: record.callSid, Result: "success", PaymentConfirmationCode });
  });

  test("4.7: Refer tells the answer of the other side", async () => {
    const refer = '<Refer action="/done"><Sip>sip:a@b.example</Sip></Refer>';
    const accepted = await askedOf(refer, { kind: "refer", sipStatus: 202 });
    expect(accepted.params).toMatchObject({ ReferCallStatus: "completed", ReferSipResponseCode: "202" });
    const declined = await askedOf(refer, { kind: "refer", sipStatus: 603 });
    expect(declined.params).toMatchObject({ ReferCallStatus: "failed", ReferSipResponseCode: "603" });
  });

  test("4.7: Sms goes to the caller and tells SmsSid and SmsStatus; what follows it is unreachable", async () => {
    const { params, record } = await askedOf('<Sms action="/done">Hello.</Sms>', { kind: "silence" });
    expect(params).toMatchObject({ SmsSid: expect.stringMatching(/^SM/), SmsStatus: "sending" });
    expect(record.heard).toEqual([]);
    const invalid = await askedOf('<Sms action="/done" to="nobody">Hello.</Sms>', { kind: "silence" });
    expect(invalid.params?.SmsStatus).toBe("invalid");
    const outbound = { direction: "outbound-api", to: "client:ann" } as const;
    const toClient = await call(verb('<Sms action="/done">Hello.</Sms>'), [], outbound);
    expect(toClient.of("/done")[0]?.params.SmsStatus).toBe("invalid");
    const toCaller = await call(verb('<Sms action="/done">Hello.</Sms>'), [], { to: "client:ann" });
    expect(toCaller.of("/done")[0]?.params.SmsStatus).toBe("sending");
  });

  test("4.7: the status callback of a message is about no call", async () => {
    const routes = { ...verb('<Sms statusCallback="/sent">Hello.</Sms>'), "/sent": "" };
    const { of } = await call(routes);
    const told = of("/sent")[0]?.params ?? {};
    expect(told).toMatchObject({ SmsSid: expect.stringMatching(/^SM/), MessageStatus: "sent" });
    expect(told).not.toHaveProperty("CallSid");
    expect(told).not.toHaveProperty("CallStatus");
  });

  test("4.7: what acts on others than the caller is noted, with what came of it, once for each", async () => {
    const { record } = await call(
      verb('<Sms>Hello.</Sms><Pay chargeAmount="10.00"/><Refer><Sip>sip:a@b.example</Sip></Refer>'),
      [
        { kind: "pay", result: "success" },
        { kind: "refer", sipStatus: 603 },
      ],
    );
    const executed = record.events.flatMap((event) => (event.kind === "executed" ? [event] : []));
    expect(executed).toMatchObject([
      { verb: "Sms", what: "Hello.", params: { SmsStatus: "sending" } },
      { verb: "Pay", params: { Result: "success" } },
      { verb: "Refer", what: "sip:a@b.example", params: { ReferCallStatus: "failed" } },
    ]);
  });

  test("4.7: Start runs beside the call", async () => {
    const { record, asked } = await call(verb('<Start><Stream url="wss://stream.example"/></Start>'));
    expect([record.heard, asked.length, record.alerts]).toEqual([["Next."], 1, []]);
  });
});
