import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listen } from "../../../scripts/stack/listen.ts";
import { readBody } from "../../../scripts/stack/read-body.ts";
import { type Operation, operations } from "./operations.ts";

export const account = { sid: `AC${"a".repeat(32)}`, token: "0123456789abcdef0123456789abcdef" };

export interface RestRequest {
  readonly operation: string;
  /** the sids that stand in the path, without the account's */
  readonly sids: readonly string[];
  readonly params: ReadonlyMap<string, readonly string[]>;
}
/** `hang-up`: the connection is destroyed after the operation took effect; `hang`: nothing more is heard */
export type RestAnswer = { readonly status: number; readonly body: unknown } | "hang-up" | "hang";

/**
 * A local server that speaks Twilio's REST protocol for the operations in `operations.ts`: authentication, paths, parameters,
 * error bodies. What an operation does is the test's; what may be asked is Twilio's.
 */
export async function startTwilioRest(handle: (request: RestRequest) => RestAnswer, port = 0) {
  const asked: RestRequest[] = [];
  /** requests that Twilio would not have taken */
  const wrong: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const listening = await listen(server, port, "effects");

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://local");
    const body = (await readBody(request, 64 * 1024))?.toString("utf8") ?? "";
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const refuse = (status: number, code: number, message: string) => {
      wrong.push(`${request.method} ${url.pathname}: ${message}`);
      send(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
    };
    const login = Buffer.from(request.headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString();
    if (login !== `${account.sid}:${account.token}`) return refuse(401, 20003, "Authenticate");
    const [operation, sids] = operationOf(request.method, url.pathname) ?? [];
    if (operation === undefined || sids === undefined) return refuse(404, 20404, "no such resource");
    const params = operation.method === "GET" ? url.searchParams : new URLSearchParams(body);
    const problem = problemWith(operation, params);
    if (problem !== undefined) return refuse(400, 20001, problem);
    const named = new Map([...new Set(params.keys())].map((name) => [name, params.getAll(name)] as const));
    const read = { operation: operation.id, sids, params: named };
    asked.push(read);
    const told = handle(read);
    if (told === "hang") return;
    if (told === "hang-up") response.destroy();
    else send(told.status, told.body);
  }

  return { url: `http://127.0.0.1:${listening}`, asked, wrong, stop: () => closeServer(server) };
}

function operationOf(method: string | undefined, path: string): [Operation, string[]] | undefined {
  for (const operation of operations) {
    const pattern = operation.path
      .replaceAll(".", "\\.")
      .replace("{AccountSid}", account.sid)
      .replaceAll("{Sid}", "([A-Z]{2}[0-9a-f]{32})");
    const found = operation.method === method ? new RegExp(`^${pattern}$`).exec(path) : null;
    if (found !== null) return [operation, found.slice(1)];
  }
  return undefined;
}

function problemWith({ required, parameters }: Operation, params: URLSearchParams): string | undefined {
  const missing = required.find((name) => !params.has(name));
  if (missing !== undefined) return `parameter ${missing} is required`;
  for (const [name, value] of params) {
    const form = parameters[name];
    if (form === undefined) return `unknown parameter ${name}`;
    if (!form.test(value)) return `parameter ${name} is invalid`;
  }
  return undefined;
}
