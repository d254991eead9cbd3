import type { ConsoleEvent, RequestInfo, ShownCheckpoint, Target } from "../../console/protocol.ts";
import { type Checkpoint, unsealUrl } from "../../core/checkpoint.ts";
import type { Sealer } from "../../core/seal.ts";
import type { CallEvent, OutgoingRequest, RequestRecord } from "../../rehearsal/call-record.ts";
import { shortenSeals, withoutFragment } from "../../rehearsal/redact.ts";
import type { Reply } from "../../rehearsal/reply.ts";
import { parseAnswer } from "../../rehearsal/twiml-document.ts";

export interface Observed {
  readonly callId: string;
  readonly callSid: string;
  /** Opens seals; undefined: they stay closed. */
  readonly sealer: Sealer | undefined;
  readonly targetOf: (url: string) => Target;
  readonly tell: (event: ConsoleEvent) => void;
}

export interface Observer {
  event(event: CallEvent): void;
  /** What came back of a request, before its event is told. */
  reply(request: OutgoingRequest, reply: Reply): void;
  /** Of the last document whose URLs could be opened. */
  checkpoint(): ShownCheckpoint | undefined;
}

interface Open {
  readonly info: RequestInfo;
  readonly request: OutgoingRequest;
  reply?: Reply;
}

type Ending = Extract<ConsoleEvent, { kind: "reply" }>;

/** Twilio takes four times as much; so many events are kept that the largest must be bounded. */
const twimlCharactersShown = 16_000;
const seal = /[a-z0-9]{1,8}\.[A-Za-z0-9_-]{20,}/g;

/** Turns what happens on the line into what the page is told. */
export function createObserver({ callId, callSid, sealer, targetOf, tell }: Observed): Observer {
  const open: Open[] = [];
  let requests = 0;
  let latest: ShownCheckpoint | undefined;

  const isSame = (a: OutgoingRequest, b: Omit<OutgoingRequest, "attempt">) =>
    a.kind === b.kind && a.index === b.index && a.url === b.url && a.mediaIndex === b.mediaIndex;
  const find = (request: Omit<OutgoingRequest, "attempt">) => open.find((one) => isSame(one.request, request));

  const infoOf = (request: Omit<OutgoingRequest, "attempt">): RequestInfo => {
    const number = requests;
    requests += 1;
    return {
      callId,
      request: number,
      index: request.index,
      leg: targetOf(request.url),
      requestKind: request.kind,
      url: shortenSeals(withoutFragment(request.url)),
      overrides: request.url.split("#")[1] ?? "",
      method: request.method,
    };
  };

  const replied = (atMs: number, record: RequestRecord): Ending => {
    const known = find(record);
    if (known !== undefined) open.splice(open.indexOf(known), 1);
    const { outcome, attempts, startedAtMs, endedAtMs } = record;
    const info = known?.info ?? infoOf(record);
    const told =
      outcome.kind === "answer"
        ? { status: outcome.status }
        : { errorCode: outcome.errorCode, detail: shortenSeals(withoutFragment(outcome.detail)) };
    const document = record.kind === "media" || record.kind === "status" ? {} : documentOf(known?.reply);
    return { kind: "reply", atMs, ...info, ...told, durationMs: endedAtMs - startedAtMs, attempts, ...document };
  };

  const documentOf = (reply: Reply | undefined): Pick<Ending, "twiml" | "verbs" | "checkpoint"> => {
    if (reply?.kind !== "answer" || reply.body === "") return {};
    const answer = parseAnswer(reply.headers["content-type"], reply.body);
    const verbs = answer.kind === "twiml" ? answer.root.children.map(({ name }) => name) : [];
    const checkpoint = checkpointIn(reply.body);
    if (checkpoint !== undefined) latest = checkpoint;
    return {
      twiml: shortenSeals(reply.body).slice(0, twimlCharactersShown),
      verbs,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
  };

  const checkpointIn = (twiml: string): ShownCheckpoint | undefined => {
    if (sealer === undefined) return undefined;
    for (const [sealed] of twiml.matchAll(seal)) {
      const opened = unsealUrl(sealer, callSid, sealed);
      if (opened !== undefined) return shownCheckpoint(opened.checkpoint);
    }
    return undefined;
  };

  return {
    checkpoint: () => latest,
    reply: (request, reply) => {
      const known = find(request);
      if (known !== undefined) known.reply = reply;
    },
    event: (event) => {
      const { atMs } = event;
      switch (event.kind) {
        case "request": {
          const { request } = event;
          const known = request.attempt > 0 ? find(request) : undefined;
          const info = known?.info ?? infoOf(request);
          if (known === undefined) open.push({ info, request });
          const params = Object.fromEntries(
            Object.entries(request.params).map(([name, value]) => [name, shortenSeals(value)]),
          );
          return tell({ kind: "request", atMs, ...info, params, attempt: request.attempt });
        }
        case "reply":
          return tell(replied(atMs, event.request));
        case "failover": {
          const { index, errorCode } = event;
          const errorUrl = shortenSeals(withoutFragment(event.errorUrl));
          return tell({ kind: "failover", atMs, callId, index, errorCode, errorUrl });
        }
        case "alert": {
          const { errorCode, level, detail } = event.alert;
          return tell({ kind: "alert", atMs, callId, errorCode, level, detail: shortenSeals(detail) });
        }
        case "executed": {
          const effect = `${event.verb} ${event.what}`.trim();
          return tell({ kind: "effect", atMs, callId, effect, state: "done" });
        }
        case "apology":
          return tell({
            ...{ kind: "heard", atMs, callId, text: "An application error has occurred. Goodbye." },
            ...{ sound: "speech", language: "en", lengthMs: 3_000 },
          });
        case "document":
        case "heard":
        case "caller":
        case "ended":
          return;
      }
    },
  };
}

/** What of a checkpoint the page shows: all of it. */
export function shownCheckpoint(checkpoint: Checkpoint): ShownCheckpoint {
  const { flow, step, turn, attempt, resumes, away, rung, from, unsure, plain, visits, language, data } = checkpoint;
  return { flow, step, turn, attempt, resumes, away, rung, from, unsure, plain, visits, language, data };
}
