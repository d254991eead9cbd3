import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeServer, host } from "../stack/listen.ts";
import { readBody } from "../stack/read-body.ts";

/** What SSM may do wrong. `hang`: accepted, never answered. */
export type SsmFault = "denied" | "throttled" | "hang";

export interface SsmServer {
  /** For `AWS_ENDPOINT_URL_SSM`. */
  readonly url: string;
  /** Names of each GetParameters request so far. */
  readonly asked: readonly (readonly string[])[];
  /** Sets a SecureString; undefined deletes it. */
  put(name: string, value: string | undefined): void;
  fail(fault: SsmFault | undefined): void;
  stop(): Promise<void>;
}

const bodyBytesMax = 64 * 1024;
const askedMax = 1_000;
const faults = {
  denied: { status: 400, type: "AccessDeniedException" },
  throttled: { status: 400, type: "ThrottlingException" },
} as const;

/** SSM's GetParameters over its own protocol, JSON 1.1 [D Systems Manager API reference]; signatures are asked for, not checked. */
export async function startSsm(): Promise<SsmServer> {
  const parameters = new Map<string, string>();
  const asked: string[][] = [];
  let fault: SsmFault | undefined;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const refuse = (status: number, type: string) => send(response, status, { __type: type, message: type });
    const body = await readBody(request, bodyBytesMax);
    if (request.headers["x-amz-target"] !== "AmazonSSM.GetParameters") return refuse(400, "UnknownOperationException");
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 "))
      return refuse(403, "MissingAuthenticationToken");
    const { Names, WithDecryption } = JSON.parse(String(body)) as { Names: string[]; WithDecryption: boolean };
    if (asked.length < askedMax) asked.push(Names);
    if (fault === "hang") return;
    if (fault !== undefined) return refuse(faults[fault].status, faults[fault].type);
    const found = Names.filter((name) => parameters.has(name));
    send(response, 200, {
      Parameters: found.map((Name) => ({
        Name,
        Type: "SecureString",
        Value: WithDecryption ? parameters.get(Name) : "AQICAHencrypted",
        Version: 1,
      })),
      InvalidParameters: Names.filter((name) => !parameters.has(name)),
    });
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    asked,
    put: (name, value) => void (value === undefined ? parameters.delete(name) : parameters.set(name, value)),
    fail: (next) => {
      fault = next;
    },
    stop: () => closeServer(server),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(body));
}
