import type { CallLine } from "./call-line.ts";
import type { ParsedAnswer, TwimlElement } from "./twiml-document.ts";
import { schemaWarnings } from "./twiml-schema.ts";
import { checkValues } from "./twiml-values.ts";
import { runSms, runStart } from "./verb-aside.ts";
import { runDial } from "./verb-dial.ts";
import { runEnqueue } from "./verb-enqueue.ts";
import { runGather } from "./verb-gather.ts";
import { type Prefetched, runPrompt } from "./verb-prompt.ts";
import { runRecord } from "./verb-record.ts";
import { type DocumentUrl, nextVerb, requestTo, type VerbResult } from "./verb-result.ts";
import { runConnect, runPay, runRefer } from "./verb-session.ts";
import type { Place, Visit } from "./visit.ts";

export type DocumentResult = Exclude<VerbResult, { kind: "next-verb" }>;

/** [D enqueue page] */
const waitVerbs = ["Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"];
/** [D queue page] */
const dequeuedVerbs = ["Play", "Say", "Pause", "Redirect"];
/** [D call resource page] */
const callMsMax = 4 * 3_600_000;

/** Runs one document verb by verb, until one needs another document or the call ends. */
export async function runDocument(
  answer: Exclude<ParsedAnswer, { kind: "error" }>,
  line: CallLine,
  documentUrl: DocumentUrl,
  place: Place,
  visit: Visit,
): Promise<DocumentResult> {
  if (answer.kind !== "twiml") {
    line.answer();
    line.hear(answer.kind === "audio" ? "play:(the document)" : answer.text.trim());
    // Audio to wait by is played again and again.
    return { kind: "ended", ended: place === "wait" ? "end-of-document" : "hangup" };
  }
  const warnings = schemaWarnings(answer.root);
  for (const detail of warnings) {
    line.journal.alert({ errorCode: 12200, url: documentUrl ?? "", level: "WARNING", detail });
  }
  if (warnings.length > 0 && line.dialect.schemaWarning === "fatal") {
    return { kind: "failed", errorCode: 12200, errorUrl: documentUrl ?? "", detail: warnings.join("; ") };
  }
  const { children } = answer.root;
  const prefetched: Prefetched = new Map();
  for (let at = 0; at < children.length; at += 1) {
    const verb = children[at];
    if (verb === undefined) break;
    const update = updateOf(line, place);
    if (update !== undefined) return update;
    if (line.journal.elapsedMs() > callMsMax) return { kind: "ended", ended: "time-limit" };
    const result = await runVerb(verb, children[at + 1], prefetched, line, documentUrl, place, visit);
    if (result.kind === "next-verb") continue;
    return (result.kind === "ended" ? undefined : updateOf(line, place)) ?? result;
  }
  return updateOf(line, place) ?? { kind: "ended", ended: "end-of-document" };
}

/**
 * A REST update ends the running document; one that runs beside the call ends too, and leaves the update to the call.
 */
function updateOf(line: CallLine, place: Place): DocumentResult | undefined {
  if (!line.state.updatePending()) return undefined;
  if (place !== "call") return { kind: "ended", ended: "end-of-document" };
  const update = line.state.takeUpdate();
  return update === undefined || update.kind === "hang-up" ? { kind: "ended", ended: "hangup" } : update;
}

async function runVerb(
  given: TwimlElement,
  following: TwimlElement | undefined,
  prefetched: Prefetched,
  line: CallLine,
  documentUrl: DocumentUrl,
  place: Place,
  visit: Visit,
): Promise<VerbResult> {
  // Only Reject leaves the call unanswered; it has no effect on a call that is answered [D reject page].
  if (given.name === "Reject" && line.callStatus() === "ringing") {
    line.finish(given.attributes.reason === "busy" ? "busy" : "no-answer");
    return { kind: "ended", ended: "rejected" };
  }
  const refused = refusedIn(place, given, line, documentUrl);
  if (refused !== undefined) return refused;
  const { element: verb, problems } = checkValues(given);
  for (const { errorCode, level, detail } of problems) {
    const errorUrl = documentUrl ?? "";
    if (level === "ERROR" && line.dialect.attributeError === "fallback") {
      return { kind: "failed", errorCode, errorUrl, detail };
    }
    line.journal.alert({ errorCode, url: errorUrl, level, detail });
  }
  // As the first verb, Pause delays answering [D pause page].
  if (verb.name !== "Pause") line.answer();
  switch (verb.name) {
    case "Say":
    case "Play":
    case "Pause":
      return runPrompt(verb, line, documentUrl, following, prefetched);
    case "Gather":
      return runGather(verb, line, documentUrl, place);
    case "Record":
      return runRecord(verb, line, documentUrl);
    case "Dial":
      return runDial(verb, line, documentUrl, visit);
    case "Enqueue":
      return runEnqueue(verb, line, documentUrl, visit);
    case "Connect":
      return runConnect(verb, line, documentUrl);
    case "Pay":
      return runPay(verb, line, documentUrl);
    case "Refer":
      return runRefer(verb, line, documentUrl);
    case "Sms":
      return runSms(verb, line, documentUrl);
    case "Start":
    case "Stop":
      return runStart(verb, line);
    case "Redirect":
      return requestTo("redirect", verb.text, documentUrl, verb.attributes.method, {});
    case "Hangup":
    case "Reject":
      return { kind: "ended", ended: "hangup" };
    case "Leave":
      return place === "wait" ? { kind: "left" } : nextVerb;
    default:
      return nextVerb; // Unknown verbs were warned of (12200) and are passed over.
  }
}

/** What a document beside the call must not do [D enqueue page, queue page, number page, ERR 13201]. */
function refusedIn(place: Place, verb: TwimlElement, line: CallLine, documentUrl: DocumentUrl): VerbResult | undefined {
  const url = documentUrl ?? "";
  if (place === "wait" && !waitVerbs.includes(verb.name)) {
    const detail = `<${verb.name}> is not allowed while the caller waits in a queue`;
    line.journal.alert({ errorCode: 12200, url, level: "WARNING", detail });
    return nextVerb;
  }
  if (place === "dequeued" && !dequeuedVerbs.includes(verb.name)) {
    const detail = `<${verb.name}> is not allowed for who is connected from a queue`;
    line.journal.alert({ errorCode: 12200, url, level: "WARNING", detail });
    return nextVerb;
  }
  if (place === "whisper" && verb.name === "Dial") {
    return { kind: "failed", errorCode: 13201, errorUrl: url, detail: "<Dial> on the leg of a person called" };
  }
  return undefined;
}
