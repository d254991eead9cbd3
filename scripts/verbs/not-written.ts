import type { ElementName } from "../../core/elements.ts";

const action = "the action URL is ours: it carries the sealed checkpoint";
const method = "the default, POST, is the right one";
const crossed = "ours: the outcome on crossed paths";
const aside = "ours: the URL of a `whisper` or a `wait`";
const dark = "known from the builder alone, not from the reference; `raw` takes it";
const calling = {
  url: aside,
  method,
  statusCallback: crossed,
  statusCallbackEvent: crossed,
  statusCallbackMethod: method,
} as const;

/** Attributes that Twilio's own builder has and an author does not write, with the reason. */
export const notWritten: { readonly [E in ElementName]?: Readonly<Record<string, string>> } = {
  Play: { digits: "`playDigits`" },
  Gather: { action, method, partialResultCallbackMethod: method, debug: dark },
  Record: {
    ...{ action, method },
    ...{
      recordingStatusCallback: crossed,
      recordingStatusCallbackEvent: crossed,
      recordingStatusCallbackMethod: method,
    },
  },
  Dial: {
    ...{ action, method, recordingStatusCallbackMethod: method, referMethod: method },
    ...{ events: dark, passports: dark },
  },
  Number: { ...calling, amdStatusCallbackMethod: method },
  Sip: { ...calling, amdStatusCallbackMethod: method },
  Client: calling,
  Conference: {
    ...{ statusCallback: crossed, statusCallbackEvent: crossed, statusCallbackMethod: method },
    ...{ recordingStatusCallbackMethod: method, waitMethod: method, eventCallbackUrl: dark },
  },
  Queue: { url: aside, method },
  Enqueue: { action, method, waitUrl: aside, waitUrlMethod: method },
  Redirect: { method },
  Refer: { action, method },
  Sms: { action, method, statusCallback: "a message whose delivery matters is an effect (`once`)" },
  Pay: { action, statusCallbackMethod: method, input: dark },
  Stream: { statusCallbackMethod: method, audioFormat: dark, sampleRate: dark },
  // the builder writes these without capitals; attributes are case-sensitive, and which form Twilio takes was not seen
  ConversationRelay: {
    backgroundnoisereduction: dark,
    deepgramsmartformat: dark,
    ignorebackchannel: dark,
    speechtimeout: dark,
  },
  Recording: { recordingStatusCallbackMethod: method },
  Transcription: { statusCallbackMethod: method },
  Siprec: { statusCallbackMethod: method },
};

/** Elements that Twilio's own builder has and no function here makes, with the reason. */
export const notMade: Readonly<Record<string, string>> = {
  Echo: "for tests of a line; `raw`",
  Leave: "the key of a `wait`",
  Identity: "inside `client`",
  Parameter: "the parameters of `client`, `pay`, `connectStream`, `conversationRelay` and `start`",
  ReferSip: "`refer`, which writes Sip as the reference does",
  SipUri: "several addresses of one Sip; `raw`",
  Application: "calls another TwiML application; `raw` in a Dial",
  ApplicationSid: "inside Application",
  Sim: "`raw` in a Dial",
  WhatsApp: "`raw` in a Dial",
  Room: "`raw` in a Connect",
  VirtualAgent: "`raw` in a Connect",
  Conversation: "`raw` in a Connect",
  Autopilot: "`raw` in a Connect; Twilio has ended it",
  AiSession: "`raw` in a Connect",
  ConversationRelaySession: "`raw` in a Connect",
  Config: "inside VirtualAgent and Transcription; `raw`",
  Language: "inside ConversationRelay; `raw`",
  Header: "inside a Sip; `raw`",
  Headers: "inside a Sip; `raw`",
};
