import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { describe } from "../core/errors.ts";
import type { Leg } from "../core/leg.ts";
import { limits } from "../core/limits.ts";
import type { LogLine } from "../core/log.ts";
import type { Incoming } from "./adapter.ts";
import { readEvent, toResult } from "./adapter.ts";

type Result = APIGatewayProxyStructuredResultV2;
/** What a handler adds to the one log line of its webhook. */
export type Told = Pick<LogLine, "event"> & Partial<LogLine>;
export type Handle = (leg: Leg, incoming: Incoming) => Promise<{ readonly result: Result; readonly log: Told }>;

/**
 * The door of the primary leg: signature before anything else, one log line after, a 5xx for whatever goes wrong,
 * and out before Lambda's own deadline.
 *
 * @param leg made on the first request, so that a wrong environment answers 5xx (and the fallback takes the call)
 */
export function door(leg: () => Leg, handle: Handle) {
  const unavailable = () => toResult(503, "text/plain", "unavailable");
  return middy<APIGatewayProxyEventV2, Result>({
    timeoutEarlyInMillis: limits.lambdaTimeoutMs - limits.primaryLeaveMs,
    timeoutEarlyResponse: unavailable,
  })
    .before(({ event }) => {
      const { baseUrl, authTokens } = leg();
      const incoming = readEvent(event, baseUrl, authTokens);
      if (incoming.kind === "request") {
        checked.set(event, incoming);
        return undefined;
      }
      const { status, reason } = incoming;
      write(leg(), leg().engine.clock.nowMs(), { event: "request.rejected", status, reason });
      return toResult(status, "text/plain", reason);
    })
    .onError(({ error }) => {
      process.stderr.write(`${describe(error)}\n`);
      return toResult(500, "text/plain", "error");
    })
    .handler(async (event) => {
      const startedMs = leg().engine.clock.nowMs();
      const incoming = checked.get(event);
      if (incoming === undefined) return toResult(500, "text/plain", "unchecked request");
      const { result, log } = await handle(leg(), incoming);
      write(leg(), startedMs, { callSid: incoming.request.callSid, status: result.statusCode ?? 200, ...log });
      return result;
    });
}

/** Requests whose signature was checked, by their event: a handler cannot be reached with any other. */
const checked = new WeakMap<APIGatewayProxyEventV2, Incoming>();

function write({ engine }: Leg, startedMs: number, told: Told): void {
  const atMs = engine.clock.nowMs();
  engine.log({ leg: engine.leg, build: engine.build, atMs, elapsedMs: atMs - startedMs, ...told });
}
