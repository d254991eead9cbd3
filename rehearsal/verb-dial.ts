import type { CallLine } from "./call-line.ts";
import { type CalledPerson, callPerson, reportPerson } from "./called-person.ts";
import type { CalledStatus } from "./caller-script.ts";
import { reportParticipant } from "./conference-status.ts";
import type { TwimlElement } from "./twiml-document.ts";
import { dialNouns } from "./twiml-schema.ts";
import { reportRecording } from "./verb-record.ts";
import { afterHangup, type DocumentUrl, nextVerb, requestToAction, type VerbResult } from "./verb-result.ts";
import type { Visit } from "./visit.ts";

type DialOutcome = {
  status: CalledStatus | "answered";
  durationSec: number;
  /** Undefined in a conference, which is no call [D dial page]. */
  person: CalledPerson | undefined;
  bridged: boolean;
  callerGone: boolean;
};

/** No default action: without one the next verb follows. A caller who hangs up ends the session [D dial page]. */
export async function runDial(
  dial: TwimlElement,
  line: CallLine,
  documentUrl: DocumentUrl,
  visit: Visit,
): Promise<VerbResult> {
  const { attributes } = dial;
  const nouns = dial.children.filter((child) => dialNouns.includes(child.name));
  const targets = nouns.length > 0 ? nouns : [dial];
  const problem = targets.map(numberProblem).find((one) => one !== undefined);
  const outcome =
    problem === undefined
      ? await callAll(dial, targets, line, documentUrl, visit)
      : notCallable(problem, line, documentUrl);
  if (outcome.kind === "stopped") return outcome.result;

  const { status, durationSec, person, bridged, callerGone } = outcome.outcome;
  const recorded = await recordDial(attributes, outcome.outcome, line, documentUrl);
  const params = {
    DialCallStatus: status,
    ...(person === undefined ? {} : { DialCallSid: person.callSid, DialCallDuration: String(durationSec) }),
    DialBridged: String(bridged),
    ...(person?.noun.name === "Sip"
      ? { DialSipCallId: `${person.callSid}@sip`, DialSipResponseCode: sipCode(status) }
      : {}),
    ...recorded,
  };
  line.journal.executed(dial, params);
  if (callerGone) {
    if ((attributes.action ?? "") === "" || !line.dialect.dialActionAfterHangup) {
      return { kind: "ended", ended: "caller-hangup" };
    }
  }
  const result = requestToAction(attributes, documentUrl, params);
  return callerGone ? afterHangup(result) : result;
}

type Called = { kind: "called"; outcome: DialOutcome } | { kind: "stopped"; result: VerbResult };

/**
 * All ring at once and the first wins, or with `sequential` one after the other until somebody answers [D dial page].
 */
async function callAll(
  dial: TwimlElement,
  targets: TwimlElement[],
  line: CallLine,
  documentUrl: DocumentUrl,
  visit: Visit,
): Promise<Called> {
  const turns = dial.attributes.sequential === "true" ? targets.map((target) => [target]) : [targets];
  let last: Called = { kind: "stopped", result: nextVerb };
  for (const ringing of turns) {
    last = await callTogether(dial, ringing, line, documentUrl, visit);
    if (last.kind === "stopped" || last.outcome.status === "completed" || last.outcome.status === "answered")
      return last;
  }
  return last;
}

async function callTogether(
  dial: TwimlElement,
  targets: TwimlElement[],
  line: CallLine,
  documentUrl: DocumentUrl,
  visit: Visit,
): Promise<Called> {
  const asked = line.ask("Dial", dial);
  const step = asked instanceof Promise ? await asked : asked;
  const callerGone = step.kind === "hangup";
  const isStar = step.kind === "digits" && step.digits.includes("*") && dial.attributes.hangupOnStar === "true";
  const answered = callerGone || isStar || (step.kind === "dial" && step.status === "completed");
  const timeLimitSec = Number(dial.attributes.timeLimit ?? "14400");
  let durationSec = Math.min(step.kind === "dial" ? step.durationSec : 0, timeLimitSec);
  // A step of another verb is nobody answering.
  let status: CalledStatus = step.kind === "dial" ? step.status : answered ? "completed" : "no-answer";
  let bridged = answered && !callerGone;

  const people = targets.map((noun): CalledPerson => ({ noun, callSid: line.nextSid("CA") }));
  const [first] = people;
  if (first === undefined) return { kind: "stopped", result: nextVerb };
  if (first.noun.name === "Conference") {
    await line.pass(durationSec * 1000);
    if (callerGone) line.finish("completed");
    await reportParticipant(first.noun, line, documentUrl);
    // nobody has to answer there: whoever dials it is in it
    const talked = callerGone ? status : "answered";
    bridged = !callerGone;
    return { kind: "called", outcome: { status: talked, durationSec, person: undefined, bridged, callerGone } };
  }
  if (answered && !callerGone) {
    line.state.pressed = step.kind === "dial" ? step.pressed : undefined;
    const joined = await callPerson(first, line, documentUrl, dial.attributes.callerId, visit);
    line.state.pressed = undefined;
    if (joined.kind === "stopped") return joined;
    if (joined.kind === "declined") {
      status = line.dialect.declinedDialStatus;
      bridged = false;
      durationSec = 0;
    }
  }
  await line.pass(durationSec * 1000);
  if (callerGone) line.finish("completed");
  for (const [position, person] of people.entries()) {
    const lost = position > 0 && answered;
    await reportPerson(person, lost ? "canceled" : status, lost ? 0 : durationSec, line, documentUrl);
  }
  return { kind: "called", outcome: { status, durationSec, person: first, bridged, callerGone } };
}

/** What cannot be called fails the Dial, never the document [D dial page, ERR 13223, 13224]. */
function numberProblem(target: TwimlElement): string | undefined {
  if (target.name !== "Number" && target.name !== "Dial") return undefined;
  const number = target.text.replace(/[\s().-]/g, "");
  return /^\+?\d{3,15}$/.test(number) ? undefined : target.text.trim();
}

function notCallable(number: string, line: CallLine, documentUrl: DocumentUrl): Called {
  const detail = `"${number}" is not a number that can be called`;
  line.journal.alert({ errorCode: 13224, url: documentUrl ?? "", level: "ERROR", detail });
  const nobody = { person: undefined, bridged: false, callerGone: false };
  return { kind: "called", outcome: { status: "failed", durationSec: 0, ...nobody } };
}

async function recordDial(
  attributes: Readonly<Record<string, string>>,
  { bridged, durationSec }: DialOutcome,
  line: CallLine,
  documentUrl: DocumentUrl,
): Promise<Record<string, string>> {
  if (!bridged || (attributes.record ?? "do-not-record") === "do-not-record" || attributes.record === "false")
    return {};
  const sid = line.nextSid("RE");
  const url = `https://api.twilio.com/2010-04-01/Accounts/${line.party.accountSid}/Recordings/${sid}`;
  await reportRecording(attributes, "DialVerb", "completed", { sid, url, durationSec }, line, documentUrl);
  return { RecordingUrl: url };
}

function sipCode(status: string): string {
  return { completed: "200", busy: "486", "no-answer": "487" }[status] ?? "503";
}
