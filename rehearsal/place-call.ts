import { randomBytes } from "node:crypto";
import { createCallLine } from "./call-line.ts";
import type { CallEnd, CallEvent, CallRecord, Intercept } from "./call-record.ts";
import type { AnyCaller } from "./caller-script.ts";
import type { CookieJar } from "./cookie-jar.ts";
import { completeDialect, type Dialect } from "./dialect.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpCache } from "./http-cache.ts";
import { createJournal } from "./journal.ts";
import type { CallSettings, ProgressEvent, Sound } from "./line-state.ts";
import { type LiveCall, liveCall } from "./live-call.ts";
import { visit } from "./run-call.ts";
import type { NextRequest } from "./verb-result.ts";

export type CallOptions = {
  /** Blank: the call fails at once. Left out with `twiml`. */
  voiceUrl?: string;
  voiceMethod?: "GET" | "POST";
  /** The first document itself, of an outbound call. */
  twiml?: string;
  fallbackUrl?: string;
  fallbackMethod?: "GET" | "POST";
  statusCallbackUrl?: string;
  /** Default: `completed` alone. */
  statusCallbackEvents?: readonly ProgressEvent[];
  /** Told of each alert after the call [D "Debugging events webhook"]; its own failure is told to nobody. */
  debuggerUrl?: string;
  authToken: string;
  accountSid: string;
  script: AnyCaller;
  /** `outbound-api`: a call that was created over REST; its first request is made when somebody has answered. */
  direction?: "inbound" | "outbound-api";
  /** What becomes of an outbound call. */
  answeredBy?: "person" | "busy" | "no-answer" | "failed";
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
  /** Told what begins to be heard; gives how long it lasts with its repeats, in ms. */
  onSound?: (sound: Sound) => number;
  /** For documents and media got with GET; without it nothing is cached. May be handed to many calls. */
  cache?: HttpCache;
  /** For the dialect in which cookies outlive the call. */
  cookieJar?: CookieJar;
  /** Given a handle on the live call, as the REST API is one, before the first request. */
  onStart?: (call: LiveCall) => void;
  onEvent?: (event: CallEvent) => void;
};

/**
 * Places one call, as Twilio would: fetches TwiML, executes it, follows it to its end. Over HTTP it never waits for
 * audio, pauses or silence, and timeouts of requests are real. Does not reject on anything that the webhooks do.
 */
export async function placeCall(options: CallOptions): Promise<CallRecord> {
  const nowMs = options.nowMs ?? Date.now;
  const journal = createJournal(nowMs, options.onEvent ?? (() => {}));
  const settings = settingsOf(options, journal, nowMs);
  const line = createCallLine(settings);
  const { callSid } = settings.party;
  const handle = liveCall(line.state);
  options.onStart?.(handle.call);

  line.progress("initiated", "initiated");
  const ended = await runCall(options, line);
  handle.end();
  await line.releaseStatuses();
  if (["ringing", "in-progress"].includes(line.callStatus())) line.finish("completed");
  journal.note({ kind: "ended", ended });
  for (const status of line.state.atTheEnd) await line.sendStatus(status());
  line.progress("completed", line.callStatus());
  await line.state.asideSent();
  if (options.debuggerUrl !== undefined) await line.reportAlerts(options.debuggerUrl);
  return journal.record(callSid, ended);
}

async function runCall(options: CallOptions, line: ReturnType<typeof createCallLine>): Promise<CallEnd> {
  const { voiceUrl = "", twiml, answeredBy = "person" } = options;
  const isBlank = twiml === undefined && voiceUrl.trim() === "";
  if (isBlank || answeredBy === "failed") {
    line.finish("failed");
    return isBlank ? "failed" : "not-answered";
  }
  line.progress("ringing", "ringing");
  if (answeredBy !== "person") {
    line.finish(answeredBy);
    return "not-answered";
  }
  if (options.direction === "outbound-api") line.progress("answered", "in-progress");
  const method = options.voiceMethod ?? "POST";
  const first: NextRequest = { kind: "voice", url: voiceUrl, method, params: {} };
  const ending = await visit(twiml === undefined ? first : { ...first, twiml }, line, "call");
  return ending.kind === "ended" ? ending.ended : "hangup";
}

function settingsOf(
  options: CallOptions,
  journal: ReturnType<typeof createJournal>,
  nowMs: () => number,
): CallSettings {
  const { fallbackUrl = "", statusCallbackUrl, exchange, sleep, onSound, cache, cookieJar } = options;
  return {
    party: {
      accountSid: options.accountSid,
      callSid: options.callSid ?? `CA${randomBytes(16).toString("hex")}`,
      from: options.from ?? "+15005550001",
      to: options.to ?? "+15005550002",
      direction: options.direction ?? "inbound",
      extraParameters: options.extraParameters ?? {},
    },
    authToken: options.authToken,
    caller: options.script,
    dialect: options.fullDialect ?? completeDialect(options.dialect),
    intercept: options.intercept ?? ((_request, send) => send()),
    journal,
    nowMs,
    documentsMax: options.documentsMax ?? 200,
    fallback: fallbackUrl.trim() === "" ? undefined : { url: fallbackUrl, method: options.fallbackMethod ?? "POST" },
    statusCallback:
      statusCallbackUrl === undefined
        ? undefined
        : { url: statusCallbackUrl, method: "POST", events: options.statusCallbackEvents ?? ["completed"] },
    ...(exchange === undefined ? {} : { wire: { exchange, nowMs } }),
    ...(sleep === undefined ? {} : { sleep }),
    ...(onSound === undefined ? {} : { onSound }),
    ...(cache === undefined ? {} : { cache }),
    ...(cookieJar === undefined ? {} : { cookieJar }),
  };
}
