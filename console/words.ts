import type { BreakerName, CallEnd, CallerStep, RequestKind } from "./protocol.ts";
import type { DialectChoice } from "./rehearsal-protocol.ts";

/** Of a request, as its arrow says it. */
export const requestWords: Readonly<Record<RequestKind, string>> = {
  voice: "voice webhook",
  action: "action URL",
  redirect: "redirect",
  fallback: "fallback URL",
  media: "media file",
  status: "status callback",
  wait: "wait URL",
  whisper: "whisper URL",
};

const endWords: Readonly<Record<CallEnd | "error", string>> = {
  hangup: "the flow hung up",
  "end-of-document": "the document was over",
  "caller-hangup": "the caller hung up",
  apology: "Twilio apologized: an application error",
  rejected: "the call was rejected",
  "not-answered": "nobody answered",
  failed: "the call failed",
  "time-limit": "four hours, the limit of Twilio",
  "simulator-cap": "too many documents for the simulator",
  error: "the simulator failed",
};

export function endText(how: CallEnd | "error"): string {
  return endWords[how];
}

/** Did the call end as the flow or the caller wanted? */
export function isGoodEnd(how: CallEnd | "error"): boolean {
  return how === "hangup" || how === "end-of-document" || how === "caller-hangup";
}

/** What the caller did, as a phrase. */
export function inputText(step: CallerStep): string {
  switch (step.kind) {
    case "digits":
      return `pressed ${step.digits}`;
    case "speech":
      return `said "${step.text}"`;
    case "silence":
      return "said nothing";
    case "hangup":
      return "hung up";
    case "record":
      return `recorded ${step.durationSec} s`;
    case "dial":
      return `dial: ${step.status}`;
    case "queue":
      return `queue: ${step.result}`;
    case "pay":
      return `payment: ${step.result}`;
    case "connect":
      return `session: ${step.status}`;
    case "refer":
      return `refer: SIP ${step.sipStatus}`;
  }
}

/** The same as a sentence: what the caller did, or what came of a verb that waits for somebody else. */
export function answerText(step: CallerStep): string {
  const text = inputText(step);
  const isOwn = ["digits", "speech", "silence", "hangup", "record"].includes(step.kind);
  return isOwn ? `You ${text}` : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** `13.25`, as the ladder's margin shows it. */
export function timeText(atMs: number): string {
  return `${(atMs / 1000).toFixed(2)}`;
}

/** `850 ms`, `2.4 s`. */
export function lengthText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What a breaker is called, and what happens when it is pressed. */
export const breakerWords: Readonly<Record<BreakerName, { readonly label: string; readonly what: string }>> = {
  "kill-primary": { label: "Kill the primary", what: "Its process ends. Twilio asks the fallback." },
  "suspend-primary": { label: "Suspend the primary", what: "It is asked and says nothing, until Twilio gives up." },
  "lose-next-answer": { label: "Lose next answer", what: "The work is done, its answer lost. Nothing runs twice." },
  "fail-next-media": { label: "Fail next prompt", what: "The next audio file is not found. It is said another way." },
  slow: { label: "Slow everything", what: "Every answer is late: silence, then the call goes on." },
  "stop-table": { label: "Stop the table", what: "Nothing is saved. The URLs carry the checkpoint." },
  "cut-fallback": { label: "Cut the fallback", what: "Nobody takes over. With both legs gone, Twilio apologizes." },
  "duplicate-next": { label: "Send next twice", what: "Twilio asks again. Same answer, nothing runs twice." },
};

/** These strike once and go off by themselves. */
export function isOneShot(name: BreakerName): boolean {
  return name === "lose-next-answer" || name === "fail-next-media" || name === "duplicate-next";
}

/** In which dialects a flow is rehearsed, and how long that takes. */
export const dialectWords: Readonly<Record<DialectChoice, string>> = {
  few: "few dialects: takes seconds",
  all: "all dialects: up to twice as long",
};
