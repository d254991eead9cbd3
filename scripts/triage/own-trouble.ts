import { given } from "../trace/mask.ts";
import { cameLate, failedInside, isForBrowser, patienceOf } from "./evidence.ts";
import type { Failure } from "./failure.ts";
import type { Joining } from "./joining.ts";
import { cameInMs } from "./read-logs.ts";
import type { Line } from "./records.ts";

/** What our own side tells of failures that neither Twilio's export nor the fallback's log has. */
export function ownTrouble(joining: Joining): Failure[] {
  return [...atTheEdge(joining), ...inOurLines(joining), ...inLambdasLines(joining)];
}

function atTheEdge({ edge, sources, lineOf, isUsed, take }: Joining): Failure[] {
  const alertsAtHand = sources.alerts !== undefined;
  return edge.left().flatMap((access) => {
    const line = lineOf(access);
    const isOther = access.route === "other" || (line !== undefined && (isForBrowser(line) || isUsed(line)));
    // anybody can ask a public URL: a 4xx that Twilio does not know of was not its
    const failed = access.status >= 500 || access.status === 429 || (access.status >= 400 && !alertsAtHand);
    if (isOther || (!failed && (line === undefined || !cameLate(line)))) return [];
    const atMs = access.atMs + access.latencyMs;
    const failure = given<Failure>({ atMs, place: { kind: access.route, leg: "primary" }, callSid: line?.callSid });
    take(failure, access, line, line === undefined ? undefined : "the function's request id");
    return [failure];
  });
}

function inOurLines({ calls, sources, isUsed, use }: Joining): Failure[] {
  const isOther = (line: Line) => {
    const rejected = line.event === "request.rejected" && sources.alerts !== undefined;
    const failover = line.leg === "fallback" && line.errorCode !== undefined;
    return isUsed(line) || rejected || failover || isForBrowser(line) || line.event === "probe.answered";
  };
  const found = calls.all.filter((line) => !isOther(line) && (cameLate(line) || failedInside(line)));
  return found.map((line) => {
    use(line);
    const kind = line.event.startsWith("status.") ? "status" : "turn";
    const atMs = Math.min(line.atMs, cameInMs(line) + patienceOf(line));
    return given<Failure>({ atMs, place: { kind, leg: line.leg }, callSid: line.callSid, line });
  });
}

function inLambdasLines({ dead }: Joining): Failure[] {
  const place = { kind: "other", leg: "primary" } as const;
  return dead().flatMap((invocation) => {
    const { atMs, durationMs = 0 } = invocation;
    return atMs === undefined ? [] : [{ atMs: atMs + durationMs, place, invocation }];
  });
}
