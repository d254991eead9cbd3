import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { connectionOf, patienceMs } from "../core/client-closed.ts";
import { within } from "../core/clock.ts";
import { describe } from "../core/errors.ts";
import type { Leg } from "../core/leg.ts";
import { limits } from "../core/limits.ts";
import type { LogLine, Told } from "../core/log.ts";
import { type MeasuredStore, measuredStore } from "../core/measured-store.ts";
import { namespaceIn, withMetrics } from "../core/metrics.ts";
import { type Measured, toLine } from "../core/report.ts";
import { urlShapes } from "../core/url-shape.ts";
import type { Incoming } from "../core/voice-request.ts";
import { readEvent, receivedUrl, toResult } from "./adapter.ts";

type Result = APIGatewayProxyStructuredResultV2;
export interface Handled {
  readonly result: Result;
  /** what a handler adds to the one log line of its webhook */
  readonly log: Told;
}
export type Handle = (leg: Leg, incoming: Incoming) => Promise<Handled>;
/** What somebody gets who is not Twilio, if not a plain refusal. */
export type PageFor = (event: APIGatewayProxyEventV2) => Promise<Result | undefined>;

interface Genuine {
  readonly leg: Leg;
  readonly incoming: Incoming;
  readonly asked: Omit<Measured, "tableMs">;
  readonly table: MeasuredStore;
  readonly id: Pick<LogLine, "requestId">;
}

/**
 * What stands in place of the event once the request's signature was checked: a handler cannot be reached with any other. (Not a
 * `WeakMap` from events: what is in one outlives a collection of young garbage, and made each of these half as long again.)
 */
class Opened {
  readonly genuine: Genuine;
  constructor(genuine: Genuine) {
    this.genuine = genuine;
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Kept free before Lambda's cut, so that the 503 is answered and logged. */
const marginMs = limits.lambdaTimeoutMs - limits.primaryLeaveMs;

/**
 * The door of the primary leg: signature before anything else, one log line for what Twilio was answered, a 5xx for
 * whatever goes wrong, and out before Lambda's own deadline.
 *
 * @param legOf makes the leg on the first request, so that a wrong environment or an unreadable secret answers 5xx (and the
 *   fallback takes the call)
 * @param logGroup as Lambda tells it: where CloudWatch reads metrics out of our lines
 */
export function door(
  legOf: () => Leg | Promise<Leg>,
  handle: Handle,
  logGroup: string | undefined = process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  pageFor: PageFor = async () => undefined,
) {
  const namespace = namespaceIn(logGroup);

  // we leave before the deadline ourselves, with an answer and a line in the log
  return middy<APIGatewayProxyEventV2 | Opened, Result>({ timeoutEarlyInMillis: 0 })
    .before(async (arrived) => {
      const { context } = arrived;
      const event = arrived.event as APIGatewayProxyEventV2;
      const connection = connectionOf(globalThis);
      const leg = await legOf();
      const { store, clock } = leg.engine;
      const startedMs = clock.nowMs();
      // API Gateway's own clock: a cold start before us is part of Twilio's wait
      const beganAtMs = event.requestContext.timeEpoch ?? startedMs;
      const asked = { startedMs, beganAtMs, patienceMs: patienceMs.primary, connection };
      const id = uuid.test(context.awsRequestId) ? { requestId: context.awsRequestId } : {};
      const incoming = readEvent(event, leg.base, leg.authTokens);
      if (incoming.kind === "request") {
        const table = measuredStore(store, clock);
        const measured = { ...leg, engine: { ...leg.engine, store: table.store } };
        arrived.event = new Opened({ leg: measured, incoming, asked, table, id });
        return undefined;
      }
      const page = await pageFor(event);
      if (page !== undefined) {
        write(leg, { event: "request.rejected", ...id, status: page.statusCode ?? 503, reason: "sorry page" }, asked);
        return page;
      }
      const { status, reason } = incoming;
      const shape = status === 403 ? shapeOf(event, leg) : undefined;
      write(leg, { event: "request.rejected", ...id, status, reason, ...(shape && { shape }) }, asked);
      return toResult(status, "text/plain", reason);
    })
    .onError(({ event, error }) => {
      const reason = describe(error);
      if (event instanceof Opened) conclude(event.genuine, { event: "turn.failed", status: 500, reason });
      else process.stderr.write(`${reason}\n`);
      return toResult(500, "text/plain", "error");
    })
    .handler(async (event, context) => {
      if (!(event instanceof Opened)) return toResult(500, "text/plain", "unchecked request");
      const { leg, incoming } = event.genuine;
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
      conclude(event.genuine, { status: result.statusCode ?? 200, ...log });
      return result;
    });

  function conclude({ leg, incoming, asked, table, id }: Genuine, told: Told): void {
    write(leg, { callSid: incoming.request.callSid, ...id, ...told }, asked, table.waitedMs());
  }

  function write({ engine }: Leg, told: Told, asked: Genuine["asked"], tableMs?: number): void {
    engine.log(withMetrics(toLine(engine, told, { ...asked, tableMs }, engine.clock.nowMs()), namespace));
  }
}

/** Why a signature may have failed: the public base URL that is configured is not the one that Twilio was given. */
function shapeOf(event: APIGatewayProxyEventV2, { base, engine }: Leg): LogLine["shape"] | undefined {
  const { stage } = event.requestContext;
  return urlShapes(base, receivedUrl(event), (segment) => segment === stage || engine.flows.has(segment));
}
