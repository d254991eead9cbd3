import { counted, given, oneOf } from "../trace/mask.ts";
import { type Fields, recordOf } from "./fields.ts";
import type { Invocation } from "./records.ts";

type Found = { -readonly [K in keyof Invocation]: Invocation[K] };

const uuidText = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const edgeLine = new RegExp(`\\b(START|END|REPORT) RequestId: (${uuidText})`);
const timeoutLine = new RegExp(`\\b(${uuidText}) Task timed out after (\\d+(?:\\.\\d+)?) seconds`);
const exitLine = new RegExp(`RequestId: (${uuidText}) Error: Runtime exited`);
const initLine = /\bINIT_REPORT\b.*?Phase: (init|invoke|restore)\b.*?Status: (error|timeout)/;
const classLine = /^(?:\S+Z\s+)?(?:\S+\s+(?:undefined|ERROR)\s+)?([A-Z][A-Za-z]{0,39}(?:Error|Exception))\b/;
const uuid = new RegExp(`^${uuidText}$`);
const invocationsMax = 500_000;
const durationMsMax = 20 * 60_000;

/**
 * Collects what Lambda's own lines tell of invocations, in the text form and in the JSON form. [D Lambda: log formats]
 *
 * A line of a failed start (INIT_REPORT) has no request's id: it belongs to the invocation that is open, else to the one that begins next.
 */
export function platformReader() {
  const found = new Map<string, Found>();
  let open: Found | undefined;
  let initFailed = false;

  const of = (requestId: string, atMs: number | undefined): Found => {
    const known = found.get(requestId) ?? { requestId, started: false, ended: false };
    if (found.size < invocationsMax) found.set(requestId, known);
    if (known.atMs === undefined && atMs !== undefined) known.atMs = atMs;
    return known;
  };
  const start = (requestId: string, atMs: number | undefined): void => {
    open = of(requestId, atMs);
    open.started = true;
    if (initFailed) open.fate ??= "init";
    initFailed = false;
  };
  const initFails = (): void => {
    if (open === undefined) initFailed = true;
    else open.fate = "init";
  };
  const end = (requestId: string, atMs: number | undefined): void => {
    of(requestId, atMs).ended = true;
    if (open?.requestId === requestId) open = undefined;
  };

  function takeText(text: string, atMs: number | undefined): boolean {
    const [, kind, requestId] = edgeLine.exec(text) ?? [];
    const [, timedOut, afterSec] = timeoutLine.exec(text) ?? [];
    const exited = exitLine.exec(text)?.[1];
    if (kind !== undefined && requestId !== undefined) {
      if (kind === "START") start(requestId, atMs);
      else if (kind === "END") end(requestId, atMs);
      else report(of(requestId, atMs), text);
    } else if (timedOut !== undefined) of(timedOut, atMs && atMs - Number(afterSec) * 1_000).fate ??= "timeout";
    else if (exited !== undefined) of(exited, atMs).fate ??= "exit";
    else if (initLine.test(text)) initFails();
    else {
      const said = text.includes('{"') ? undefined : classLine.exec(text)?.[1];
      if (said === undefined || open === undefined) return false;
      open.said ??= said;
    }
    return true;
  }

  function takeRecord(fields: Fields, atMs: number | undefined): boolean {
    const type = typeof fields.type === "string" ? fields.type : "";
    if (!type.startsWith("platform.")) return false;
    const record = recordOf(fields.record);
    const { requestId } = record;
    const status = oneOf(["success", "error", "timeout", "failure"], record.status);
    if (type === "platform.initReport" || type === "platform.initRuntimeDone") {
      if (status === "error" || status === "timeout") initFails();
      return true;
    }
    if (typeof requestId !== "string" || !uuid.test(requestId)) return true;
    if (type === "platform.start") start(requestId, atMs);
    const known = of(requestId, atMs);
    if (type === "platform.runtimeDone" || type === "platform.report") {
      end(requestId, atMs);
      const metrics = recordOf(record.metrics);
      setMetrics(known, metrics.durationMs, metrics.initDurationMs);
      setFate(known, status, record.errorType, [metrics.maxMemoryUsedMB, metrics.memorySizeMB]);
    }
    return true;
  }

  return {
    takeText,
    takeRecord,
    invocations: (): ReadonlyMap<string, Invocation> =>
      new Map([...found].map(([id, one]) => [id, given<Invocation>(one)])),
  };
}

function report(known: Found, text: string): void {
  const number = (name: string) => new RegExp(`\\b${name}: (\\d+(?:\\.\\d+)?)`).exec(text)?.[1];
  setMetrics(known, number("(?<!Billed |Init |Restore )Duration"), number("Init Duration"));
  const status = oneOf(["timeout", "error"], /\bStatus: (\w+)/.exec(text)?.[1]);
  const errorType = /\bError Type: ([\w.]+)/.exec(text)?.[1];
  setFate(known, status, errorType, [number("Max Memory Used"), number("Memory Size")]);
}

function setMetrics(known: Found, duration: unknown, init: unknown): void {
  const whole = (value: unknown) => counted(Math.round(Number(value ?? Number.NaN)), durationMsMax);
  const durationMs = whole(duration);
  const initMs = whole(init);
  if (durationMs !== undefined) known.durationMs = durationMs;
  if (initMs !== undefined) known.initMs = initMs;
}

/** An end without memory to spare is told as an exit, or as an error, too. */
function setFate(known: Found, status: string | undefined, errorType: unknown, [used, size]: readonly unknown[]): void {
  const type = typeof errorType === "string" ? errorType : "";
  const full = Number(size) > 0 && Number(used) >= Number(size);
  const exited = known.fate === "exit" || type === "Runtime.ExitError" || status === "failure";
  if (known.fate === "init") return;
  if (/OutOfMemory/.test(type) || (full && (exited || status === "error"))) known.fate = "memory";
  else if (status === "timeout") known.fate = "timeout";
  else if (/ImportModule|HandlerNotFound|UserCodeSyntax|InvalidEntrypoint|Init/.test(type)) known.fate = "init";
  else if (exited || status === "error") known.fate = "exit";
}
