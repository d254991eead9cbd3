import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { triage } from "../../../scripts/triage/report.ts";
import type { FailedRequest, TriageResult } from "../../../scripts/triage/result.ts";
import { gather } from "../../../scripts/triage/sources.ts";

/** Texts of one call whose second request fails, as each source would tell it. */
export type Texts = Readonly<Record<string, string>>;

export const callSid = `CA${"c".repeat(32)}`;
/** 03:00 at night; the request that fails comes in then */
export const failsAtMs = Date.UTC(2026, 2, 3, 3, 0, 0);
const heardAtMs = failsAtMs - 9_000;
export const host = "https://line.example.com";
export const seal = "k1.AAAABBBBCCCCDDDDEEEEFFFFGGGG";
export const actionUrl = `${host}/voice/appointment/${seal}`;
export const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
export const failedId = idOf(2);
export const edgeId = "EDGE-REQUEST-2=";

interface Told {
  readonly errorCode?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly body?: string;
  readonly atMs?: number;
  readonly level?: string;
}

export function alert({ errorCode = "11200", url = actionUrl, headers = {}, status = 502, body = "", ...told }: Told) {
  const date = new Date(told.atMs ?? failsAtMs).toISOString().replace(/\.\d+Z$/, "Z");
  const text = { Msg: "Bad Gateway", ErrorCode: errorCode, httpResponse: String(status), url, LogLevel: "ERROR" };
  return {
    ...{ sid: `NO${"1".repeat(32)}`, account_sid: `AC${"a".repeat(32)}`, error_code: errorCode, resource_sid: callSid },
    ...{ log_level: told.level ?? "error", alert_text: new URLSearchParams(text).toString(), request_method: "POST" },
    ...{ request_url: url, date_created: date, date_generated: date, date_updated: date, more_info: "" },
    ...{ request_variables: "", request_headers: "", response_body: body },
    response_headers: new URLSearchParams(headers).toString(),
  };
}
export const alerts = (...told: Told[]) => ({ "alerts.json": JSON.stringify({ alerts: told.map(alert), meta: {} }) });
/** Twilio got nothing, and answers itself. */
export const noAnswer = (cause: string): Told => ({
  headers: { "X-Twilio-WebhookError": cause },
  body: "Twilio was unable to fetch content from: http://line.example.com/…",
});
/** The API answered. */
export const answered = (status: number, told: Told = {}): Told => ({
  status,
  headers: { "apigw-requestid": edgeId },
  ...told,
});

const wellAccess = {
  ...{ requestId: "EDGE-REQUEST-1=", timeEpoch: String(heardAtMs), routeKey: "ANY /voice/{proxy+}", status: "200" },
  ...{ responseLatencyMs: "20", responseBytes: "700", functionStatus: "200", integrationStatus: "200" },
  ...{ integrationLatencyMs: "19", integrationError: "-", error: "-", errorType: "-", functionRequestId: idOf(1) },
};
export const access = (...lines: Readonly<Record<string, string>>[]) => ({
  "access.jsonl": [wellAccess, ...lines.map((line) => ({ ...wellAccess, ...failedAccess, ...line }))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(""),
});
const failedAccess = { requestId: edgeId, timeEpoch: String(failsAtMs - 400), functionRequestId: failedId };

const started = (id: string) => `START RequestId: ${id} Version: $LATEST`;
const ended = (id: string, more = "") =>
  `END RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: 15.00 ms\tBilled Duration: 15 ms\tMemory Size: 512 MB\tMax Memory Used: 118 MB${more}`;
const wellLine = {
  ...{ event: "turn.answered", leg: "primary", build: "b1", atMs: heardAtMs + 15, elapsedMs: 14, waitedMs: 1, callSid },
  ...{
    requestId: idOf(1),
    flow: "appointment",
    step: "chooseDay",
    turn: 1,
    attempt: 0,
    resumes: 0,
    rung: 0,
    status: 200,
  },
  saved: true,
};
/** The primary's log: the first request went well; then what is given. */
export const primary = (...lines: string[]) => ({
  "primary.log": [started(idOf(1)), JSON.stringify(wellLine), ended(idOf(1)), ...lines].join("\n"),
});
/** A second invocation, with a line of ours or what became of it. */
export function invoked(
  line: Readonly<Record<string, unknown>> | undefined,
  ends = "",
  before: readonly string[] = [],
) {
  const own = { ...wellLine, requestId: failedId, atMs: failsAtMs - 10, elapsedMs: 380, turn: 2, ...line };
  return [started(failedId), ...before, ...(line === undefined ? [] : [JSON.stringify(own)]), ended(failedId, ends)];
}

export const failover = {
  ...{ ...wellLine, event: "turn.resumed", leg: "fallback", atMs: failsAtMs + 120, elapsedMs: 60, errorCode: "11200" },
  ...{ waitedMs: 0, requestId: undefined, attempt: 1, resumes: 1 },
};
export const fallback = (...lines: Readonly<Record<string, unknown>>[]) => ({
  "fallback.log": lines.map((line) => `${JSON.stringify({ ...failover, ...line })}\n`).join(""),
});

/** The whole of triage on such texts. */
export async function triaged(texts: Texts, ...without: string[]): Promise<TriageResult> {
  const dir = mkdtempSync(path.join(tmpdir(), "stayline-triage-"));
  try {
    for (const [name, text] of Object.entries(texts)) {
      if (!without.some((one) => name.startsWith(one))) writeFileSync(path.join(dir, name), text);
    }
    const files = { dir, alerts: [], debugger: [], access: [], logs: [], table: undefined };
    const { sources, told } = await gather(files, {}, failsAtMs + 3_600_000);
    return triage(sources, told);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The one request that failed. */
export async function judged(texts: Texts, ...without: string[]): Promise<FailedRequest> {
  const { requests } = await triaged(texts, ...without);
  const [request] = requests;
  if (request === undefined || requests.length > 1) throw new Error(`${requests.length} requests failed, not one`);
  return request;
}
