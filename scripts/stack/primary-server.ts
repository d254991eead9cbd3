import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { limits } from "../../core/limits.ts";
import { watchingConnections } from "./connection.ts";
import { sendMessage, sendResult, splitTarget, toContext, toEvent } from "./http-api.ts";
import type { LegSettings } from "./leg-process.ts";
import { runLeg } from "./leg-process.ts";
import { readBody } from "./read-body.ts";

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

const functionByFolder = { voice: "voice-webhook", status: "status-callback", media: "media" } as const;
/** [D API Gateway quotas] */
const bodyBytesMax = 10 * 1024 * 1024;

/** The primary leg: API Gateway's part played by node:http, in front of the Lambda bundles that would be deployed. */
async function load({ codeDir, publicUrl, env }: LegSettings): Promise<RequestListener> {
  Object.assign(process.env, env);
  const requireBuilt = createRequire(path.join(codeDir, "package.json"));
  const loadHandler = (name: string): Handler => requireBuilt(`./${name}.js`).handler;
  const handlers = new Map(
    Object.entries(functionByFolder).map(([folder, name]) => [folder, { name, handler: loadHandler(name) }]),
  );

  const serve: (...args: Parameters<RequestListener>) => Promise<void> = async (request, response) => {
    const { rawPath } = splitTarget(request.url ?? "/");
    const route = handlers.get(/^\/([^/]*)\//.exec(rawPath)?.[1] ?? "");
    if (route === undefined) return sendMessage(response, 404, "Not Found");
    const nowMs = Date.now();
    const body = await readBody(request, bodyBytesMax);
    if (body === undefined) return sendMessage(response, 413, "Request Entity Too Large");

    const requestId = randomUUID();
    const event = toEvent(request, body, { nowMs, requestId, publicUrl });
    const context = toContext(route.name, requestId, Date.now() + limits.lambdaTimeoutMs);
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<"timed out">((resolve) => {
      timer = setTimeout(resolve, limits.lambdaTimeoutMs, "timed out");
    });
    try {
      const result = await Promise.race([route.handler(event, context), timedOut]);
      if (result === "timed out") sendMessage(response, 503, "Service Unavailable");
      else sendResult(response, result);
    } catch (error) {
      console.error(error);
      sendMessage(response, 500, "Internal Server Error");
    } finally {
      clearTimeout(timer);
    }
  };
  return watchingConnections((request, response) => {
    serve(request, response).catch((error) => {
      console.error(error);
      request.socket.destroy();
    });
  });
}

await runLeg("primary", load);
