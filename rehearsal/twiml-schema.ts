import type { TwimlElement } from "./twiml-document.ts";

const prompts = ["Say", "Play", "Pause"];
const recordingStatus = [
  ...["recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent"],
];

/** Attributes per element, from the verb pages of the TwiML reference; undefined for what is not checked. */
const attributes: Record<string, string[] | undefined> = {
  Say: ["voice", "language", "loop"],
  Play: ["loop", "digits"],
  Pause: ["length"],
  Gather: [
    ...["action", "method", "input", "timeout", "speechTimeout", "maxSpeechTime", "numDigits", "finishOnKey"],
    ...["actionOnEmptyResult", "hints", "language", "speechModel", "profanityFilter", "enhanced", "bargeIn"],
    ...["partialResultCallback", "partialResultCallbackMethod", "dtmfDetection", "debug"],
  ],
  Record: [
    ...["action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim", "transcribe"],
    ...["transcribeCallback", "recordingConfigurationId", "recordingTrack", ...recordingStatus],
  ],
  Dial: [
    ...["action", "method", "timeout", "timeLimit", "callerId", "hangupOnStar", "answerOnBridge", "record", "ringTone"],
    ...["referUrl", "referMethod", "sequential", "trim", "recordingTrack", "recordingConfigurationId"],
    ...recordingStatus,
  ],
  Number: [
    ...["sendDigits", "url", "method", "byoc", "statusCallback", "statusCallbackMethod", "statusCallbackEvent"],
    ...["phoneNumberSid", "machineDetection", "machineDetectionTimeout", "machineDetectionSpeechThreshold"],
    ...["machineDetectionSpeechEndThreshold", "machineDetectionSilenceTimeout"],
    ...["amdStatusCallback", "amdStatusCallbackMethod"],
  ],
  Redirect: ["method"],
  Hangup: [],
  Leave: [],
  Reject: ["reason"],
  Enqueue: ["action", "method", "maxQueueSize", "waitUrl", "waitUrlMethod", "workflowSid"],
  Connect: ["action", "method"],
  Pay: undefined,
  Refer: ["action", "method"],
  Sms: ["to", "from", "action", "method", "statusCallback"],
  Start: ["action", "method"],
  Stop: [],
  Prompt: undefined,
};

export const dialNouns = ["Number", "Sip", "Client", "Queue", "Conference", "Sim", "WhatsApp", "Application"];
const sessions = ["Stream", "Recording", "Transcription", "Siprec"];

/** What may stand in a verb; a verb that is not named here takes anything (SSML in Say) or was not looked at. */
const nested: Record<string, readonly string[] | undefined> = {
  Gather: prompts,
  Dial: dialNouns,
  Record: [],
  Play: [],
  Pause: [],
  Redirect: [],
  Hangup: [],
  Reject: ["Parameter"],
  Leave: [],
  Enqueue: ["Task"],
  Connect: ["Stream", "ConversationRelay", "Room", "VirtualAgent", "Siprec", "Conversation", "Assistant", "AiSession"],
  Pay: ["Prompt", "Parameter"],
  Refer: ["Sip", "ReferSip"],
  Start: sessions,
  Stop: sessions,
};

const warned = new WeakMap<TwimlElement, readonly string[]>();
const none: readonly string[] = [];

/**
 * What error 12200 warns of: unknown verbs, attributes and nestings. It is a warning: the document runs without them
 * [D ERR 12200].
 */
export function schemaWarnings(root: TwimlElement): readonly string[] {
  let warnings = warned.get(root);
  if (warnings === undefined) {
    warnings = findWarnings(root);
    warned.set(root, warnings);
  }
  return warnings;
}

function findWarnings(root: TwimlElement): readonly string[] {
  const warnings = root.children.flatMap((verb) => {
    if (!(verb.name in attributes) || verb.name === "Prompt" || dialNouns.includes(verb.name)) {
      return [`<${verb.name}> is not a verb that the rehearsal knows`];
    }
    return [...unknownAttributes(verb), ...verb.children.flatMap((child) => nestedWarnings(verb, child))];
  });
  return warnings.length === 0 ? none : warnings;
}

function nestedWarnings(verb: TwimlElement, child: TwimlElement): string[] {
  const allowed = nested[verb.name];
  if (allowed === undefined) return [];
  if (!allowed.includes(child.name)) return [`<${child.name}> is not allowed in <${verb.name}>`];
  // [D gather page]
  if (verb.name === "Gather" && isTones(child)) return ["<Play digits> is not allowed in <Gather>"];
  return unknownAttributes(child);
}

export function isTones(element: TwimlElement): boolean {
  return element.name === "Play" && element.attributes.digits !== undefined;
}

function unknownAttributes(element: TwimlElement): string[] {
  const known = attributes[element.name];
  if (known === undefined) return [];
  return Object.keys(element.attributes)
    .filter((name) => !known.includes(name))
    .map((name) => `<${element.name}> has no attribute ${name}`);
}
