import { spawn } from "node:child_process";
import { once } from "node:events";

/** One cold start in a fresh process. */
export interface ColdStart {
  readonly importMs: number;
  /** resident memory after the import, Node's own included */
  readonly rssBytes: number;
  /** from before the import to the answer to the first webhook; undefined when none was asked */
  readonly answeredMs?: number;
}

export interface StartOptions {
  /** absolute; undefined: Node alone */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** the first webhook, as its cloud hands it over */
  readonly first?: { readonly platform: "lambda" | "functions"; readonly event: unknown } | undefined;
}

/**
 * Runs in the process that is measured, as CommonJS: nothing but Node and the bundle is in it, so what is asked comes ready from
 * outside, and what is told goes to a pipe of its own. `Twilio.Response` is the platform's, no part of the bundle.
 */
const startOnce = `
  const { writeSync } = require("node:fs");
  const { file, first, timeoutMs } = JSON.parse(process.env.BENCH_START);
  delete process.env.BENCH_START;
  const { event, platform } = first ?? {};
  if (event?.requestContext) event.requestContext.timeEpoch = Date.now();
  globalThis.Twilio = { Response: class {
    setStatusCode(status) { this.statusCode = status; }
    setBody(body) { this.body = body; }
    appendHeader() {}
  } };
  const variables = { ...process.env };
  const deadlineMs = Date.now() + timeoutMs;
  const context = { awsRequestId: "bench", getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  const tell = (told) => {
    writeSync(3, JSON.stringify(told));
    process.exit(0);
  };
  (async () => {
    const startedMs = performance.now();
    const loaded = file === undefined ? {} : file.endsWith(".mjs") ? await import(file) : require(file);
    const importMs = performance.now() - startedMs;
    const rssBytes = process.memoryUsage.rss();
    if (first === undefined) return tell({ importMs, rssBytes });
    const answered = platform === "lambda"
      ? await loaded.handler(event, context)
      : await new Promise((resolve) => loaded.handler(variables, event, (_, response) => resolve(response)));
    const answeredMs = performance.now() - startedMs;
    const { statusCode, body } = answered;
    tell(statusCode === 200 ? { importMs, rssBytes, answeredMs } : { error: statusCode + " " + body });
  })().catch((error) => tell({ error: String(error) }));
`;
const startTimeoutMs = 15_000;

/** @throws Error when the bundle cannot be loaded or refuses the webhook */
export async function coldStart({ file, env, first }: StartOptions): Promise<ColdStart> {
  const given = JSON.stringify({ file, first, timeoutMs: startTimeoutMs });
  const child = spawn(process.execPath, ["-e", startOnce], {
    env: { ...env, TZ: "UTC", BENCH_START: given },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
    timeout: startTimeoutMs,
    killSignal: "SIGKILL",
  });
  let text = "";
  child.stdio[3]?.on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  const told: ColdStart | { readonly error: string } =
    text === "" ? { error: "ended without a word" } : JSON.parse(text);
  if ("error" in told) throw new Error(`${file}: ${told.error}`);
  return told;
}
