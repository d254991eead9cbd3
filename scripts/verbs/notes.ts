import type { YieldingVerb } from "../../core/input.ts";
import type { Verb } from "../../core/verbs.ts";
import type { Place } from "./rehearsed.ts";

/** A test by its file below `test/core/verbs/` and its name. */
export type TestName = readonly [file: string, name: string];

/** What stands nowhere in the code about a verb. */
export interface VerbNote {
  /** the functions of `core/index.ts` that make it */
  readonly written: readonly string[];
  /** one sentence */
  readonly does: string;
  /** the elements that it becomes, whose attributes an author may set */
  readonly places: readonly Place[];
  /** a flow that uses it, if one does */
  readonly flow?: string;
  /** how it is rendered, and what its wrong use is called */
  readonly tests: readonly TestName[];
}

/** What a lost outcome means to an author. */
export interface LostNote {
  readonly means: string;
  readonly test: TestName;
}

const asked = "asking.test.ts";
const dialled = "dial.test.ts";
const prompts = "prompts.test.ts";
const queued = "queue.test.ts";
const sessions = "sessions.test.ts";
const paid = "pay.test.ts";
const waysOn = "ways-on.test.ts";

export const notes: { readonly [V in Verb["verb"]]: VerbNote } = {
  say: {
    written: ["say", "ssml"],
    does: "Speaks a text, one for all languages or one for each, with SSML where the voice can.",
    places: [["Say"]],
    flow: "flows/front-desk.ts",
    tests: [
      [prompts, "say speaks a text in the caller's language, with every attribute"],
      [prompts, "say with SSML is spoken with it, and as plain text in a plain rendering"],
      [prompts, "say of more than 4,096 characters, or without a text in a language, is refused when the flow loads"],
    ],
  },
  play: {
    written: ["defineMedia"],
    does: "Plays a file of the flow's catalogue; where no host can deliver it, its text alternative is said.",
    places: [["Play"]],
    flow: "flows/front-desk.ts",
    tests: [
      [prompts, "play plays the file of the caller's language from its own URL, or says its text where no host has it"],
      [prompts, "play without a text alternative, or of no file of ours, is refused when the flow loads"],
    ],
  },
  playDigits: {
    written: ["playDigits"],
    does: "Plays the tones of keys.",
    places: [],
    flow: "test/flows/verbs.ts",
    tests: [[prompts, "playDigits sends tones; what is no tone is refused when the flow loads"]],
  },
  pause: {
    written: ["pause"],
    does: "Is silent. As the first verb of a call it delays answering.",
    places: [["Pause"]],
    tests: [[prompts, "pause is silent for its length, in a plain rendering too"]],
  },
  gather: {
    written: ["gather", "menu", "digits", "yesNo"],
    does: "Asks for keys, speech or both, while its prompts are heard.",
    places: [["Gather"]],
    flow: "flows/survey.ts",
    tests: [
      [asked, "gather asks with every attribute, and in a plain rendering without hints and models"],
      [asked, "gather with a record, a dial, a hangup or tones in it is refused when the flow loads"],
      [asked, "gather with too many or too long hints is refused when the flow loads"],
    ],
  },
  record: {
    written: ["record"],
    does: "Records the caller.",
    places: [["Record"]],
    flow: "flows/front-desk.ts",
    tests: [
      [asked, "record records with every attribute, its outcome on crossed paths"],
      [asked, "record with a status callback or an action of the author's own is refused when the flow loads"],
    ],
  },
  dial: {
    written: ["dial", "number", "sip", "client", "conference", "queue", "whisper"],
    does: "Calls one or several at once, or lets the caller into a conference or to the head of a queue.",
    places: [
      ["Dial"],
      ["Dial", "Number"],
      ["Dial", "Sip"],
      ["Dial", "Client"],
      ["Dial", "Conference"],
      ["Dial", "Queue"],
    ],
    flow: "flows/examples/hunt-group.ts",
    tests: [
      [dialled, "dial calls with every attribute, and in a plain rendering without a ring tone"],
      [dialled, "dial of a number takes every attribute and reports on the other leg"],
      [dialled, "dial of a SIP address takes every attribute and reports on the other leg"],
      [dialled, "dial of a client names it, with its parameters"],
      [dialled, "dial into a conference takes every attribute and reports that the caller has left"],
      [dialled, "dial of a queue takes every attribute; its outcome comes to the action URL alone"],
      [dialled, "a whisper with a dial or a record in it, or a key that is none, is refused when the flow loads"],
    ],
  },
  enqueue: {
    written: ["enqueue", "enqueueTask", "wait"],
    does: "Lets the caller wait in a queue, or makes a TaskRouter task of the call; the key of `wait` is its Leave.",
    places: [["Enqueue"], ["Enqueue", "Task"]],
    flow: "flows/examples/queue-call-back.ts",
    tests: [
      [queued, "enqueue lets the caller wait in a queue, with every attribute"],
      [queued, "enqueue of a task takes every attribute, and the task's own as JSON"],
      [queued, "a wait with a record in it, or a key that is none, is refused when the flow loads"],
    ],
  },
  pay: {
    written: ["pay", "payPrompt"],
    does: "Takes a payment by a payment connector; card numbers never reach us.",
    places: [["Pay"], ["Pay", "Prompt"]],
    flow: "flows/examples/order-payment.ts",
    tests: [
      [paid, "pay takes a payment with every attribute"],
      [
        paid,
        "pay has a prompt for each moment, with every attribute; its files are said, for a payment is never begun again",
      ],
    ],
  },
  connect: {
    written: ["connectStream", "conversationRelay"],
    does: "Hands the call to another side over a socket, until that ends the session.",
    places: [
      ["Connect", "Stream"],
      ["Connect", "ConversationRelay"],
    ],
    flow: "test/flows/verbs.ts",
    tests: [
      [sessions, "connect streams both ways with every attribute, and says where the call goes on"],
      [sessions, "connect to a ConversationRelay takes every attribute"],
      [sessions, "connect to what is no socket is refused when the flow loads"],
    ],
  },
  start: {
    written: ["start"],
    does: "Begins something beside the call; the next verb follows at once. With a name, so that it can be stopped.",
    places: [
      ["Start", "Stream"],
      ["Start", "Recording"],
      ["Start", "Transcription"],
      ["Start", "Siprec"],
    ],
    flow: "test/flows/verbs.ts",
    tests: [
      [
        sessions,
        "start begins a stream, a recording, a transcription or a SIPREC session beside the call, with every attribute",
      ],
      [sessions, "start with a relative URL is refused when the flow loads, for Twilio would not ask it"],
    ],
  },
  stop: {
    written: ["stop"],
    does: "Ends what was started under the same name.",
    places: [],
    flow: "test/flows/verbs.ts",
    tests: [[sessions, "stop ends what was started under the same name"]],
  },
  refer: {
    written: ["refer"],
    does: "Hands a call that came by SIP over to another SIP address.",
    places: [],
    flow: "test/flows/verbs.ts",
    tests: [
      [waysOn, "refer hands a SIP call over, and tells how that went"],
      [waysOn, "refer to what is no SIP address is refused when the flow loads"],
    ],
  },
  sms: {
    written: ["sms"],
    does: "Sends a message. One that must be sent exactly once is an effect (`once`) instead.",
    places: [["Sms"]],
    flow: "test/flows/verbs.ts",
    tests: [
      [waysOn, "sms sends a text in the caller's language, with every attribute"],
      [waysOn, "sms without a text in a language is refused when the flow loads"],
    ],
  },
  hangup: {
    written: ["hangup"],
    does: "Ends the call.",
    places: [],
    flow: "flows/front-desk.ts",
    tests: [[waysOn, "hangup ends the call"]],
  },
  reject: {
    written: ["reject"],
    does: "Refuses a call without answering it, if it is the first verb.",
    places: [["Reject"]],
    flow: "test/flows/verbs.ts",
    tests: [[waysOn, "reject refuses the call for its reason"]],
  },
  redirect: {
    written: ["redirect"],
    does: "Leaves the flow for another absolute URL; the call is then no longer ours.",
    places: [],
    tests: [
      [waysOn, "redirect leaves the flow for an absolute URL"],
      [waysOn, "redirect to a relative URL is refused when the flow loads"],
    ],
  },
  raw: {
    written: ["raw", "actionUrl"],
    does: "Is any element that has no function of its own; its attributes and their limits are the author's business.",
    places: [],
    tests: [
      [waysOn, "raw is any element with its children; actionUrl becomes the action URL of this turn"],
      [waysOn, "raw under a name that is none is refused when the flow loads"],
    ],
  },
};

const lost = "lost.test.ts";
const never = "Input `lost`: the step's `lost` or `next` decides";

export const lostNotes: { readonly [V in Exclude<YieldingVerb, "next">]: LostNote } = {
  gather: {
    means: "The question is heard again and answered again, unless the step has a `lost` of its own.",
    test: [lost, "a lost gather is asked again; what Twilio repeats of it is taken"],
  },
  record: {
    means: "The step goes on with the recording that the status callback told. None told: the caller is asked again.",
    test: [lost, "a lost record is asked again, unless its status callback told it"],
  },
  dial: {
    means: `The step goes on with how the status callback says it ended. None told: ${never}. Nobody is called again.`,
    test: [lost, "a lost dial is never dialled again; its status callback tells how it ended"],
  },
  enqueue: {
    means: `${never}. No second task is made, and the caller is not put at the end of the queue.`,
    test: [lost, "a lost enqueue makes no second task, and puts nobody into the queue again"],
  },
  pay: {
    means: `The step goes on with the result that the status callback told. None told: ${never}; whether the payment was made is then known to its connector alone, so ask it, or say that it is checked.`,
    test: [lost, "a lost pay is never charged twice; its status callback tells the result"],
  },
  connect: {
    means: `${never}. What the other side wanted to hand over is in its own records.`,
    test: [lost, "a lost connect is not connected again"],
  },
  refer: { means: `${never}. The call is not handed over again.`, test: [lost, "a lost refer is not referred again"] },
  sms: { means: `${never}. The message is not sent again.`, test: [lost, "a lost sms is not sent again"] },
  raw: {
    means: `${never}: nobody knows what it did, so it is not done again.`,
    test: [lost, "a lost raw verb is not given again, for nobody knows what it does"],
  },
};

/** Parameters of each kind of answer to a verb, as Twilio sends them [D each verb's page]: what becomes of them is the code's. */
export const answers: { readonly [V in Exclude<YieldingVerb, "next">]: readonly Readonly<Record<string, string>>[] } = {
  gather: [{ Digits: "1" }, { SpeechResult: "yes" }, { Digits: "" }],
  record: [{ RecordingUrl: "https://api.example.com/RE1" }],
  dial: [{ DialCallStatus: "completed" }, { CallStatus: "completed" }],
  enqueue: [{ QueueResult: "bridged" }],
  pay: [{ Result: "success" }],
  connect: [{ SessionStatus: "ended" }],
  refer: [{ ReferCallStatus: "completed" }],
  sms: [{ SmsStatus: "sending" }],
  raw: [{ Digits: "1" }, { SpeechResult: "yes" }, { RecordingUrl: "r" }, { DialCallStatus: "busy" }, { Result: "x" }],
};
