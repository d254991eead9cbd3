import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { limits } from "../../../core/limits.ts";
import { toContext } from "../../stack/http-api.ts";
import { toApiEvent, toFunctionEvent, type WebhookRequest } from "./requests.ts";

/** One contender alone in a process, so that its CPU time is its own: the table and the effects service are elsewhere. */

export interface LegOptions {
  /** what was bundled, absolute */
  readonly file: string;
  readonly platform: "lambda" | "functions";
  readonly authToken: string;
}

export type Task =
  /** requests to be asked again and again, under a name */
  | { readonly kind: "hold"; readonly station: string; readonly requests: readonly WebhookRequest[] }
  | { readonly kind: "block"; readonly station: string }
  | { readonly kind: "ask"; readonly request: WebhookRequest; readonly signedWith?: string };

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What the requests of one station cost, asked one after the other. */
export interface Block {
  /** of each request */
  readonly wallMs: readonly number[];
  /** of one request on average: of all threads of the process */
  readonly cpuMs: number;
}

type Ask = () => Promise<Answer>;
/** Signed once: what the cloud does is neither in the figures nor in the garbage that is collected while they are taken. */
type Ready = (request: WebhookRequest, signedWith?: string) => Arrive;
/** Arrives now: deadlines run from here. */
type Arrive = () => Ask;
type LambdaHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<{ statusCode: number; body: string }>;
interface FunctionResponse {
  readonly statusCode: number;
  readonly body: string;
}
type FunctionHandler = (
  context: Readonly<Record<string, string | undefined>>,
  event: Record<string, unknown>,
  respond: (error: null, response: FunctionResponse) => void,
) => void;

const require = createRequire(import.meta.url);

/** Makes requests ready to be asked, again and again. */
async function load({ file, platform, authToken }: LegOptions): Promise<Ready> {
  if (platform === "functions") {
    // `Twilio.Response` of the local runtime has no door of its own in the package
    const runtime = path.dirname(require.resolve("@twilio/runtime-handler/dev"));
    const { Response } = require(path.join(runtime, "internal", "response.js"));
    Object.assign(globalThis, { Twilio: { Response } });
    const { handler }: { handler: FunctionHandler } = require(file);
    // a plain object, as on the platform
    const context = { ...process.env };
    return (request, signedWith = authToken) => {
      const event = toFunctionEvent(request, signedWith);
      return () => async () => {
        const answered = await new Promise<FunctionResponse>((resolve) => {
          handler(context, { ...event }, (_, response) => resolve(response));
        });
        return { status: answered.statusCode, body: answered.body };
      };
    };
  }
  const loaded = file.endsWith(".mjs") ? await import(pathToFileURL(file).href) : require(file);
  const { handler }: { handler: LambdaHandler } = loaded;
  return (request, signedWith = authToken) => {
    const signed = toApiEvent(request, signedWith);
    return () => {
      const timeEpoch = Date.now();
      const event = { ...signed, requestContext: { ...signed.requestContext, timeEpoch } };
      const context = toContext("voice-webhook", "bench", timeEpoch + limits.lambdaTimeoutMs);
      return async () => {
        const { statusCode, body } = await handler(event, context);
        return { status: statusCode, body };
      };
    };
  };
}

async function blockOf(asks: readonly Ask[]): Promise<Block> {
  const wallMs: number[] = [];
  const before = process.cpuUsage();
  for (const ask of asks) {
    const startedMs = performance.now();
    const { status, body } = await ask();
    wallMs.push(performance.now() - startedMs);
    if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 200)}`);
  }
  const { user, system } = process.cpuUsage(before);
  return { wallMs, cpuMs: (user + system) / 1_000 / asks.length };
}

async function serve(options: LegOptions): Promise<void> {
  const ready = await load(options);
  const stations = new Map<string, readonly Arrive[]>();
  const run = async (task: Task): Promise<Answer | Block | undefined> => {
    if (task.kind === "hold") {
      const held = task.requests.map((request) => ready(request));
      return void stations.set(task.station, held);
    }
    if (task.kind === "block") return blockOf((stations.get(task.station) ?? []).map((arrive) => arrive()));
    return ready(task.request, task.signedWith)()();
  };
  process.on("message", (task: Task) => {
    run(task).then(
      (done) => process.send?.({ done }),
      (error: Error) => process.send?.({ error: error.message }),
    );
  });
  process.send?.({ done: undefined });
}

// ends by itself, so that a profile of the process is written
process.on("disconnect", () => process.exit(0));
process.once("message", (options: LegOptions) => {
  serve(options).catch((error: Error) => process.send?.({ error: error.message }));
});
