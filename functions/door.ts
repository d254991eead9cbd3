import type {} from "@twilio-labs/serverless-runtime-types";
import type { TwilioResponse } from "@twilio-labs/serverless-runtime-types/types";
import { lastResortOf } from "../core/answer.ts";
import { connectionOf, patienceMs } from "../core/client-closed.ts";
import { within } from "../core/clock.ts";
import { describe } from "../core/errors.ts";
import { lastResortTwiml } from "../core/last-resort.ts";
import type { Leg } from "../core/leg.ts";
import { limits } from "../core/limits.ts";
import type { LogLine, Told } from "../core/log.ts";
import { type MeasuredStore, measuredStore } from "../core/measured-store.ts";
import { withMetrics } from "../core/metrics.ts";
import { type Measured, toLine, toLogLine } from "../core/report.ts";
import { sorryPage } from "../core/sorry-page.ts";
import { urlShapes } from "../core/url-shape.ts";
import { type Incoming, type Rejected, rejected } from "../core/voice-request.ts";
import { type FunctionEvent, header, readFunctionEvent, receivedUrl } from "./adapter.ts";
import { type Context, leg as legOf, madeLeg } from "./env.ts";
import { sorryOf } from "./sorry.ts";

/** How a Function answers: Twilio calls it `callback`. */
type Respond = (error: null, response: TwilioResponse) => void;

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly log: Told;
}
export type Handle = (leg: Leg, incoming: Incoming, context: Context) => Promise<Reply>;
/** What is known when the handler could not answer: at least the query of the URL. */
export interface Stranded {
  readonly flow: string;
  readonly ja: boolean;
  /** undefined: not even an engine could be made */
  readonly leg: Leg | undefined;
  /** undefined: it never came to reading the request */
  readonly incoming: Incoming | undefined;
  readonly reason: string;
}
export type Otherwise = (stranded: Stranded) => Reply;

/**
 * The door of the fallback leg. Signature first; then whatever happens (a wrong environment, an error, a deadline) a
 * genuine request is answered with valid TwiML, because nothing is behind the fallback.
 *
 * @param path of this function
 * @param otherwise what to answer when the handler cannot: the last resort, or nothing for a status callback
 */
export function door(path: string, handle: Handle, otherwise: Otherwise) {
  return async (context: Context, event: FunctionEvent, respond: Respond): Promise<void> => {
    respond(null, toResponse(await answer(context, event)));
  };

  async function answer(context: Context, event: FunctionEvent): Promise<Reply> {
    const startedMs = Date.now();
    // the platform tells neither when it got the request nor that nobody waits for it any more
    const times = { startedMs, beganAtMs: startedMs, patienceMs: patienceMs.fallback };
    const connection = connectionOf(globalThis);
    let tableMs: MeasuredStore["waitedMs"] = () => undefined;
    const asked = { flow: typeof event.flow === "string" ? event.flow : "", ja: event.lang === "ja" };
    let incoming: Incoming | undefined;
    const stranded = (reason: string) => otherwise({ ...asked, leg: madeLeg(), incoming, reason });
    const reply = await replyTo().catch((error: unknown) => {
      process.stderr.write(`${describe(error)}\n`);
      return stranded(describe(error));
    });
    const callSid = incoming === undefined ? {} : { callSid: incoming.request.callSid };
    write(context, { ...callSid, status: reply.status, ...reply.log }, { ...times, connection, tableMs: tableMs() });
    return reply;

    async function replyTo(): Promise<Reply> {
      const leg = legOf(context);
      const read = readStrictly(event, leg);
      if (read.kind === "rejected")
        return pageFor(leg) ?? rejection(read, read.status === 403 ? shapeOf(leg) : undefined);
      incoming = read;
      const { engine } = leg;
      const { store, waitedMs } = measuredStore(engine.store, engine.clock);
      tableMs = waitedMs;
      return within(
        engine.clock,
        limits.fallbackLeaveMs,
        () => handle({ ...leg, engine: { ...engine, store } }, read, context),
        () => stranded("deadline"),
      );
    }

    /**
     * What a browser gets in sorry mode, where it gets this far: Twilio itself answers 403 to an unsigned request for a protected
     * function, the local runtime does not.
     */
    function pageFor({ engine }: Leg): Reply | undefined {
      if (!header(event, "accept")?.includes("text/html")) return undefined;
      const page = sorryPage(sorryOf(context), engine.clock.nowMs(), header(event, "x-twilio-signature"));
      return page && { ...page, log: { event: "request.rejected", reason: "sorry page" } };
    }

    /** Why a signature may have failed: the configured public base URL is not the one that Twilio was given. */
    function shapeOf({ base, engine }: Leg): LogLine["shape"] | undefined {
      const received = receivedUrl(event, `${base.path}${path}`, context.DOMAIN_NAME);
      return urlShapes(base, received, (segment) => engine.flows.has(segment));
    }
  }

  /** Whatever cannot even be read was not made by Twilio: the last resort is for genuine requests only. */
  function readStrictly(event: FunctionEvent, leg: Leg): Incoming | Rejected {
    try {
      return readFunctionEvent(event, path, leg.base, leg.authTokens);
    } catch {
      return rejected(400, "malformed request");
    }
  }
}

/** The last resort of the call, as far as it is known here. */
export const lastResortReply: Otherwise = ({ flow, ja, leg, incoming, reason }) => {
  if (leg !== undefined && incoming !== undefined) {
    const { engine } = leg;
    const last = lastResortOf(engine, incoming.request, engine.urls.parse(incoming.target), reason);
    return { ...document(last.twiml), log: toLogLine(last, incoming.request) };
  }
  const found = leg?.engine.flows.get(flow);
  const language = ja ? "ja" : (found?.language ?? "en");
  const twiml = lastResortTwiml(() => found?.lastResort(language), language);
  return { ...document(twiml), log: { event: "turn.last-resort", reason } };
};

export function document(twiml: string): Omit<Reply, "log"> {
  return { status: 200, contentType: "text/xml; charset=utf-8", body: twiml };
}

function rejection({ status, reason }: Rejected, shape: LogLine["shape"] | undefined): Reply {
  const log = { event: "request.rejected", reason, ...(shape && { shape }) } as const;
  return { status, contentType: "text/plain", body: reason, log };
}

function toResponse({ status, contentType, headers = {}, body }: Reply): TwilioResponse {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  response.appendHeader("Content-Type", contentType);
  for (const [name, value] of Object.entries(headers)) response.appendHeader(name, value);
  response.setBody(body);
  return response;
}

/** Metrics only where somebody says what to call them: CloudWatch reads them once the service's log is forwarded there. */
function write({ METRICS_NAMESPACE }: Context, told: Told, measured: Measured): void {
  const engine = madeLeg()?.engine;
  engine?.log(withMetrics(toLine(engine, told, measured, engine.clock.nowMs()), METRICS_NAMESPACE));
}
