import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { within } from "../core/clock.ts";
import { describe } from "../core/errors.ts";
import type { Leg } from "../core/leg.ts";
import { limits } from "../core/limits.ts";
import type { LogLine } from "../core/log.ts";
import { urlShapes } from "../core/url-shape.ts";
import type { Incoming } from "../core/voice-request.ts";
import { readEvent, receivedUrl, toResult } from "./adapter.ts";

type Result = APIGatewayProxyStructuredResultV2;
/** What a handler adds to the one log line of its webhook. */
export type Told = Pick<LogLine, "event"> & Partial<LogLine>;
export interface Handled {
  readonly result: Result;
  readonly log: Told;
}
export type Handle = (leg: Leg, incoming: Incoming) => Promise<Handled>;

interface Opened {
  readonly leg: Leg;
  readonly incoming: Incoming;
  readonly startedMs: number;
}

/** Kept free before Lambda's cut, so that the 503 is answered and logged. */
const marginMs = limits.lambdaTimeoutMs - limits.primaryLeaveMs;

/**
 * The door of the primary leg: signature before anything else, one log line for what Twilio was answered, a 5xx for
 * whatever goes wrong, and out before Lambda's own deadline.
 *
 * @param legOf makes the leg on the first request, so that a wrong environment or an unreadable secret answers 5xx (and the
 *   fallback takes the call)
 */
export function door(legOf: () => Leg | Promise<Leg>, handle: Handle) {
  /** Requests whose signature was checked, by their event: a handler cannot be reached with any other. */
  const opened = new WeakMap<APIGatewayProxyEventV2, Opened>();

  return middy<APIGatewayProxyEventV2, Result>()
    .before(async ({ event }) => {
      const leg = await legOf();
      const startedMs = leg.engine.clock.nowMs();
      const incoming = readEvent(event, leg.baseUrl, leg.authTokens);
      if (incoming.kind === "request") {
        opened.set(event, { leg, incoming, startedMs });
        return undefined;
      }
      const { status, reason } = incoming;
      const shape = status === 403 ? shapeOf(event, leg) : undefined;
      write(leg, startedMs, { event: "request.rejected", status, reason, ...(shape && { shape }) });
      return toResult(status, "text/plain", reason);
    })
    .onError(({ event, error }) => {
      const reason = describe(error);
      const request = opened.get(event);
      if (request === undefined) process.stderr.write(`${reason}\n`);
      else write(request.leg, request.startedMs, { ...named(request), event: "turn.failed", status: 500, reason });
      return toResult(500, "text/plain", "error");
    })
    .handler(async (event, context) => {
      const request = opened.get(event);
      if (request === undefined) return toResult(500, "text/plain", "unchecked request");
      const { leg, incoming, startedMs } = request;
      const leftMs = Math.max(0, Math.min(limits.lambdaTimeoutMs, context.getRemainingTimeInMillis()) - marginMs);
      const { result, log } = await within(
        leg.engine.clock,
        leftMs,
        () => handle(leg, incoming),
        (): Handled => ({
          result: toResult(503, "text/plain", "unavailable"),
          log: { event: "turn.failed", reason: "deadline" },
        }),
      );
      write(leg, startedMs, { ...named(request), status: result.statusCode ?? 200, ...log });
      return result;
    });
}

/** Why a signature may have failed: the public base URL that is configured is not the one that Twilio was given. */
function shapeOf(event: APIGatewayProxyEventV2, { baseUrl, engine }: Leg): LogLine["shape"] | undefined {
  const { stage } = event.requestContext;
  return urlShapes(baseUrl, receivedUrl(event), (segment) => segment === stage || engine.flows.has(segment));
}

function named({ incoming }: Opened): { callSid: string } {
  return { callSid: incoming.request.callSid };
}

function write({ engine }: Leg, startedMs: number, told: Told): void {
  const atMs = engine.clock.nowMs();
  engine.log({ leg: engine.leg, build: engine.build, atMs, elapsedMs: atMs - startedMs, ...told });
}
