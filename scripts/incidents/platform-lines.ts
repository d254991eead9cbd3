/** What Lambda's platform writes beside a function's own lines, in both of its formats. [D Lambda log formats, "Platform events"] */

export type LogFormat = "text" | "json";

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly maxMemoryMb: number;
  readonly initMs?: number;
  readonly status: "success" | "error" | "timeout";
  readonly errorType?: string;
}

export interface PlatformLines {
  start(requestId: string): readonly string[];
  /** The runtime ended in the middle of an invocation. */
  exited(requestId: string, how: string): readonly string[];
  /** The runtime ended, or never was ready, before an invocation. */
  initFailed(durationMs: number, phase: "init" | "invoke", errorType: string): readonly string[];
  end(report: Report): readonly string[];
}

export const memorySizeMb = 512;
const version = "$LATEST";

/** @param now ISO 8601, for lines that carry a time of their own */
export function platformLines(format: LogFormat, now: () => string): PlatformLines {
  return format === "text" ? textLines(now) : jsonLines(now);
}

function textLines(now: () => string): PlatformLines {
  return {
    start: (requestId) => [`START RequestId: ${requestId} Version: ${version}`],
    exited: (requestId, how) => [
      `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
      "Runtime.ExitError",
    ],
    initFailed: (durationMs, phase, errorType) => [
      `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}\tStatus: error\tError Type: ${errorType}`,
    ],
    end: ({ requestId, durationMs, maxMemoryMb, initMs, status, errorType }) => [
      ...(status === "timeout"
        ? [`${now()} ${requestId} Task timed out after ${(durationMs / 1_000).toFixed(2)} seconds`]
        : []),
      `END RequestId: ${requestId}`,
      [
        `REPORT RequestId: ${requestId}`,
        `Duration: ${durationMs.toFixed(2)} ms`,
        `Billed Duration: ${Math.ceil(durationMs)} ms`,
        `Memory Size: ${memorySizeMb} MB`,
        `Max Memory Used: ${maxMemoryMb} MB`,
        ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
        ...(status === "success" ? [] : [`Status: ${status}`]),
        ...(errorType === undefined ? [] : [`Error Type: ${errorType}`]),
      ].join("\t"),
    ],
  };
}

function jsonLines(now: () => string): PlatformLines {
  const line = (type: string, record: object) => JSON.stringify({ time: now(), type: `platform.${type}`, record });
  return {
    start: (requestId) => [line("start", { requestId, version })],
    exited: () => [],
    initFailed: (durationMs, phase, errorType) => [
      line("initReport", {
        ...{ initializationType: "on-demand", phase, status: "error", errorType },
        metrics: { durationMs: rounded(durationMs) },
      }),
    ],
    end: ({ requestId, durationMs, maxMemoryMb, initMs, status, errorType }) => [
      line("report", {
        ...{ requestId, status, ...(errorType === undefined ? {} : { errorType }) },
        metrics: {
          durationMs: rounded(durationMs),
          billedDurationMs: Math.ceil(durationMs),
          memorySizeMB: memorySizeMb,
          maxMemoryUsedMB: maxMemoryMb,
          ...(initMs === undefined ? {} : { initDurationMs: rounded(initMs) }),
        },
      }),
    ],
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
