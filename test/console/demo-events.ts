import type { ConsoleEvent, RequestInfo, ShownCheckpoint } from "../../console/protocol.ts";

const callId = "1";

export function demoCheckpoint(turn: number, step: string): ShownCheckpoint {
  const zero = { attempt: 0, resumes: 0, away: 0, rung: 0, from: 0, unsure: false, plain: false, visits: 1 };
  return { flow: "front-desk", step, turn, ...zero, language: "en", data: { tries: turn } };
}

function info(request: number, index: number, of: Partial<RequestInfo>): RequestInfo {
  return {
    callId,
    request,
    index,
    leg: "primary",
    requestKind: "action",
    url: "http://127.0.0.1:4001/voice/front-desk/…",
    overrides: "ct=1000&rt=3500&rc=0",
    method: "POST",
    ...of,
  };
}

export const demoTwiml =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n  <Gather numDigits="1" action="http://127.0.0.1:4001/…"><Play>http://127.0.0.1:4001/prompts/en/front-desk-menu.mp3</Play></Gather>\n</Response>';

/** A call with an answer in time, one that fails over, and one in Japanese. */
export function demoCall(): ConsoleEvent[] {
  return [
    {
      kind: "call.began",
      atMs: 0,
      callId,
      call: {
        ...{ id: callId, callSid: "CA0123456789abcdef0123456789abcdef", flow: "front-desk", language: "en" },
        ...{ startedAt: "2026-05-04T10:20:30.000Z", state: "on", failovers: 0 },
      },
    },
    {
      kind: "request",
      atMs: 3,
      ...info(0, 0, { requestKind: "voice" }),
      params: { CallStatus: "ringing" },
      attempt: 0,
    },
    {
      kind: "turn",
      atMs: 14,
      callId,
      turn: 0,
      step: "choose",
      leg: "primary",
      outcome: "answered",
      saved: true,
      elapsedMs: 11,
      checkpoint: demoCheckpoint(0, "choose"),
    },
    {
      kind: "reply",
      atMs: 16,
      ...info(0, 0, { requestKind: "voice" }),
      status: 200,
      durationMs: 13,
      attempts: 1,
      twiml: demoTwiml,
      verbs: ["Gather"],
      checkpoint: demoCheckpoint(0, "choose"),
    },
    {
      kind: "heard",
      atMs: 20,
      callId,
      text: "Welcome. Press 1 for sales, 2 for support.",
      mediaFile: "en/front-desk-menu.mp3",
      sound: "media",
      language: "en",
      lengthMs: 4_000,
    },
    {
      kind: "question",
      atMs: 4_020,
      callId,
      question: {
        verb: "Gather",
        index: 0,
        takes: { keys: true, speech: true },
        numDigits: 1,
        timeoutMs: 5_000,
        offers: [],
      },
    },
    { kind: "answered", atMs: 5_000, callId, index: 0, input: { kind: "digits", digits: "1" } },
    { kind: "breaker", atMs: 0, name: "suspend-primary", on: true },
    { kind: "request", atMs: 5_010, ...info(1, 1, {}), params: { Digits: "1", CallStatus: "in-progress" }, attempt: 0 },
    {
      kind: "reply",
      atMs: 8_510,
      ...info(1, 1, {}),
      errorCode: 11205,
      detail: "no byte in the read timeout",
      durationMs: 3_500,
      attempts: 1,
    },
    { kind: "silence", atMs: 8_510, callId, fromMs: 5_010, toMs: 8_510 },
    { kind: "failover", atMs: 8_511, callId, index: 1, errorCode: 11205, errorUrl: "http://127.0.0.1:4001/…" },
    {
      kind: "request",
      atMs: 8_515,
      ...info(2, 1, { leg: "fallback", requestKind: "fallback" }),
      params: { ErrorCode: "11205", Digits: "1" },
      attempt: 0,
    },
    { kind: "effect", atMs: 8_530, callId, effect: "notify", state: "done" },
    {
      kind: "turn",
      atMs: 8_540,
      callId,
      turn: 1,
      step: "connect",
      leg: "fallback",
      outcome: "resumed",
      saved: true,
      elapsedMs: 25,
    },
    {
      kind: "reply",
      atMs: 8_545,
      ...info(2, 1, { leg: "fallback", requestKind: "fallback" }),
      status: 200,
      durationMs: 30,
      attempts: 1,
      twiml: "<Response><Say>One moment.</Say><Dial>+15005550009</Dial></Response>",
      verbs: ["Say", "Dial"],
      checkpoint: demoCheckpoint(1, "connect"),
    },
    {
      kind: "heard",
      atMs: 8_550,
      callId,
      text: "少々お待ちください。",
      sound: "speech",
      language: "ja",
      lengthMs: 1_500,
    },
    {
      kind: "question",
      atMs: 10_050,
      callId,
      question: {
        ...{ verb: "Dial", index: 1, takes: { keys: false, speech: false }, timeoutMs: 30_000 },
        offers: [
          { label: "They talk for 10 s (completed)", input: { kind: "dial", status: "completed", durationSec: 10 } },
          { label: "Busy", input: { kind: "dial", status: "busy", durationSec: 0 } },
        ],
      },
    },
  ];
}

/** The end of the same call. */
export function demoEnd(): ConsoleEvent[] {
  return [
    { kind: "answered", atMs: 11_000, callId, index: 1, input: { kind: "dial", status: "busy", durationSec: 0 } },
    { kind: "call.ended", atMs: 11_100, callId, how: "hangup" },
  ];
}
