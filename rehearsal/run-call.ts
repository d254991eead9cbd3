import type { CallLine } from "./call-line.ts";
import type { CallEnd } from "./call-record.ts";
import { errorUrlOf } from "./dialect.ts";
import { type DocumentResult, runDocument } from "./interpreter.ts";
import { withoutFragment } from "./redact.ts";
import type { Reply } from "./reply.ts";
import { type ParsedAnswer, parseAnswer } from "./twiml-document.ts";
import type { DocumentUrl, Failure, NextRequest } from "./verb-result.ts";
import type { Ending, Place } from "./visit.ts";
import { withParams } from "./webhook-headers.ts";

type Fetched =
  | { kind: "fetched"; answer: Exclude<ParsedAnswer, { kind: "error" }>; documentUrl: DocumentUrl }
  | ({ kind: "failed" } & Failure);

/** Runs one document after the other, from a first request on, until they end. */
export async function visit(first: NextRequest, line: CallLine, place: Place): Promise<Ending> {
  let request = first;
  for (;;) {
    const capped = capOf(line);
    if (capped !== undefined) return { kind: "ended", ended: capped };
    // who is bridged hears no more of the queue
    if (place === "wait" && line.journal.elapsedMs() >= line.state.waitsUntilMs) {
      return { kind: "ended", ended: "end-of-document" };
    }
    const result = await runEvent(request, line, place);
    if (result.kind !== "request") return result;
    request = result.request;
  }
}

/** The rehearsal's own bound; and Twilio's, if it has one [N 4.8]. */
function capOf(line: CallLine): CallEnd | undefined {
  const count = line.journal.documentCount();
  if (count >= line.state.documentsMax) return "simulator-cap";
  if (count < 50 || line.dialect.documentCap === "none") return undefined;
  line.journal.alert({ errorCode: 14106, url: "", level: "ERROR", detail: "more than 50 documents" });
  line.journal.note({ kind: "apology" });
  return "apology";
}

/**
 * One event: its own URL first, then the fallback URL for whatever fails in fetching or executing, as often as needed.
 */
async function runEvent(
  request: NextRequest,
  line: CallLine,
  place: Place,
): Promise<Ending | Extract<DocumentResult, { kind: "request" }>> {
  line.state.eventIndex += 1;
  const index = line.state.eventIndex;
  let fetched = await fetchEvent(place === "call" ? request : { ...request, kind: kindIn(place) }, index, line);
  if (request.callerGone === true) {
    if (fetched.kind === "failed") alertOf(fetched, fetched.errorCode, line);
    return { kind: "ended", ended: "caller-hangup" };
  }
  for (;;) {
    if (fetched.kind === "failed") {
      if (!asksFallback(place, line)) return fetched;
      fetched = await failOver(fetched, request.params, index, line);
      if (fetched.kind === "failed") {
        line.journal.note({ kind: "apology" });
        return { kind: "ended", ended: "apology" };
      }
    }
    await line.releaseStatuses();
    const result: DocumentResult = await runDocument(fetched.answer, line, fetched.documentUrl, place, visit);
    if (result.kind !== "failed") return result;
    const capped = capOf(line);
    if (capped !== undefined) return { kind: "ended", ended: capped };
    fetched = result;
  }
}

/** Whose failures the fallback is asked about, is documented for the call itself only [N 1.2]. */
function asksFallback(place: Place, line: CallLine): boolean {
  if (place === "wait") return line.dialect.waitFailure === "fallback";
  return place === "call" || line.dialect.whisperFailure === "fallback";
}

function kindIn(place: Exclude<Place, "call">): NextRequest["kind"] {
  return place === "wait" ? "wait" : "whisper";
}

async function fetchEvent(request: NextRequest, index: number, line: CallLine): Promise<Fetched> {
  const { kind, url, method, twiml } = request;
  if (twiml === undefined) {
    const standard = line.standardParams();
    const params = hasParams(request.params) ? { ...standard, ...request.params } : standard;
    return fetchDocument(line, index, { kind, url, method, params, isFallback: false });
  }
  const answer = parseAnswer("text/xml", twiml);
  if (answer.kind === "error") {
    return { kind: "failed", errorCode: answer.errorCode, errorUrl: "", detail: answer.detail };
  }
  line.journal.addDocument({ index, url: "", host: "", isFallback: false, twiml }, verbsOf(answer));
  return { kind: "fetched", answer, documentUrl: undefined };
}

type TwimlRequest = {
  kind: NextRequest["kind"] | "fallback";
  url: string;
  method: "GET" | "POST";
  params: Record<string, string>;
  isFallback: boolean;
};

async function fetchDocument(line: CallLine, index: number, request: TwimlRequest): Promise<Fetched> {
  const reply = await line.fetchTwiml(request);
  const answer = readReply(reply, request.url);
  if (answer.kind === "error") {
    const { errorCode, detail } = answer;
    const cause = reply.kind === "failed" && reply.causeCode !== undefined ? { causeCode: reply.causeCode } : {};
    const isGet = request.method === "GET" && line.dialect.errorUrlGetParams;
    const errorUrl = isGet && URL.canParse(request.url) ? withParams(request.url, request.params) : request.url;
    return { kind: "failed", errorCode, ...cause, errorUrl, detail };
  }
  // The default action keeps the overrides of the document's URL, unless an HTTP redirect led elsewhere.
  const documentUrl = reply.kind === "answer" && isMoved(request.url, reply.url) ? reply.url : request.url;
  const twiml = reply.kind === "answer" ? reply.body : "";
  const { isFallback } = request;
  line.journal.addDocument({ index, url: documentUrl, host: hostOf(documentUrl), isFallback, twiml }, verbsOf(answer));
  return { kind: "fetched", answer, documentUrl };
}

function verbsOf(answer: Exclude<ParsedAnswer, { kind: "error" }>): string[] {
  return answer.kind === "twiml" ? answer.root.children.map((verb) => verb.name) : [answer.kind];
}

function hasParams(params: Record<string, string>): boolean {
  for (const _ in params) return true;
  return false;
}

function isMoved(asked: string, answered: string | undefined): answered is string {
  if (answered === undefined || asked.startsWith(answered)) {
    const rest = asked.slice(answered?.length ?? 0);
    if (answered === undefined || rest === "" || rest.startsWith("#")) return false;
  }
  const here = new URL(asked);
  here.hash = "";
  return here.href !== answered;
}

/** URLs of documents are absolute by now. */
function hostOf(url: string): string {
  const start = url.indexOf("//") + 2;
  const end = url.slice(start).search(/[/?#]/);
  const authority = end < 0 ? url.slice(start) : url.slice(start, start + end);
  return authority.slice(authority.lastIndexOf("@") + 1);
}

function readReply(
  reply: Reply,
  url: string,
): Exclude<ParsedAnswer, { kind: "error" }> | { kind: "error"; errorCode: number; detail: string } {
  if (reply.kind === "failed") return { kind: "error", errorCode: reply.errorCode, detail: reply.detail };
  if (reply.status < 200 || reply.status >= 300) {
    return { kind: "error", errorCode: 11200, detail: `Got HTTP ${reply.status} response to ${withoutFragment(url)}` };
  }
  return parseAnswer(reply.headers["content-type"], reply.body);
}

/** The fallback URL belongs to the call and is asked once per failure [D "Availability and Reliability"]. */
async function failOver(
  failure: Extract<Fetched, { kind: "failed" }>,
  eventParams: Record<string, string>,
  index: number,
  line: CallLine,
): Promise<Fetched> {
  const { dialect } = line;
  const fallback = line.state.fallback();
  if (fallback === undefined) {
    alertOf(failure, failure.errorCode, line);
    return failure;
  }
  const { causeCode } = failure;
  const isPrecise = causeCode !== undefined && causeCode !== failure.errorCode && dialect.preciseErrorCodes;
  const errorCode = isPrecise ? causeCode : failure.errorCode;
  alertOf(failure, errorCode, line);
  const errorUrl = errorUrlOf(failure.errorUrl, dialect);
  line.journal.note({ kind: "failover", index, errorCode, errorUrl });
  const params: Record<string, string> = { ...line.standardParams() };
  if (line.callStatus() === "ringing") params.CallStatus = dialect.firstFallbackStatus;
  if (hasParams(eventParams) && dialect.fallbackRepeatsParams) Object.assign(params, eventParams);
  params.ErrorCode = String(errorCode);
  params.ErrorUrl = errorUrl;
  if (dialect.errorMessage) params.ErrorMessage = failure.detail;
  const fetched = await fetchDocument(line, index, { kind: "fallback", ...fallback, params, isFallback: true });
  if (fetched.kind === "failed") alertOf(fetched, fetched.errorCode, line);
  return fetched;
}

/** What the application is told as 502 is named precisely here, as `X-Twilio-WebhookError` does in the alert [O]. */
function alertOf({ errorCode, causeCode, errorUrl, detail }: Failure, toldCode: number, line: CallLine): void {
  const hidden = errorCode === 11200 && causeCode !== undefined;
  const text = hidden ? `Got HTTP 502 response; X-Twilio-WebhookError: ${causeCode} ${detail}` : detail;
  line.journal.alert({ errorCode: toldCode, url: errorUrl, level: "ERROR", detail: text });
}
