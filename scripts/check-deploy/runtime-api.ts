import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { limits } from "../../core/limits.ts";
import { closeServer, host } from "../stack/listen.ts";
import { readBody } from "../stack/read-body.ts";

export type Invoked =
  | { readonly kind: "response"; readonly body: unknown }
  | { readonly kind: "error"; readonly body: unknown };

/** A function that runs as in Lambda: the official runtime client asks this server for its next event. */
export interface RunningFunction {
  invoke(event: unknown): Promise<Invoked>;
  /** What the function wrote. */
  output(): string;
  stop(): Promise<void>;
}

export interface FunctionOptions {
  /** `index.mjs` of aws-lambda-ric. */
  readonly runtimeClient: string;
  /** The folder that is uploaded. */
  readonly taskRoot: string;
  /** As in the template, e.g. `voice-webhook.handler`. */
  readonly handler: string;
  /** All of its environment, beside what Lambda itself sets. */
  readonly env: Readonly<Record<string, string>>;
}

interface Pending {
  readonly id: string;
  readonly event: unknown;
  readonly settle: (invoked: Invoked) => void;
}

const answerWithinMs = 30_000;
const bodyBytesMax = limits.lambdaAnswerBytesMax;
const outputCharactersMax = 200_000;

/** Starts a function with its own Runtime API. [D Lambda runtime API] */
export async function startFunction(options: FunctionOptions): Promise<RunningFunction> {
  const waiting: Pending[] = [];
  const running = new Map<string, Pending>();
  let asking: ServerResponse | undefined;
  let output = "";

  const hand = () => {
    const next = asking === undefined ? undefined : waiting.shift();
    if (next === undefined || asking === undefined) return;
    running.set(next.id, next);
    asking.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": next.id,
      "lambda-runtime-deadline-ms": String(Date.now() + limits.lambdaTimeoutMs),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:stayline",
    });
    asking.end(JSON.stringify(next.event));
    asking = undefined;
  };
  const fail = (body: unknown) => {
    for (const { settle } of [...running.values(), ...waiting.splice(0)]) settle({ kind: "error", body });
    running.clear();
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const [, what = "", id = "", how = ""] = /^\/2018-06-01\/runtime\/(init|invocation)\/([^/]+)(?:\/(\w+))?$/.exec(
      request.url ?? "",
    ) ?? [""];
    if (what === "invocation" && id === "next") {
      asking = response;
      return hand();
    }
    const body = toJson(await readBody(request, bodyBytesMax));
    response.writeHead(202).end();
    if (what === "init") return fail(body);
    running.get(id)?.settle({ kind: how === "response" ? "response" : "error", body });
    running.delete(id);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const child: ChildProcess = spawn(process.execPath, [options.runtimeClient], {
    cwd: options.taskRoot,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...options.env,
      TZ: ":UTC",
      _HANDLER: options.handler,
      AWS_LAMBDA_RUNTIME_API: `${host}:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: options.handler.split(".")[0] ?? "",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
      AWS_LAMBDA_LOG_GROUP_NAME: "log",
      AWS_LAMBDA_LOG_STREAM_NAME: "log",
      LAMBDA_TASK_ROOT: options.taskRoot,
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (output.length < outputCharactersMax) output += text;
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      fail(error.message);
      resolve();
    });
    child.once("exit", (code) => {
      fail(`the function ended with ${code}`);
      resolve();
    });
  });
  const killChild = () => void child.kill("SIGKILL");
  process.once("exit", killChild);

  return {
    invoke: (event) =>
      new Promise((resolve) => {
        const id = randomUUID();
        const timer = setTimeout(() => {
          running.delete(id);
          resolve({ kind: "error", body: `no answer in ${answerWithinMs} ms` });
        }, answerWithinMs);
        const settle = (invoked: Invoked) => {
          clearTimeout(timer);
          resolve(invoked);
        };
        waiting.push({ id, event, settle });
        if (child.exitCode !== null) fail("the function has ended");
        hand();
      }),
    output: () => output,
    stop: async () => {
      process.off("exit", killChild);
      killChild();
      await exited;
      await closeServer(server);
    },
  };
}

function toJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return String(body);
  }
}
