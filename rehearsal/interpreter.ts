import type { CallLine } from "./call-line.ts";
import type { ParsedAnswer, TwimlElement } from "./twiml-document.ts";
import { schemaWarnings } from "./twiml-schema.ts";
import { runDial } from "./verb-dial.ts";
import { runGather } from "./verb-gather.ts";
import { runPrompt } from "./verb-prompt.ts";
import { runRecord } from "./verb-record.ts";
import { nextVerb, requestTo, type VerbResult } from "./verb-result.ts";

export type DocumentResult = Exclude<VerbResult, { kind: "next-verb" }>;

/** Runs one document verb by verb, until one needs another document or the call ends. */
export async function runDocument(
  answer: Exclude<ParsedAnswer, { kind: "error" }>,
  line: CallLine,
  documentUrl: string,
): Promise<DocumentResult> {
  if (answer.kind !== "twiml") {
    line.answer();
    line.journal.hear(answer.kind === "audio" ? "play:(the document)" : answer.text.trim());
    return { kind: "ended", ended: "hangup" };
  }
  for (const detail of schemaWarnings(answer.root)) {
    line.journal.alert({ errorCode: 12200, url: documentUrl, level: "WARNING", detail });
  }
  for (const verb of answer.root.children) {
    const result = await runVerb(verb, line, documentUrl);
    if (result.kind !== "next-verb") return result;
  }
  return { kind: "ended", ended: "end-of-document" };
}

async function runVerb(verb: TwimlElement, line: CallLine, documentUrl: string): Promise<VerbResult> {
  // Only Reject leaves the call unanswered; it has no effect on a call that is [D reject page].
  if (verb.name === "Reject" && line.callStatus() === "ringing") {
    line.finish(verb.attributes.reason === "busy" ? "busy" : "no-answer");
    return { kind: "ended", ended: "rejected" };
  }
  line.answer();
  switch (verb.name) {
    case "Say":
    case "Play":
    case "Pause":
      return runPrompt(verb, line, documentUrl);
    case "Gather":
      return runGather(verb, line, documentUrl);
    case "Record":
      return runRecord(verb, line, documentUrl);
    case "Dial":
      return runDial(verb, line, documentUrl);
    case "Redirect":
      return requestTo("redirect", verb.text, documentUrl, verb.attributes.method, {});
    case "Hangup":
    case "Reject":
      return { kind: "ended", ended: "hangup" };
    default:
      return nextVerb; // Unknown verbs were warned of (12200) and are passed over.
  }
}
