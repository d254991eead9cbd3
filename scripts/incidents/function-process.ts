import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as later } from "node:timers/promises";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { toContext } from "../stack/http-api.ts";

/** The child's half of one execution environment: it loads a bundle, then handles one event after the other. */

export type ToFunction =
  | { readonly kind: "init"; readonly codeDir: string; readonly name: string; readonly delayMs: number }
  | {
      readonly kind: "invoke";
      readonly event: APIGatewayProxyEventV2;
      readonly requestId: string;
      readonly deadlineMs: number;
    };

export type FromFunction =
  | { readonly kind: "ready" }
  | { readonly kind: "result"; readonly result: unknown }
  /** The handler threw, which the runtime survives. */
  | { readonly kind: "error"; readonly errorType: string };

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

let handler: Handler | undefined;
let functionName = "";

const tell = (message: FromFunction) => void process.send?.(message);

process.on("disconnect", () => process.exit(0));
process.on("message", async (message: ToFunction) => {
  if (message.kind === "init") {
    await later(message.delayMs);
    functionName = message.name;
    handler = createRequire(path.join(message.codeDir, "package.json"))(`./${message.name}.js`).handler;
    return tell({ kind: "ready" });
  }
  try {
    const { event, requestId, deadlineMs } = message;
    tell({ kind: "result", result: await handler?.(event, toContext(functionName, requestId, deadlineMs)) });
  } catch (error) {
    tell({ kind: "error", errorType: error instanceof Error ? error.name : "Error" });
  }
});
