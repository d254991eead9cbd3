import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { Leg as LegName } from "../../core/checkpoint.ts";
import { listen } from "./listen.ts";

/**
 * The child's half of a leg. A leg learns its port before it learns its environment, because each leg's environment names both
 * legs' addresses: it listens, reports the port, receives its settings, loads the built code, and reports that it is ready.
 * Requests that come before that wait, as they do for a cold start.
 */

export interface LegSettings {
  /** Folder of the built code of this leg, absolute. */
  codeDir: string;
  /** This leg as Twilio sees it. */
  publicUrl: string;
  /** The whole environment of the code. */
  env: Record<string, string>;
}

export type ToParent = { kind: "listening"; port: number } | { kind: "ready" } | { kind: "failed"; message: string };

/** HTTP APIs allow this much for request line and headers together. [D API Gateway quotas] */
const headerBytesMax = 10_240;

/** [aws-lambda-nodejs-runtime-interface-client] */
const unhandledRejectionExitCode = 128;

export async function runLeg(name: LegName, load: (settings: LegSettings) => Promise<RequestListener>): Promise<void> {
  const tell = (message: ToParent) => void process.send?.(message);
  // The parent may have been killed without a chance to end its children.
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole process group; the parent decides when the legs end.
  process.on("SIGINT", () => {});
  process.on("unhandledRejection", (reason) => {
    const what = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    console.error(`unhandled rejection: ${what.replaceAll("\n", " ")}`);
    // Lambda's runtime for Node ends the process. The local Functions runtime has a process for each request, and only that
    // request suffers; here all requests share one process, which therefore goes on.
    if (name === "primary") process.exit(unhandledRejectionExitCode);
  });

  let loaded: (listener: RequestListener) => void = () => {};
  const listener = new Promise<RequestListener>((resolve) => {
    loaded = resolve;
  });
  const server = createServer({ maxHeaderSize: headerBytesMax, keepAliveTimeout: 60_000 }, (request, response) => {
    void listener.then((answer) => answer(request, response));
  });
  // Stays until the parent ends it: an exit could overtake the message that explains it.
  const fail = (error: Error) => tell({ kind: "failed", message: error.message });

  process.once("message", (settings: LegSettings) => {
    load(settings).then((answer) => {
      loaded(answer);
      tell({ kind: "ready" });
    }, fail);
  });
  try {
    tell({ kind: "listening", port: await listen(server, Number(process.argv[2] ?? 0), name) });
  } catch (error) {
    fail(error as Error);
  }
}
