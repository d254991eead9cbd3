import type { OutgoingRequest, RequestRecord } from "./call-record.ts";
import type { CallerStep, Question } from "./caller-script.ts";
import { debuggerParameters } from "./debugger-webhook.ts";
import { type CallSettings, createLineState, type LineState, type ProgressEvent } from "./line-state.ts";
import { withoutFragment } from "./redact.ts";
import type { Reply } from "./reply.ts";
import type { TwimlElement } from "./twiml-document.ts";
import type { Place } from "./visit.ts";
import { idempotencyTokenOf, type Party, sidOf, standardParameters } from "./voice-parameters.ts";
import { fetchWebhook } from "./webhook-client.ts";
import { withParams } from "./webhook-headers.ts";

export type StatusCallback = { url: string; method: "GET" | "POST"; params: Record<string, string> };

type RequestSpec = Omit<OutgoingRequest, "attempt" | "index" | "mediaIndex"> & { accept?: string };

/** The rehearsal places thousands of calls a second: what is known at once is not waited for. */
export type Answered = CallerStep | Promise<CallerStep>;

/** The state of one leg of a call, and the ways in which verbs reach the world outside: webhooks, media, the caller. */
export type CallLine = ReturnType<typeof createLeg>;

/** The line of the caller, or of the person whom an outbound call reaches. */
export function createCallLine(settings: CallSettings) {
  return createLeg(settings, createLineState(settings), settings.party, "caller");
}

function createLeg(settings: CallSettings, state: LineState, party: Party, who: "caller" | "called") {
  const { dialect, journal } = settings;
  const heardByCalled: string[] = [];
  let callStatus = who === "called" || party.direction === "outbound-api" ? "in-progress" : "ringing";
  let standard: Record<string, string> | undefined;

  const standardParams = () => {
    standard ??= standardParameters(party, callStatus);
    return standard;
  };
  const setStatus = (status: string) => {
    callStatus = status;
    standard = undefined;
  };

  const send = async (spec: RequestSpec): Promise<Reply> => {
    const { kind, url, method, params, isFallback } = spec;
    const request: OutgoingRequest = { index: state.eventIndex, kind, isFallback, url, method, params, attempt: 0 };
    if (kind === "media") request.mediaIndex = state.mediaCount++;
    const token = state.tokenCount++;
    const failedToken = state.eventToken;
    if (kind !== "status" && !isFallback) state.eventToken = token;
    const startedAtMs = journal.atMs();
    const { reply, attempts } = await fetchWebhook(
      {
        ...{ kind, url, method, params, dialect },
        accept: spec.accept ?? "*/*",
        standardParams: kind === "media" ? {} : standardParams(),
        authToken: settings.authToken,
        epochMs: settings.nowMs,
        referer: () => (kind === "media" || kind === "status" ? undefined : state.refererUrl()),
        idempotencyToken: (attempt) => {
          const counter = isFallback && dialect.fallbackToken === "failed-request" ? failedToken : token;
          const again = attempt > 0 && dialect.retryToken === "new" ? attempt * 100_000 : 0;
          return idempotencyTokenOf(party.callSid, counter + again);
        },
        ...(kind === "media" ? {} : { cookies: state.cookies }),
        ...(settings.cache === undefined ? {} : { cache: settings.cache }),
      },
      (attempt, sendAttempt) => {
        const one = attempt === 0 ? request : { ...request, attempt };
        journal.note({ kind: "request", request: one });
        return settings.intercept(one, sendAttempt);
      },
      settings.wire,
    );
    const outcome: RequestRecord["outcome"] =
      reply.kind === "answer"
        ? { kind: "answer", status: reply.status }
        : { kind: "failed", errorCode: reply.errorCode, detail: reply.detail };
    const { attempt: _, ...rest } = request;
    journal.addRequest({ ...rest, attempts, startedAtMs, endedAtMs: journal.atMs(), outcome });
    return reply;
  };

  /** Its failure is a warning and never asks the fallback [D ERR 15003]. */
  const sendStatus = async (status: StatusCallback): Promise<void> => {
    const reply = await send({ ...status, kind: "status", isFallback: false });
    if (reply.kind === "answer" && reply.status < 400) return;
    const detail =
      reply.kind === "answer" ? `Got HTTP ${reply.status} response to ${withoutFragment(status.url)}` : reply.detail;
    journal.alert({ errorCode: 15003, url: status.url, level: "WARNING", detail });
  };

  return {
    settings,
    party,
    /** Not the person whom the call reaches. */
    isCaller: who === "caller",
    dialect,
    journal,
    state,
    nowMs: settings.nowMs,
    standardParams,
    callStatus: () => callStatus,
    answer: () => {
      if (callStatus !== "ringing") return;
      setStatus("in-progress");
      state.progress("answered", standardParams(), sendStatus);
    },
    finish: setStatus,
    /** Lets the call's time pass: audio, pauses, silence. */
    pass: async (ms: number): Promise<void> => {
      if (settings.sleep === undefined) journal.pass(ms);
      else await settings.sleep(ms);
    },
    nextSid: (prefix: string) => sidOf(prefix, settings.party.callSid, state.sidCount++),
    /** The next verb's request names the document that comes back as its `Referer`. */
    fetchTwiml: async (spec: RequestSpec) => {
      const reply = await send(spec);
      if (reply.kind === "answer" && reply.status === 200) {
        // named first: V8 puts a function that is written straight into a property among the old objects, and with it
        // all that it holds
        const refererUrl = () => {
          const url = reply.url ?? spec.url;
          return spec.method === "GET" ? withParams(url, spec.params) : withoutFragment(url);
        };
        state.refererUrl = refererUrl;
      }
      return reply;
    },
    /** Carries no voice parameters [D play page]. */
    fetchMedia: (url: string) =>
      send({ kind: "media", url, method: "GET", params: {}, isFallback: false, accept: "audio/*" }),
    sendStatus,
    reportAlerts: async (url: string): Promise<void> => {
      for (const alert of journal.alerts()) {
        const sid = sidOf("NO", party.callSid, state.sidCount++);
        const params = debuggerParameters(alert, sid, party, settings.nowMs());
        await send({ kind: "status", url, method: "POST", params, isFallback: false });
      }
    },
    /** For the status callbacks of verbs, whose time relative to the action request is a matter of dialect. */
    deliverStatus: async (status: StatusCallback): Promise<void> => {
      const timing = dialect.statusCallbackTiming;
      if (timing === "before") await sendStatus(status);
      else if (timing === "after") state.held.push(status);
    },
    releaseStatuses: async (): Promise<void> => {
      if (state.held.length === 0) return;
      const due = state.held;
      state.held = [];
      for (const status of due) await sendStatus(status);
    },
    /** Sent off the call's path, each after the one before [D call resource page]. */
    progress: (event: ProgressEvent, status: string) =>
      state.progress(event, { ...standardParams(), CallStatus: status }, sendStatus),
    hear: (text: string): void => {
      if (who === "caller") journal.hear(text);
      else {
        heardByCalled.push(text);
        journal.note({ kind: "heard", text, leg: "called" });
      }
    },
    /** What the caller does now, or the person called; a promise of a person in real time only. */
    ask: (verb: Question["verb"], element: TwimlElement, place: Place = "call"): Answered => {
      if (place !== "call" && state.pressed !== undefined) {
        const { pressed } = state;
        const told: CallerStep = pressed === "" ? { kind: "silence" } : { kind: "digits", digits: pressed };
        journal.note({ kind: "caller", verb, step: told });
        return told;
      }
      const heard = who === "caller" ? journal.heardSince(state.heardBefore) : [...heardByCalled];
      const question: Question = { verb, index: state.questionCount, heard };
      if (who === "called") question.leg = "called";
      if (place !== "call") question.beside = place === "wait" ? "wait" : "whisper";
      const { caller } = settings;
      const step = typeof caller === "function" ? caller(question, element) : caller[state.questionCount];
      state.questionCount += 1;
      if (who === "caller") state.heardBefore = journal.heardCount();
      const take = (taken: CallerStep): CallerStep => {
        journal.note({ kind: "caller", verb, step: taken });
        return taken;
      };
      return step instanceof Promise ? step.then(take) : take(step ?? { kind: "silence" });
    },
  };
}

/** The leg of somebody who waits in a queue: a call of its own, which came in like this one [D queue page]. */
export function queuedLeg(line: CallLine, callSid: string, from: string): CallLine {
  const { settings, state } = line;
  return createLeg(settings, state, { ...line.party, callSid, from, direction: "inbound" }, "called");
}

/** The leg of somebody who is called: a call of its own, whose parent is that of the line [D number page]. */
export function calledLeg(line: CallLine, callSid: string, to: string, from: string): CallLine {
  const { settings, state } = line;
  const parentCallSid = settings.party.callSid;
  const party: Party = { ...line.party, callSid, to, from, direction: "outbound-dial", parentCallSid };
  return createLeg(settings, state, party, "called");
}
