import type {
  Alert,
  CallDocument,
  CallEnd,
  CallEvent,
  CallRecord,
  ExecutedVerb,
  RequestRecord,
} from "./call-record.ts";
import type { TwimlElement } from "./twiml-document.ts";

type EventBody = CallEvent extends infer Each ? (Each extends CallEvent ? Omit<Each, "atMs"> : never) : never;

/** Collects what happens in one call, and keeps its two times: real time, and the time the caller would have spent. */
export type Journal = ReturnType<typeof createJournal>;

export function createJournal(nowMs: () => number, onEvent: (event: CallEvent) => void) {
  const startedMs = nowMs();
  const events: CallEvent[] = [];
  const heard: string[] = [];
  const alerts: Alert[] = [];
  const documents: CallDocument[] = [];
  const requests: RequestRecord[] = [];
  let virtualMs = 0;

  const atMs = () => nowMs() - startedMs;
  const note = (body: EventBody) => {
    const event: CallEvent = { atMs: atMs(), ...body };
    events.push(event);
    onEvent(event);
  };
  return {
    atMs,
    note,
    heardCount: () => heard.length,
    heardSince: (count: number) => heard.slice(count),
    hear: (text: string) => {
      heard.push(text);
      note({ kind: "heard", text });
    },
    /** @param element the verb */
    executed: (element: TwimlElement, params: Readonly<Record<string, string>>) => {
      const verb = element.name as ExecutedVerb;
      note({ kind: "executed", verb, what: element.text.trim(), params });
    },
    alert: (alert: Alert) => {
      alerts.push(alert);
      note({ kind: "alert", alert });
    },
    alerts: (): readonly Alert[] => alerts,
    addRequest: (request: RequestRecord) => {
      requests.push(request);
      note({ kind: "reply", request });
    },
    addDocument: (document: CallDocument, verbs: string[]) => {
      documents.push(document);
      note({ kind: "document", index: document.index, url: document.url, verbs });
    },
    documentCount: () => documents.length,
    /** Lets the call's time pass without waiting: audio, pauses, silence. */
    pass: (ms: number) => {
      virtualMs += ms;
    },
    /** Since the start of the call, as the caller lived it. */
    elapsedMs: () => atMs() + virtualMs,
    callSeconds: () => Math.round((atMs() + virtualMs) / 1000),
    record: (callSid: string, ended: CallEnd): CallRecord => {
      const twiml = requests.filter((request) => request.kind !== "media" && request.kind !== "status");
      const attemptCount = twiml.reduce((sum, request) => sum + request.attempts, 0);
      const requestCount = twiml.length;
      return { callSid, ended, heard, documents, requests, requestCount, attemptCount, alerts, events };
    },
  };
}
