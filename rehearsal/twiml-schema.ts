import type { TwimlElement } from "./twiml-document.ts";

const prompts = ["Say", "Play", "Pause"];

/** Attributes per verb, from the verb pages of the TwiML reference. */
const attributes: Record<string, string[]> = {
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
    ...["transcribeCallback", "recordingStatusCallback", "recordingStatusCallbackMethod"],
    ...["recordingStatusCallbackEvent", "recordingConfigurationId"],
  ],
  Dial: [
    ...["action", "method", "timeout", "timeLimit", "callerId", "hangupOnStar", "answerOnBridge", "record", "ringTone"],
    ...["referUrl", "referMethod", "sequential", "trim", "recordingStatusCallback", "recordingStatusCallbackMethod"],
    ...["recordingStatusCallbackEvent", "recordingTrack"],
  ],
  Redirect: ["method"],
  Hangup: [],
  Reject: ["reason"],
};

export const dialNouns = ["Number", "Sip", "Client", "Queue", "Conference", "Sim", "WhatsApp", "Application"];

/**
 * What error 12200 warns of: unknown verbs, attributes and nestings. It is a warning: the document runs without them
 * [D ERR 12200]. Only verbs that this interpreter executes are known.
 */
export function schemaWarnings(root: TwimlElement): string[] {
  const warnings: string[] = [];
  for (const verb of root.children) {
    const known = attributes[verb.name];
    if (known === undefined) {
      warnings.push(`<${verb.name}> is not a verb that the rehearsal knows`);
      continue;
    }
    warnings.push(...unknownAttributes(verb, known));
    const nested = verb.name === "Gather" ? prompts : verb.name === "Dial" ? dialNouns : undefined;
    for (const child of verb.children) {
      if (nested === undefined) continue;
      if (!nested.includes(child.name)) warnings.push(`<${child.name}> is not allowed in <${verb.name}>`);
      else warnings.push(...unknownAttributes(child, attributes[child.name]));
    }
  }
  return warnings;
}

function unknownAttributes(element: TwimlElement, known: string[] | undefined): string[] {
  if (known === undefined) return [];
  return Object.keys(element.attributes)
    .filter((name) => !known.includes(name))
    .map((name) => `<${element.name}> has no attribute ${name}`);
}
