import type { CaseLadder, ConsoleEvent, Language, Target } from "../../console/protocol.ts";
import type { Flow } from "../../core/flow.ts";
import { languages } from "../../core/verbs.ts";
import type { CallDocument, CallEvent, OutgoingRequest } from "../../rehearsal/call-record.ts";
import { drawLadder } from "../../rehearsal/ladder.ts";
import { startMs } from "../../rehearsal/world/rehearse-call.ts";
import { replay } from "../rehearse/replay.ts";
import { createObserver } from "./observer.ts";
import type { Prompts } from "./prompts.ts";
import { heardOf } from "./sounds.ts";

/**
 * One case of a rehearsal, placed again in virtual time, as a ladder.
 * @throws UsageError when the id is none, or fits the flows no longer
 */
export async function caseLadder(
  flows: readonly Flow[],
  settings: Readonly<Record<string, string>>,
  caseId: string,
  prompts: Prompts,
): Promise<CaseLadder> {
  const { stage, call, findings } = await replay(flows, settings, caseId);
  const { record } = call;
  const language = languages.find((one) => one === caseId.split("/")[1]) ?? "en";
  const targetOf = (url: string): Target => stage.urls.parse(url)?.leg ?? "elsewhere";
  const events: ConsoleEvent[] = [];
  const observer = createObserver({
    ...{ callId: caseId, callSid: record.callSid, sealer: stage.sealer, targetOf },
    tell: (event) => void events.push(event),
  });
  const documents = [...record.documents];
  let questions = 0;
  for (const event of record.events) {
    const { atMs } = event;
    const common = { atMs, callId: caseId };
    if (event.kind === "heard")
      events.push({ kind: "heard", ...common, ...heardInCase(event.text, prompts, language) });
    else if (event.kind === "caller") {
      events.push({ kind: "answered", ...common, index: questions, input: event.step });
      questions += 1;
    } else if (event.kind === "ended") events.push({ kind: "call.ended", ...common, how: event.ended });
    else {
      if (event.kind === "reply") giveDocument(event, documents, observer.reply);
      observer.event(event);
    }
  }
  for (const { text, atMs } of call.executed) putEffect(events, caseId, text, atMs - startMs);
  const text = drawLadder(record, (url) => stage.urls.parse(url)?.leg ?? "primary");
  return { caseId, events, text, findings: findings.map(({ checker, what }) => `${checker}: ${what}`) };
}

/** Before the reply of the request in which it happened. */
function putEffect(events: ConsoleEvent[], callId: string, effect: string, atMs: number): void {
  const at = events.findIndex((event) => event.kind === "reply" && event.requestKind !== "media" && event.atMs >= atMs);
  events.splice(at < 0 ? events.length : at, 0, { kind: "effect", atMs, callId, effect, state: "done" });
}

/** What is heard stands in a record as the line writes it down. */
function heardInCase(text: string, prompts: Prompts, language: Language) {
  const plain = { text, lengthMs: 0, repeats: 1, inGather: false };
  if (text.startsWith("play:")) {
    return heardOf({ ...plain, kind: "play", url: `http://case${text.slice("play:".length)}` }, prompts, language);
  }
  const kind = /^pause [\d.]+ s$/.test(text) ? "pause" : text.startsWith("tones:") ? "tones" : "say";
  return heardOf({ ...plain, kind }, prompts, language);
}

/** A record keeps documents beside the replies that brought them, in the same order. */
function giveDocument(
  { request }: Extract<CallEvent, { kind: "reply" }>,
  documents: CallDocument[],
  give: (
    request: OutgoingRequest,
    reply: { kind: "answer"; status: number; headers: Record<string, string>; body: string },
  ) => void,
): void {
  if (request.kind === "media" || request.kind === "status" || request.outcome.kind === "failed") return;
  const at = documents.findIndex(
    ({ index, isFallback }) => index === request.index && isFallback === request.isFallback,
  );
  const [document] = at < 0 ? [] : documents.splice(at, 1);
  if (document === undefined) return;
  const headers = { "content-type": "text/xml" };
  give({ ...request, attempt: 0 }, { kind: "answer", status: request.outcome.status, headers, body: document.twiml });
}
