import type { Intercept, OutgoingRequest } from "./call-record.ts";
import type { Caller, CallerStep, Question } from "./caller-script.ts";
import type { Dialect } from "./dialect.ts";
import type { Journal } from "./journal.ts";
import type { Reply } from "./reply.ts";
import { type Party, sidOf, standardParameters } from "./voice-parameters.ts";
import { fetchWebhook, type Wire } from "./webhook-client.ts";

export type StatusCallback = { url: string; method: "GET" | "POST"; params: Record<string, string> };

type RequestSpec = Omit<OutgoingRequest, "attempt" | "index" | "mediaIndex"> & { accept?: string };

/** The state of one call, and the ways in which verbs reach the world outside: webhooks, media, the caller. */
export type CallLine = ReturnType<typeof createCallLine>;

export function createCallLine(options: {
  party: Party;
  authToken: string;
  caller: Caller;
  dialect: Dialect;
  intercept: Intercept;
  journal: Journal;
  nowMs: () => number;
  wire?: Wire;
  sleep?: (ms: number) => Promise<void>;
}) {
  const { party, dialect, journal } = options;
  let callStatus = "ringing";
  let eventIndex = -1;
  let mediaCount = 0;
  let sidCount = 0;
  let questionCount = 0;
  let heardBefore = 0;
  let held: StatusCallback[] = [];

  const standardParams = () => standardParameters(party, callStatus);

  const send = async (spec: RequestSpec): Promise<Reply> => {
    const { accept, ...rest } = spec;
    const mediaIndex = spec.kind === "media" ? { mediaIndex: mediaCount++ } : {};
    const request = { ...rest, ...mediaIndex, index: eventIndex };
    const startedAtMs = journal.atMs();
    const { reply, attempts } = await fetchWebhook(
      {
        ...spec,
        standardParams: spec.kind === "media" ? {} : standardParams(),
        authToken: options.authToken,
        ...(accept === undefined ? {} : { accept }),
      },
      (attempt, sendAttempt) => {
        journal.note({ kind: "request", request: { ...request, attempt } });
        return options.intercept({ ...request, attempt }, sendAttempt);
      },
      options.wire,
    );
    const outcome: { kind: "answer"; status: number } | { kind: "failed"; errorCode: number; detail: string } =
      reply.kind === "answer"
        ? { kind: "answer", status: reply.status }
        : { kind: "failed", errorCode: toldCode(reply), detail: reply.detail };
    journal.addRequest({ ...request, attempts, startedAtMs, endedAtMs: journal.atMs(), outcome });
    return reply.kind === "failed" ? { ...reply, errorCode: toldCode(reply) } : reply;
  };
  const toldCode = (reply: Extract<Reply, { kind: "failed" }>) =>
    dialect.preciseErrorCodes ? (reply.causeCode ?? reply.errorCode) : reply.errorCode;

  /** Its failure is a warning and never asks the fallback [D ERR 15003]. */
  const sendStatus = async (status: StatusCallback): Promise<void> => {
    const reply = await send({ ...status, kind: "status", isFallback: false });
    if (reply.kind === "answer" && reply.status < 400) return;
    const detail = reply.kind === "answer" ? `HTTP ${reply.status}` : reply.detail;
    journal.alert({ errorCode: 15003, url: status.url, level: "WARNING", detail });
  };

  return {
    party,
    dialect,
    journal,
    nowMs: options.nowMs,
    standardParams,
    callStatus: () => callStatus,
    answer: () => {
      if (callStatus === "ringing") callStatus = "in-progress";
    },
    finish: (status: string) => {
      callStatus = status;
    },
    nextEvent: () => {
      eventIndex += 1;
      return eventIndex;
    },
    /** Lets the call's time pass: audio, pauses, silence. */
    pass: async (ms: number): Promise<void> => {
      if (options.sleep === undefined) journal.pass(ms);
      else await options.sleep(ms);
    },
    nextSid: (prefix: string) => sidOf(prefix, party.callSid, sidCount++),
    fetchTwiml: (spec: RequestSpec) => send(spec),
    /** Carries no voice parameters [D play page]. */
    fetchMedia: (url: string) =>
      send({ kind: "media", url, method: "GET", params: {}, isFallback: false, accept: "audio/*" }),
    sendStatus,
    /** For the status callbacks of verbs, whose time relative to the action request is a matter of dialect. */
    deliverStatus: async (status: StatusCallback) => {
      if (dialect.statusCallbackTiming === "before") await sendStatus(status);
      if (dialect.statusCallbackTiming === "after") held.push(status);
    },
    releaseStatuses: async () => {
      const due = held;
      held = [];
      for (const status of due) await sendStatus(status);
    },
    /** What the caller does now. */
    ask: (verb: Question["verb"]): CallerStep => {
      const question = { verb, index: questionCount, heard: journal.heardSince(heardBefore) };
      const { caller } = options;
      const step = typeof caller === "function" ? caller(question) : caller[questionCount];
      questionCount += 1;
      heardBefore = journal.heardCount();
      const taken = step ?? { kind: "silence" as const };
      journal.note({ kind: "caller", verb, step: taken });
      return taken;
    },
  };
}
