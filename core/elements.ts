import { type AttributesOf, flag, keys, oneOf, type Specs, socketUrl, someOf, text, url, whole } from "./attributes.ts";

/**
 * The elements of TwiML for voice and the attributes that an author may set, with Twilio's names and limits [D the verb's
 * page of the TwiML reference; the values also in the types of the `twilio` package]. What is not here is ours: action
 * URLs, status callbacks, wait and whisper URLs, methods. Seconds where Twilio has seconds.
 */
const name = text(100);
const numbered = text(16);
const recording = {
  recordingStatusCallback: url,
  recordingStatusCallbackEvent: someOf("in-progress", "completed", "absent"),
} as const;
const recordDial = oneOf(
  ...(["do-not-record", "record-from-answer", "record-from-ringing"] as const),
  ...(["record-from-answer-dual", "record-from-ringing-dual"] as const),
);
const trim = oneOf("trim-silence", "do-not-trim");
const machine = {
  machineDetection: oneOf("Enable", "DetectMessageEnd"),
  machineDetectionTimeout: whole(3, 59),
  machineDetectionSpeechThreshold: whole(1_000, 6_000),
  machineDetectionSpeechEndThreshold: whole(500, 5_000),
  machineDetectionSilenceTimeout: whole(2_000, 10_000),
  amdStatusCallback: url,
} as const;
const tracks = oneOf("inbound_track", "outbound_track", "both_tracks");
const conferenceName = text(128);

export const elements = {
  Say: { voice: name, language: numbered, loop: whole(0, 1_000) },
  Play: { loop: whole(0, 1_000) },
  Pause: { length: whole(1, 14_400) },
  Gather: {
    input: oneOf("dtmf", "speech", "dtmf speech"),
    timeout: whole(1, 600),
    speechTimeout: whole(1, 600, "auto"),
    maxSpeechTime: whole(1, 600),
    numDigits: whole(1, 128),
    finishOnKey: keys(1),
    actionOnEmptyResult: flag,
    hints: text(50_000),
    language: numbered,
    speechModel: name,
    profanityFilter: flag,
    enhanced: flag,
    bargeIn: flag,
    partialResultCallback: url,
  },
  Record: {
    timeout: whole(0, 14_400),
    maxLength: whole(1, 86_400),
    finishOnKey: keys(12),
    playBeep: flag,
    trim,
    transcribe: flag,
    transcribeCallback: url,
    recordingConfigurationId: name,
  },
  Dial: {
    timeout: whole(1, 600),
    timeLimit: whole(1, 86_400),
    callerId: name,
    answerOnBridge: flag,
    hangupOnStar: flag,
    sequential: flag,
    ringTone: name,
    record: recordDial,
    recordingTrack: oneOf("both", "inbound", "outbound"),
    recordingConfigurationId: name,
    trim,
    ...recording,
    referUrl: url,
  },
  Number: { sendDigits: text(100), byoc: name, ...machine },
  Sip: { username: name, password: name, ...machine },
  Client: {},
  Conference: {
    muted: flag,
    beep: oneOf("true", "false", "onEnter", "onExit"),
    startConferenceOnEnter: flag,
    endConferenceOnExit: flag,
    participantLabel: conferenceName,
    maxParticipants: whole(2, 250),
    waitUrl: url,
    coach: name,
    region: oneOf("us1", "us2", "ie1", "sg1", "br1", "au1", "jp1", "de1"),
    jitterBufferSize: oneOf("large", "medium", "small", "off"),
    record: oneOf("do-not-record", "record-from-start"),
    recordingConfigurationId: name,
    trim,
    ...recording,
  },
  Queue: { reservationSid: name, postWorkActivitySid: name },
  Enqueue: { maxQueueSize: whole(1, 5_000), workflowSid: name },
  Task: { priority: whole(0, 2_147_483_647), timeout: whole(1, 1_209_600) },
  Redirect: {},
  Hangup: {},
  Reject: { reason: oneOf("rejected", "busy") },
  Refer: {},
  Sms: { to: name, from: name },
  Pay: {
    chargeAmount: text(20),
    currency: text(3),
    description: text(1_000),
    paymentConnector: name,
    paymentMethod: oneOf("credit-card", "ach-debit"),
    bankAccountType: oneOf("consumer-checking", "consumer-savings", "commercial-checking", "commercial-savings"),
    tokenType: oneOf("one-time", "reusable", "payment-method"),
    timeout: whole(1, 600),
    maxAttempts: whole(1, 10),
    securityCode: flag,
    postalCode: text(20),
    minPostalCodeLength: whole(0, 20),
    validCardTypes: someOf(
      "visa",
      "mastercard",
      "amex",
      "maestro",
      "discover",
      "optima",
      "jcb",
      "diners-club",
      "enroute",
    ),
    language: numbered,
    statusCallback: url,
  },
  Prompt: {
    for: oneOf(
      ...(["payment-card-number", "expiration-date", "security-code", "postal-code"] as const),
      ...(["payment-processing", "bank-account-number", "bank-routing-number"] as const),
    ),
    errorType: someOf(
      ...(["timeout", "invalid-card-number", "invalid-card-type", "invalid-date"] as const),
      ...(["invalid-security-code", "internal-error", "input-matching-failed"] as const),
    ),
    cardType: someOf("visa", "mastercard", "amex", "maestro", "discover", "optima", "jcb", "diners-club", "enroute"),
    attempt: someOf("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
    requireMatchingInputs: flag,
  },
  Stream: {
    url: socketUrl,
    name,
    track: tracks,
    connectorName: name,
    statusCallback: url,
  },
  ConversationRelay: {
    url: socketUrl,
    welcomeGreeting: text(4_096),
    welcomeGreetingInterruptible: oneOf("none", "dtmf", "speech", "any"),
    interruptible: oneOf("none", "dtmf", "speech", "any"),
    interruptSensitivity: oneOf("high", "medium", "low"),
    reportInputDuringAgentSpeech: oneOf("none", "dtmf", "speech", "any"),
    dtmfDetection: flag,
    preemptible: flag,
    language: numbered,
    ttsLanguage: numbered,
    ttsProvider: name,
    voice: name,
    transcriptionLanguage: numbered,
    transcriptionProvider: name,
    speechModel: name,
    hints: text(10_000),
    profanityFilter: flag,
    partialPrompts: flag,
    elevenlabsTextNormalization: oneOf("on", "auto", "off"),
    intelligenceService: name,
    events: text(200),
    debug: text(200),
  },
  Recording: {
    channels: oneOf("mono", "dual"),
    track: oneOf("inbound", "outbound", "both"),
    trim,
    recordingConfigurationId: name,
    ...recording,
  },
  Transcription: {
    name,
    track: tracks,
    languageCode: numbered,
    transcriptionEngine: name,
    speechModel: name,
    profanityFilter: flag,
    partialResults: flag,
    enableAutomaticPunctuation: flag,
    hints: text(10_000),
    inboundTrackLabel: name,
    outboundTrackLabel: name,
    intelligenceService: name,
    statusCallbackUrl: url,
  },
  Siprec: { name, connectorName: name, track: tracks, statusCallback: url },
} as const satisfies Record<string, Specs>;

export type ElementName = keyof typeof elements;
export type Attributes<E extends ElementName> = AttributesOf<(typeof elements)[E]>;

/** Left out of a plain rendering: what a document can do without, in case Twilio could not execute it because of that. */
export const notPlain: { readonly [E in ElementName]?: readonly string[] } = {
  Say: ["voice", "language"],
  Gather: ["hints", "language", "speechModel", "enhanced", "profanityFilter", "partialResultCallback", "maxSpeechTime"],
  Record: ["trim", "transcribe", "transcribeCallback", "recordingConfigurationId"],
  Dial: ["ringTone", "trim", "recordingConfigurationId", "referUrl"],
};
