import { describe, expect, test } from "vitest";
import { defineFlow, goTo, hangup, say } from "../../../core/index.ts";
import { takeStatus } from "../../../core/outcome.ts";
import * as make from "../../../core/verb-builders.ts";
import { actionUrl, type Verb } from "../../../core/verbs.ts";
import { toVoiceRequest } from "../../../core/voice-request.ts";
import { action, callSid, type Heard, type Legs, twoLegs } from "../../support/legs.ts";

interface Data {
  readonly told: string;
}

/** A call whose first document ends in this verb, and whose next tells what became known of it. */
async function callWith(verb: Verb) {
  const flow = defineFlow<"first" | "end", Data>({
    name: "one",
    start: "first",
    data: { told: "" },
    steps: {
      first: {
        prompt: () => [say("first"), verb],
        next: ({ input }) => goTo("end", { told: input.kind }),
      },
      end: { prompt: ({ told }) => [say(`told ${told}`), hangup()] },
    },
    lastResort: () => [say("last resort"), hangup()],
  });
  const legs = twoLegs(flow);
  const first = await legs.ask(legs.voiceUrl);
  return { legs, first };
}

/** What is heard when the request to the action URL of that verb is lost. @param params what Twilio repeats of it */
async function lost(verb: Verb, params: Readonly<Record<string, string>> = {}): Promise<Heard> {
  const { legs, first } = await callWith(verb);
  return await legs.fail(action(first), params);
}

/** The URL in this attribute of the document. */
function urlIn({ twiml }: Heard, attribute: string): string {
  const found = new RegExp(`${attribute}="([^"]*)"`).exec(twiml)?.[1];
  if (found === undefined) throw new Error(`no ${attribute} in ${twiml}`);
  return found.replaceAll("&amp;", "&");
}

/** A status callback about the call itself, not about a leg that it dialled, on the other leg than the call is. */
async function reports(legs: Legs, url: string, params: Readonly<Record<string, string>>): Promise<void> {
  const parsed = legs.fallback.urls.parse(url);
  const request = toVoiceRequest(new Map(Object.entries({ CallSid: callSid, ...params })));
  if ("kind" in request) throw new Error(request.reason);
  expect(parsed?.leg).toBe("fallback");
  await takeStatus(legs.fallback, request, parsed?.sealed);
}

const withoutVerb = (heard: Heard, element: string) => {
  expect(heard.twiml).not.toContain(`<${element}`);
  return heard.said;
};

describe("the answer is lost", () => {
  test("a lost gather is asked again; what Twilio repeats of it is taken", async () => {
    const again = await lost(make.gather({ numDigits: 1 }, say("press")));
    expect([again.said, again.twiml.includes("<Gather")]).toEqual([["first", "press"], true]);
    expect((await lost(make.gather({}), { Digits: "1" })).said).toEqual(["told digits"]);
    expect((await lost(make.gather({ input: "speech" }), { SpeechResult: "yes" })).said).toEqual(["told speech"]);
  });

  test("a lost record is asked again, unless its status callback told it", async () => {
    const again = await lost(make.record());
    expect([again.said, again.twiml.includes("<Record")]).toEqual([["first"], true]);
    const { legs, first } = await callWith(make.record());
    const done = { RecordingStatus: "completed", RecordingUrl: "https://api.example.com/RE1", RecordingDuration: "5" };
    await reports(legs, urlIn(first, "recordingStatusCallback"), done);
    expect(withoutVerb(await legs.fail(action(first)), "Record")).toEqual(["told recording"]);
  });

  test("a lost dial is never dialled again; its status callback tells how it ended", async () => {
    expect(withoutVerb(await lost(make.dial("+1")), "Dial")).toEqual(["told lost"]);
    const { legs, first } = await callWith(make.dial("+1"));
    const status = urlIn(first, "statusCallback");
    expect(status).toMatch(/^https:\/\/fallback\./);
    await legs.status(status, { CallStatus: "no-answer" });
    expect(withoutVerb(await legs.fail(action(first)), "Dial")).toEqual(["told dial"]);
  });

  test("a lost conference is not entered again; leaving it tells that it is over", async () => {
    const { legs, first } = await callWith(make.dial(make.conference("room")));
    await reports(legs, urlIn(first, "statusCallback"), { StatusCallbackEvent: "participant-leave" });
    expect(withoutVerb(await legs.fail(action(first)), "Dial")).toEqual(["told dial"]);
  });

  test("a lost enqueue makes no second task, and puts nobody into the queue again", async () => {
    const task = make.enqueueTask("WW1", { order: 5 });
    for (const verb of [make.enqueue("support"), task]) {
      expect(withoutVerb(await lost(verb), "Enqueue")).toEqual(["told lost"]);
    }
    expect((await lost(task, { QueueResult: "bridged", QueueTime: "5" })).said).toEqual(["told queue"]);
  });

  test("a lost pay is never charged twice; its status callback tells the result", async () => {
    const charge = make.pay({ chargeAmount: "20.45" });
    expect(withoutVerb(await lost(charge), "Pay")).toEqual(["told lost"]);
    expect((await lost(charge, { Result: "success" })).said).toEqual(["told pay"]);
    const { legs, first } = await callWith(charge);
    const status = urlIn(first, "statusCallback");
    expect(status).toMatch(/^https:\/\/fallback\./);
    await reports(legs, status, { For: "payment-card-number", Attempt: "1" });
    await reports(legs, status, { Result: "success", PaymentConfirmationCode: "ch_1" });
    expect(withoutVerb(await legs.fail(action(first)), "Pay")).toEqual(["told pay"]);
  });

  test("a lost connect is not connected again", async () => {
    for (const verb of [make.connectStream("wss://a.example.com/"), make.conversationRelay("wss://a.example.com/")]) {
      expect(withoutVerb(await lost(verb), "Connect")).toEqual(["told lost"]);
    }
    const relay = make.conversationRelay("wss://a.example.com/");
    expect((await lost(relay, { SessionStatus: "completed" })).said).toEqual(["told connect"]);
  });

  test("a lost refer is not referred again", async () => {
    const verb = make.refer("sip:desk@example.com");
    expect(withoutVerb(await lost(verb), "Refer")).toEqual(["told lost"]);
    expect((await lost(verb, { ReferCallStatus: "completed" })).said).toEqual(["told refer"]);
  });

  test("a lost sms is not sent again", async () => {
    expect(withoutVerb(await lost(make.sms("hello")), "Sms")).toEqual(["told lost"]);
    expect((await lost(make.sms("hello"), { SmsStatus: "sending" })).said).toEqual(["told sms"]);
  });

  test("a lost raw verb is not given again, for nobody knows what it does", async () => {
    const verb = make.raw("Connect", { action: actionUrl }, make.raw("Room", {}, "daily"));
    expect(withoutVerb(await lost(verb), "Connect")).toEqual(["told lost"]);
  });
});
