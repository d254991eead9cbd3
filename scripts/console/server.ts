import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { bodyBytesMax, type Refusal } from "../../console/protocol.ts";
import { closeServer, host, listen } from "../stack/listen.ts";
import { readBody } from "../stack/read-body.ts";
import type { EventLog } from "./events.ts";
import type { Page } from "./page-build.ts";
import type { Prompts } from "./prompts.ts";
import { act, type Parts, read } from "./routes.ts";
import { refusalOf, safeHeaders } from "./security.ts";
import { createStreams } from "./stream.ts";

export interface ConsoleServer {
  /** `http://127.0.0.1:4104/` */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** 0: a free one */
  readonly port: number;
  readonly token: string;
  readonly page: Page;
  readonly prompts: Prompts;
  readonly log: EventLog;
  readonly parts: Parts;
}

interface Sent {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** As long as a body may take, so that nobody holds a connection with a slow one. */
const requestTimeoutMs = 10_000;

/** The page and its listed actions, on loopback only. @throws StackError when the port is taken */
export async function startServer(options: ServerOptions): Promise<ConsoleServer> {
  const { token, page, prompts, log, parts } = options;
  const streams = createStreams(log);
  let own = { host: "", token };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
    const refused = refusalOf(request, own);
    if (refused !== undefined) {
      // its body is not read
      response.setHeader("connection", "close");
      return send(response, refuse(refused.status, refused.message));
    }
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    if (request.method === "POST") return send(response, await posted(request, path));
    if (path === "/api/events") {
      if (!streams.open(request, response)) send(response, refuse(409, "Too many pages are open: close one."));
      return;
    }
    const [, callSid] = /^\/trace\/(CA[0-9a-f]{32})$/.exec(path) ?? [];
    if (callSid !== undefined && parts.realCalls !== undefined) {
      // it has its style in itself, and no script
      response.setHeader(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      );
      const body = await parts.realCalls.page(callSid);
      return send(response, { status: 200, type: "text/html; charset=utf-8", body });
    }
    send(response, fileOf(path) ?? toSent(await read(path, parts)));
  };

  const posted = async (request: IncomingMessage, path: string): Promise<Sent> => {
    const body = await readBody(request, bodyBytesMax);
    if (body === undefined) return refuse(413, `The body is over ${bodyBytesMax} bytes.`);
    let parsed: unknown;
    try {
      parsed = body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
    } catch {
      return refuse(400, "The body is not JSON.");
    }
    return toSent(await act(path, parsed, parts));
  };

  const fileOf = (path: string): Sent | undefined => {
    if (path === "/") return { status: 200, type: "text/html; charset=utf-8", body: page.html };
    if (path === "/main.js") return { status: 200, type: "text/javascript; charset=utf-8", body: page.script };
    if (path === "/style.css") return { status: 200, type: "text/css; charset=utf-8", body: page.style };
    const prompt = path.startsWith("/prompts/") ? prompts.get(path.slice("/prompts/".length)) : undefined;
    return prompt && { status: 200, type: prompt.type, body: prompt.bytes };
  };

  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else
        send(response, refuse(500, "This did not work; the reason is unknown. Start the stack again if it stays so."));
    });
  });
  const port = await listen(server, options.port, "console");
  own = { host: `${host}:${port}`, token };
  return {
    url: `http://${own.host}/`,
    stop: async () => {
      streams.closeAll();
      await closeServer(server);
    },
  };
}

function toSent(answer: { readonly status: number; readonly body: unknown } | undefined): Sent {
  if (answer === undefined) return refuse(404, "There is nothing here.");
  return { status: answer.status, type: "application/json; charset=utf-8", body: JSON.stringify(answer.body) };
}

function refuse(status: number, message: string): Sent {
  return toSent({ status, body: { message } satisfies Refusal });
}

function send(response: ServerResponse, { status, type, body }: Sent): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
