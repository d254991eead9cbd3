import { randomBytes } from "node:crypto";
import { type CallLine, createCallLine } from "./call-line.ts";
import type { CallEnd, CallEvent, CallRecord, Intercept } from "./call-record.ts";
import type { Caller } from "./caller-script.ts";
import { type Dialect, defaultDialect, errorUrlOf } from "./dialect.ts";
import type { Exchange } from "./exchange.ts";
import { type DocumentResult, runDocument } from "./interpreter.ts";
import { createJournal } from "./journal.ts";
import type { Reply } from "./reply.ts";
import { type ParsedAnswer, parseAnswer } from "./twiml-document.ts";
import type { NextRequest } from "./verb-result.ts";
import { progressParameters } from "./voice-parameters.ts";

export type CallOptions = {
  voiceUrl: string;
  fallbackUrl?: string;
  statusCallbackUrl?: string;
  authToken: string;
  accountSid: string;
  script: Caller;
  dialect?: Partial<Dialect>;
  /** In place of `dialect`: never copied, so it may be made of getters; each question is read only where it matters. */
  fullDialect?: Dialect;
  intercept?: Intercept;
  /** The rehearsal's own cap on documents in one call. */
  documentsMax?: number;
  from?: string;
  to?: string;
  callSid?: string;
  /** Added to the standard parameters of every request. */
  extraParameters?: Record<string, string>;
  /** Epoch milliseconds. */
  nowMs?: () => number;
  /** Default: HTTP. With it comes `sleep`: audio and silence then take virtual time, by default none. */
  exchange?: Exchange;
  sleep?: (ms: number) => Promise<void>;
  onEvent?: (event: CallEvent) => void;
};

type Fetched =
  | { kind: "fetched"; answer: Exclude<ParsedAnswer, { kind: "error" }>; documentUrl: string }
  | { kind: "failed"; errorCode: number; errorUrl: string; detail: string };

/**
 * Places one inbound call, as Twilio would: fetches TwiML, executes it, follows it to its end. Over HTTP it never waits for
 * audio, pauses or silence, and timeouts of requests are real. Does not reject on anything that the webhooks do.
 */
export async function placeCall(options: CallOptions): Promise<CallRecord> {
  const nowMs = options.nowMs ?? Date.now;
  const journal = createJournal(nowMs, options.onEvent ?? (() => {}));
  const callSid = options.callSid ?? `CA${randomBytes(16).toString("hex")}`;
  const line = createCallLine({
    party: {
      accountSid: options.accountSid,
      callSid,
      from: options.from ?? "+15005550001",
      to: options.to ?? "+15005550002",
      extraParameters: options.extraParameters ?? {},
    },
    authToken: options.authToken,
    caller: options.script,
    dialect: options.fullDialect ?? { ...defaultDialect, ...options.dialect },
    intercept: options.intercept ?? ((_request, send) => send()),
    journal,
    nowMs,
    ...(options.exchange === undefined ? {} : { wire: { exchange: options.exchange, nowMs } }),
    ...(options.sleep === undefined ? {} : { sleep: options.sleep }),
  });

  const ended = await runCall(line, options);
  await line.releaseStatuses();
  if (["ringing", "in-progress"].includes(line.callStatus())) line.finish("completed");
  journal.note({ kind: "ended", ended });
  if (options.statusCallbackUrl !== undefined) {
    const progress = progressParameters(journal.callSeconds(), 0, nowMs());
    const params = { ...line.standardParams(), ...progress };
    await line.sendStatus({ url: options.statusCallbackUrl, method: "POST", params });
  }
  return journal.record(callSid, ended);
}

async function runCall(line: CallLine, options: CallOptions): Promise<CallEnd> {
  let request: NextRequest = { kind: "voice", url: options.voiceUrl, method: "POST", params: {} };
  for (;;) {
    if (line.journal.documentCount() >= (options.documentsMax ?? 200)) return "simulator-cap";
    const result = await runEvent(request, line, options);
    if (result.kind === "ended") return result.ended;
    request = result.request;
  }
}

type EventResult = Extract<DocumentResult, { kind: "ended" | "request" }>;

/** One event: its own URL first, then the fallback URL for whatever fails in fetching or executing, as often as needed. */
async function runEvent(request: NextRequest, line: CallLine, options: CallOptions): Promise<EventResult> {
  const index = line.nextEvent();
  const params = { ...line.standardParams(), ...request.params };
  const { kind, url, method } = request;
  let fetched = await fetchDocument(line, index, { kind, url, method, params, isFallback: false });
  if (request.callerGone === true) {
    if (fetched.kind === "failed") line.journal.alert(toAlert(fetched));
    return { kind: "ended", ended: "caller-hangup" };
  }
  for (;;) {
    if (fetched.kind === "failed") {
      fetched = await failOver(fetched, request.params, index, line, options);
      if (fetched.kind === "failed") {
        line.journal.note({ kind: "apology" });
        return { kind: "ended", ended: "apology" };
      }
    }
    await line.releaseStatuses();
    const result: DocumentResult = await runDocument(fetched.answer, line, fetched.documentUrl);
    if (result.kind !== "failed") return result;
    if (line.journal.documentCount() >= (options.documentsMax ?? 200)) return { kind: "ended", ended: "simulator-cap" };
    fetched = result;
  }
}

type TwimlRequest = {
  kind: "voice" | "action" | "redirect" | "fallback";
  url: string;
  method: "GET" | "POST";
  params: Record<string, string>;
  isFallback: boolean;
};

async function fetchDocument(line: CallLine, index: number, request: TwimlRequest): Promise<Fetched> {
  const reply = await line.fetchTwiml(request);
  const answer = readReply(reply);
  if (answer.kind === "error") {
    return { kind: "failed", errorCode: answer.errorCode, errorUrl: request.url, detail: answer.detail };
  }
  // The default action keeps the overrides of the document's URL, unless an HTTP redirect led elsewhere.
  const documentUrl = reply.kind === "answer" && isMoved(request.url, reply.url) ? reply.url : request.url;
  const verbs = answer.kind === "twiml" ? answer.root.children.map((verb) => verb.name) : [answer.kind];
  const twiml = reply.kind === "answer" ? reply.body : "";
  const { isFallback } = request;
  line.journal.addDocument({ index, url: documentUrl, host: new URL(documentUrl).host, isFallback, twiml }, verbs);
  return { kind: "fetched", answer, documentUrl };
}

function isMoved(asked: string, answered: string | undefined): answered is string {
  if (answered === undefined) return false;
  const here = new URL(asked);
  here.hash = "";
  return here.href !== answered;
}

function readReply(
  reply: Reply,
): Exclude<ParsedAnswer, { kind: "error" }> | { kind: "error"; errorCode: number; detail: string } {
  if (reply.kind === "failed") return { kind: "error", errorCode: reply.errorCode, detail: reply.detail };
  if (reply.status < 200 || reply.status >= 300) {
    return { kind: "error", errorCode: 11200, detail: `Got HTTP ${reply.status} response` };
  }
  return parseAnswer(reply.headers["content-type"], reply.body);
}

/** The fallback URL belongs to the call and is asked once per failure [D "Availability and Reliability"]. */
async function failOver(
  failure: Extract<Fetched, { kind: "failed" }>,
  eventParams: Record<string, string>,
  index: number,
  line: CallLine,
  options: CallOptions,
): Promise<Fetched> {
  line.journal.alert(toAlert(failure));
  if (options.fallbackUrl === undefined) return failure;
  const errorUrl = errorUrlOf(failure.errorUrl, line.dialect);
  line.journal.note({ kind: "failover", index, errorCode: failure.errorCode, errorUrl });
  const params = {
    ...line.standardParams(),
    ...(line.dialect.fallbackRepeatsParams ? eventParams : {}),
    ErrorCode: String(failure.errorCode),
    ErrorUrl: errorUrl,
  };
  const request = { kind: "fallback" as const, url: options.fallbackUrl, method: "POST" as const, params };
  const fetched = await fetchDocument(line, index, { ...request, isFallback: true });
  if (fetched.kind === "failed") line.journal.alert(toAlert(fetched));
  return fetched;
}

function toAlert(failure: Extract<Fetched, { kind: "failed" }>) {
  const { errorCode, errorUrl, detail } = failure;
  return { errorCode, url: errorUrl, level: "ERROR" as const, detail };
}
