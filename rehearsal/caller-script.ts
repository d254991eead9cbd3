import type { DialStatus } from "../core/input.ts";
import type { TwimlElement } from "./twiml-document.ts";

/** What the caller does (or what becomes of them) at one verb that waits for somebody. */
export type CallerStep =
  | { kind: "digits"; digits: string }
  | { kind: "speech"; text: string }
  | { kind: "silence" }
  | { kind: "hangup" }
  | { kind: "record"; durationSec: number; endedBy: "key" | "silence" | "hangup" }
  /** `pressed`: what the person called answers to each question of a whisper; without it they are asked. */
  | { kind: "dial"; status: CalledStatus; durationSec: number; pressed?: Pressed }
  /** How the wait in a queue ends, if the wait documents do not end it before; `pressed` as above, in each of them. */
  | { kind: "queue"; result: QueueEnd; waitSec: number; pressed?: Pressed }
  /** `result` is Twilio's: success, payment-connector-error, too-many-failed-attempts ... [D pay page] */
  | { kind: "pay"; result: string }
  /** `detail` is the hand-off data of a session that ended, the error code of one that failed. */
  | { kind: "connect"; status: SessionStatus; durationSec: number; detail: string }
  /** The SIP answer to a Refer. */
  | { kind: "refer"; sipStatus: number };

/** Keys; none: silence. */
export type Pressed = string;

/** What can come of calling a person; the other statuses are Twilio's own doing. */
export type CalledStatus = Exclude<DialStatus, "answered" | "canceled">;

/** [D enqueue page]; a caller who hangs up or leaves is another step. */
export type QueueEnd = (typeof queueEnds)[number];
const queueEnds = [
  "bridged",
  "bridging-in-process",
  "error",
  "redirected-from-bridged",
  "queue-full",
  "system-error",
] as const;

/** [D conversationrelay page] */
export type SessionStatus = (typeof sessionStatuses)[number];
const sessionStatuses = ["ended", "failed", "completed"] as const;

/**
 * What the caller knows when the line waits: the verb, how many came before it, and what was heard since the last one.
 */
export type Question = {
  verb: "Gather" | "Record" | "Dial" | "Enqueue" | "Connect" | "Pay" | "Refer";
  index: number;
  heard: string[];
  /** The question is put to the person called, in a whisper document. */
  leg?: "called";
  /** The question stands in a document beside the call. */
  beside?: "whisper" | "wait";
};

/** A list is used up in order, then the caller is silent; a function decides from what was heard. */
export type Caller = CallerStep[] | ((question: Question) => CallerStep);

/** A script, or a person who answers in real time. `verb` is the element that waits: what it takes stands in its attributes. */
export type AnyCaller = CallerStep[] | ((question: Question, verb: TwimlElement) => CallerStep | Promise<CallerStep>);

export type ParsedScript = { kind: "script"; steps: CallerStep[] } | { kind: "error"; detail: string };

const known = "digits, say:<words>, silence, hangup, record:<seconds> or dial:<status>";

/**
 * Reads `1,say:hello world,silence,record:5,dial:busy,queue:bridged,pay:success,connect:ended,refer:202,hangup`. An
 * item is digits unless it says otherwise. A second value may follow: how a recording ended (`record:5:hangup`),
 * seconds of a dial (`dial:completed:30`) or a wait (`queue:bridged:60`), hand-off data or error code
 * (`connect:failed:39001`). A third one to a dial or a wait: what is pressed in the whisper, or while waiting, `-` for nothing
 * (`dial:completed:10:1`).
 */
export function parseScript(text: string): ParsedScript {
  const steps: CallerStep[] = [];
  for (const item of text.trim() === "" ? [] : text.split(",")) {
    const step = parseItem(item.trim());
    if (step === undefined) return { kind: "error", detail: `caller script: "${item.trim()}" is not ${known}` };
    steps.push(step);
  }
  return { kind: "script", steps };
}

function parseItem(item: string): CallerStep | undefined {
  if (/^[0-9*#]{1,64}$/.test(item)) return { kind: "digits", digits: item };
  if (item === "silence" || item === "hangup") return { kind: item };
  const [kind = "", first = "", second = "", third] = splitItem(item);
  const seconds = (otherwise: number) => (second === "" ? otherwise : Number(second));
  const timed = /^\d{0,5}$/.test(second) && (third === undefined || /^(?:-|[0-9*#]{1,64})$/.test(third));
  const beside = third === undefined ? {} : { pressed: third === "-" ? "" : third };
  switch (kind) {
    case "say":
      return first === "" ? undefined : { kind: "speech", text: first };
    case "record": {
      const endedBy = second === "" ? "silence" : second;
      if (!/^\d{1,5}$/.test(first)) return undefined;
      if (endedBy !== "key" && endedBy !== "silence" && endedBy !== "hangup") return undefined;
      return { kind: "record", durationSec: Number(first), endedBy };
    }
    case "dial":
      if (first !== "completed" && first !== "busy" && first !== "no-answer" && first !== "failed") return undefined;
      return timed
        ? { kind: "dial", status: first, durationSec: seconds(first === "completed" ? 10 : 0), ...beside }
        : undefined;
    case "queue": {
      const result = queueEnds.find((end) => end === first);
      return result !== undefined && timed ? { kind: "queue", result, waitSec: seconds(30), ...beside } : undefined;
    }
    case "pay":
      return /^[a-z][a-z-]{1,40}$/.test(first) ? { kind: "pay", result: first } : undefined;
    case "connect": {
      const status = sessionStatuses.find((one) => one === first);
      return status === undefined ? undefined : { kind: "connect", status, durationSec: 10, detail: second };
    }
    case "refer":
      return /^\d{3}$/.test(first) ? { kind: "refer", sipStatus: Number(first) } : undefined;
    default:
      return undefined;
  }
}

/** Words after `say:` and data after `connect:<status>:` may hold colons. */
function splitItem(item: string): string[] {
  if (item.startsWith("say:")) return ["say", item.slice(4).trim()];
  const parts = item.split(":");
  if (parts[0] === "connect") return ["connect", parts[1] ?? "", parts.slice(2).join(":")];
  return parts.length > (parts[0] === "dial" || parts[0] === "queue" ? 4 : 3) ? [] : parts;
}
