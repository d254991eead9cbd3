import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { limits } from "../../core/limits.ts";
import { sendMessage, sendResult, splitTarget, toEvent } from "../stack/http-api.ts";
import { closeServer, host, listen } from "../stack/listen.ts";
import { readBody } from "../stack/read-body.ts";
import { type InvokeFault, type Platform, within } from "./platform.ts";

/**
 * What strikes a request at the edge: the API's own throttle, the function's concurrency used up, a permission that is gone. The
 * function is not asked.
 */
export type EdgeFault = "throttle" | "concurrency" | "permission";

/** One line of the access log, in the format of `template.yaml`. */
export interface AccessLine {
  readonly requestId: string;
  readonly timeEpoch: string;
  readonly routeKey: string;
  readonly status: string;
  readonly responseLatencyMs: string;
  readonly responseBytes: string;
  readonly functionStatus: string;
  readonly integrationStatus: string;
  readonly integrationLatencyMs: string;
  readonly integrationError: string;
  readonly error: string;
  readonly errorType: string;
  readonly functionRequestId: string;
}

export interface EdgeOptions {
  readonly platform: Platform;
  /** The leg as Twilio sees it. */
  readonly publicUrl: string;
  /** What the next request meets. */
  readonly fault: () => { readonly edge?: EdgeFault | undefined; readonly invoke?: InvokeFault | undefined };
  readonly log: (line: AccessLine) => void;
  /** of the access log */
  readonly timeOf: (realMs: number) => number;
  /** counts requests from 0 */
  readonly ids: (count: number) => { readonly requestId: string; readonly functionRequestId: string };
}

export interface Edge {
  readonly baseUrl: string;
  /** How many requests it has had. */
  count(): number;
  stop(): Promise<void>;
}

type Route = { readonly key: string; readonly name: string };
const routes: Readonly<Record<string, Route>> = {
  voice: { key: "ANY /voice/{proxy+}", name: "voice-webhook" },
  status: { key: "ANY /status/{proxy+}", name: "status-callback" },
  media: { key: "GET /media/{proxy+}", name: "media" },
};
/** `TimeoutInMillis` of the integrations in the template. */
const integrationTimeoutMs = limits.gatewayTimeoutMs;
const bodyBytesMax = 10 * 1024 * 1024;

/** What API Gateway answers by itself, and what it writes of that. [D "Troubleshooting issues with HTTP API Lambda integrations"] */
const ownAnswers = {
  throttle: { status: 429, message: "Too Many Requests", errorType: "THROTTLED" },
  concurrency: {
    ...{ status: 503, message: "Service Unavailable", errorType: "INTEGRATION_FAILURE", integrationStatus: "429" },
    integrationError: "Rate Exceeded.",
  },
  permission: {
    ...{ status: 500, message: "Internal Server Error", errorType: "INTEGRATION_FAILURE", integrationStatus: "403" },
    integrationError:
      "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.",
  },
  late: {
    ...{ status: 503, message: "Service Unavailable", errorType: "INTEGRATION_TIMEOUT" },
    integrationError: "Endpoint request timed out",
  },
} as const;

type Written = Partial<
  Pick<AccessLine, "functionStatus" | "integrationStatus" | "integrationError" | "functionRequestId">
>;

/** The primary leg's edge, as an HTTP API is one: between a socket and the functions, with an access log. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { platform, publicUrl, fault, log, timeOf, ids } = options;
  let count = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrivedMs = Date.now();
    const { requestId, functionRequestId } = ids(count);
    count += 1;
    const met = fault();
    const route = routes[/^\/([^/]*)\//.exec(splitTarget(request.url ?? "/").rawPath)?.[1] ?? ""];
    let integratedMs: number | undefined;
    const note = (written: Written, own?: { message: string; errorType: string }) => {
      const took = Date.now() - arrivedMs;
      log({
        requestId,
        timeEpoch: String(Math.round(timeOf(arrivedMs))),
        routeKey: route?.key ?? "-",
        status: String(response.statusCode),
        responseLatencyMs: String(took),
        responseBytes: String(
          own === undefined
            ? (response.getHeader("content-length") ?? "-")
            : JSON.stringify({ message: own.message }).length,
        ),
        functionStatus: written.functionStatus ?? "-",
        integrationStatus: written.integrationStatus ?? "-",
        integrationLatencyMs: integratedMs === undefined ? "-" : String(Math.round(integratedMs)),
        integrationError: written.integrationError ?? "-",
        error: own?.message ?? "-",
        errorType: own?.errorType ?? "-",
        functionRequestId: written.functionRequestId ?? "-",
      });
    };
    response.setHeader("apigw-requestid", requestId);
    const answerOwn = (kind: keyof typeof ownAnswers) => {
      const own: (typeof ownAnswers)[typeof kind] & Written = ownAnswers[kind];
      sendMessage(response, own.status, own.message);
      note(own, own);
    };
    const body = await readBody(request, bodyBytesMax);
    if (route === undefined || body === undefined) {
      sendMessage(response, 404, "Not Found");
      return note({}, { message: "Not Found", errorType: "DEFAULT_4XX" });
    }
    if (met.edge !== undefined) return answerOwn(met.edge);
    const event = { ...toEvent(request, body, { nowMs: arrivedMs, requestId, publicUrl }), routeKey: route.key };
    const askedMs = performance.now();
    const invoked = await within(
      platform.invoke(route.name, event, functionRequestId, met.invoke),
      integrationTimeoutMs,
    );
    integratedMs = performance.now() - askedMs;
    if (invoked === undefined) return answerOwn("late");
    if (invoked.kind === "error") {
      sendMessage(response, 500, "Internal Server Error");
      const integrationError = `The Lambda function returned the following error: ${invoked.message}. Check your Lambda function code and try again.`;
      return note(
        { integrationStatus: "200", integrationError, functionRequestId },
        { message: "Internal Server Error", errorType: "INTEGRATION_FAILURE" },
      );
    }
    sendResult(response, invoked.result);
    note({ functionStatus: String(response.statusCode), integrationStatus: "200", functionRequestId });
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server, 0, "primary");
  return { baseUrl: `http://${host}:${port}`, count: () => count, stop: () => closeServer(server) };
}
