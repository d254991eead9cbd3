import { parseJson } from "../../core/checkpoint.ts";
import { counted, given } from "../trace/mask.ts";
import { recordOf, timeOf } from "./fields.ts";
import type { Access } from "./records.ts";
import { placeOfRoute } from "./url.ts";

const linesMax = 500_000;
const latencyMsMax = 10 * 60_000;
const id = /^[A-Za-z0-9_=-]{8,64}$/;

const waitedOut = "it waited for the function no longer";

/** What the API says of an integration that it could not use, in our words. [D HTTP API logging variables] */
const troubles: readonly (readonly [RegExp, string])[] = [
  [/timed? ?out/i, waitedOut],
  [/rate exceeded|too ?many ?requests|throttl|concurren/i, "the function's concurrency was spent"],
  [/permission|not authorized|access ?denied/i, "it may not invoke the function"],
  [/not found|does not exist/i, "there is no such function"],
  [/malformed|invalid|format/i, "what the function returned was no answer"],
  [/error occurred|unhandled|exited|function error/i, "the function ended with an error"],
];

/** Reads the HTTP API's access log: JSON lines in the template's format, or an export of CloudWatch that holds them. */
export function readAccess(text: string): Access[] {
  const found: Access[] = [];
  const take = (value: unknown, depth: number): void => {
    if (found.length >= linesMax || depth > 6) return;
    if (typeof value === "string") {
      const start = value.indexOf("{");
      if (start >= 0 && value.length <= 64 * 1024) take(parseJson(value.slice(start)), depth + 1);
    } else if (typeof value === "object" && value !== null) {
      const line = Array.isArray(value) ? undefined : toAccess(value);
      if (line !== undefined) found.push(line);
      else for (const inner of Object.values(value)) take(inner, depth + 1);
    }
  };
  const whole = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (whole !== undefined) take(whole, 0);
  else for (const line of text.split(/\r?\n/)) take(line, 0);
  return found.toSorted((a, b) => a.atMs - b.atMs);
}

function toAccess(value: object): Access | undefined {
  const fields = recordOf(value);
  const { requestId, functionRequestId } = fields;
  const atMs = timeOf(fields.timeEpoch);
  const status = counted(fields.status, 999);
  if (typeof requestId !== "string" || !id.test(requestId) || atMs === undefined || status === undefined)
    return undefined;
  const trouble = troubleOf(fields.integrationError) ?? troubleOf(fields.error);
  return given<Access>({
    requestId,
    atMs,
    route: placeOfRoute(fields.routeKey),
    status,
    latencyMs: counted(fields.responseLatencyMs, latencyMsMax) ?? 0,
    functionStatus: counted(fields.functionStatus, 999),
    integrationStatus: counted(fields.integrationStatus, 999),
    trouble,
    waitedOut: trouble === waitedOut || undefined,
    functionRequestId:
      typeof functionRequestId === "string" && id.test(functionRequestId) ? functionRequestId : undefined,
  });
}

function troubleOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value === "-") return undefined;
  return troubles.find(([pattern]) => pattern.test(value.slice(0, 1_000)))?.[1] ?? "it could not use the function";
}
