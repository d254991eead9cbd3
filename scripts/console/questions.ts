import type { CallerInput, Offer, OpenQuestion } from "../../console/protocol.ts";
import type { CallerStep, Question } from "../../rehearsal/caller-script.ts";
import type { TwimlElement } from "../../rehearsal/twiml-document.ts";

/** Twilio's own time for a Gather and a Record. [D gather page, record page] */
const gatherTimeoutSec = 5;
/** [D dial page] */
const dialTimeoutSec = 30;
/** A person at a page talks shorter than the hour that Twilio allows. */
const recordSecMax = 120;
/** At a verb that waits for other people: the page shows the outcomes to choose from. */
const patienceMs = 120_000;
const recordKeys = "1234567890*#";

/** What the page is told of a verb that waits. */
export function openQuestion({ verb, index, leg }: Question, { attributes }: TwimlElement): OpenQuestion {
  const common = { verb, index, ...(leg === undefined ? {} : { who: leg }) };
  const none = { keys: false, speech: false };
  switch (verb) {
    case "Gather": {
      const inputs = (attributes.input ?? "dtmf").split(/\s+/);
      const takes = { keys: inputs.includes("dtmf"), speech: inputs.includes("speech") };
      const numDigits = Number(attributes.numDigits ?? "") || undefined;
      return {
        ...common,
        takes,
        ...(numDigits === undefined ? {} : { numDigits }),
        finishOnKey: attributes.finishOnKey ?? "#",
        timeoutMs: 1_000 * (Number(attributes.timeout) || gatherTimeoutSec),
        offers: [offer("Say nothing", { kind: "silence" })],
      };
    }
    case "Record": {
      const maxSec = Math.min(Number(attributes.maxLength) || recordSecMax, recordSecMax);
      const record = (durationSec: number, endedBy: "key" | "silence" | "hangup") =>
        ({ kind: "record", durationSec: Math.min(durationSec, maxSec), endedBy }) as const;
      return {
        ...common,
        takes: { keys: true, speech: false },
        finishOnKey: attributes.finishOnKey ?? recordKeys,
        timeoutMs: maxSec * 1_000,
        offers: [
          offer("Speak 5 s, then press a key", record(5, "key")),
          offer("Speak 5 s, then fall silent", record(5, "silence")),
          offer("Say nothing", record(0, "silence")),
        ],
      };
    }
    case "Dial": {
      const dial = (status: "completed" | "busy" | "no-answer" | "failed", durationSec = 0) =>
        ({ kind: "dial", status, durationSec }) as const;
      return {
        ...common,
        takes: none,
        timeoutMs: 1_000 * (Number(attributes.timeout) || dialTimeoutSec),
        offers: [
          offer("They answer and talk 10 s", dial("completed", 10)),
          offer("Busy", dial("busy")),
          offer("Nobody answers", dial("no-answer")),
          offer("The call to them fails", dial("failed")),
        ],
      };
    }
    case "Enqueue":
      return {
        ...common,
        takes: none,
        timeoutMs: patienceMs,
        offers: [
          offer("Wait 30 s, then be connected", { kind: "queue", result: "bridged", waitSec: 30 }),
          offer("The queue is full", { kind: "queue", result: "queue-full", waitSec: 0 }),
          offer("The queue fails", { kind: "queue", result: "system-error", waitSec: 5 }),
        ],
      };
    case "Pay":
      return {
        ...common,
        takes: none,
        timeoutMs: patienceMs,
        offers: [
          offer("Paid", { kind: "pay", result: "success" }),
          offer("Too many failed attempts", { kind: "pay", result: "too-many-failed-attempts" }),
          offer("The payment connector fails", { kind: "pay", result: "payment-connector-error" }),
        ],
      };
    case "Connect":
      return {
        ...common,
        takes: none,
        timeoutMs: patienceMs,
        offers: [
          offer("The session ends", { kind: "connect", status: "ended", durationSec: 10, detail: "" }),
          offer("The session fails", { kind: "connect", status: "failed", durationSec: 2, detail: "" }),
        ],
      };
    case "Refer":
      return {
        ...common,
        takes: none,
        timeoutMs: patienceMs,
        offers: [
          offer("Transferred (202)", { kind: "refer", sipStatus: 202 }),
          offer("Refused (603)", { kind: "refer", sipStatus: 603 }),
        ],
      };
  }
}

/** What becomes of a question that nobody answers in time. */
export function unanswered(verb: Question["verb"], keys: string, timeoutMs: number): CallerStep {
  switch (verb) {
    case "Gather":
      return keys === "" ? { kind: "silence" } : { kind: "digits", digits: keys };
    case "Record":
      return { kind: "record", durationSec: Math.round(timeoutMs / 1_000), endedBy: "silence" };
    case "Dial":
      return { kind: "dial", status: "no-answer", durationSec: 0 };
    default:
      return { kind: "silence" };
  }
}

export type Taken = { kind: "answer"; step: CallerStep } | { kind: "more"; keys: string } | { kind: "not-taken" };

/**
 * What the line makes of an input.
 *
 * @param keys those pressed before, of a Gather
 * @param lastedMs since the question was put
 */
export function takeInput(question: OpenQuestion, input: CallerInput, keys: string, lastedMs: number): Taken {
  const { verb, takes } = question;
  if (input.kind === "hangup") {
    const durationSec = Math.round(lastedMs / 1_000);
    return { kind: "answer", step: verb === "Record" ? { kind: "record", durationSec, endedBy: "hangup" } : input };
  }
  if (verb === "Gather") {
    if (input.kind === "digits") return takes.keys ? takeKeys(question, keys + input.digits) : { kind: "not-taken" };
    if (input.kind === "speech") return takes.speech ? { kind: "answer", step: input } : { kind: "not-taken" };
    return input.kind === "silence" ? { kind: "answer", step: unanswered(verb, keys, 0) } : { kind: "not-taken" };
  }
  if (verb === "Record") {
    const durationSec = Math.max(1, Math.round(lastedMs / 1_000));
    const finishOnKey = question.finishOnKey ?? recordKeys;
    if (input.kind === "digits") {
      const ends = [...input.digits].some((key) => finishOnKey.includes(key));
      return ends ? { kind: "answer", step: { kind: "record", durationSec, endedBy: "key" } } : { kind: "not-taken" };
    }
    if (input.kind === "silence") return { kind: "answer", step: { kind: "record", durationSec, endedBy: "silence" } };
  }
  const fits = question.offers.some((one) => one.input.kind === input.kind);
  return fits ? { kind: "answer", step: input } : { kind: "not-taken" };
}

/** The verb itself cuts off what is too much; here it only matters when the answer is complete. */
function takeKeys({ numDigits, finishOnKey = "" }: OpenQuestion, keys: string): Taken {
  const ends =
    [...keys].some((key) => finishOnKey.includes(key)) || (numDigits !== undefined && keys.length >= numDigits);
  return ends ? { kind: "answer", step: { kind: "digits", digits: keys } } : { kind: "more", keys };
}

function offer(label: string, input: CallerInput): Offer {
  return { label, input };
}
