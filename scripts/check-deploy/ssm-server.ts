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
  /** Sets a parameter; undefined deletes it. */
  put(name: string, value: string | undefined, type?: "SecureString" | "String"): void;
  /** What a parameter holds now: PutParameter changes it, too. */
  get(name: string): string | undefined;
  fail(fault: SsmFault | undefined): void;
  stop(): Promise<void>;
}

const bodyBytesMax = 64 * 1024;
const askedMax = 1_000;
/** [D Systems Manager quotas] */
const standardCharactersMax = 4_096;
const faults = {
  denied: { status: 400, type: "AccessDeniedException" },
  throttled: { status: 400, type: "ThrottlingException" },
} as const;

/** SSM's GetParameters and PutParameter over its own protocol, JSON 1.1 [D Systems Manager API reference]; signatures are asked for, not checked. */
export async function startSsm(): Promise<SsmServer> {
  const parameters = new Map<string, string>();
  const plain = new Set<string>();
  const asked: string[][] = [];
  let fault: SsmFault | undefined;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const refuse = (status: number, type: string) => send(response, status, { __type: type, message: type });
    const body = await readBody(request, bodyBytesMax);
    const operation = request.headers["x-amz-target"];
    if (operation !== "AmazonSSM.GetParameters" && operation !== "AmazonSSM.PutParameter")
      return refuse(400, "UnknownOperationException");
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 "))
      return refuse(403, "MissingAuthenticationToken");
    if (operation === "AmazonSSM.PutParameter") {
      const { Name, Value, Type, Overwrite } = JSON.parse(String(body)) as Record<string, string | boolean>;
      if (fault === "hang") return;
      if (fault !== undefined) return refuse(faults[fault].status, faults[fault].type);
      if (parameters.has(String(Name)) && Overwrite !== true) return refuse(400, "ParameterAlreadyExists");
      if (Type !== "String" || String(Value).length > standardCharactersMax) return refuse(400, "ValidationException");
      parameters.set(String(Name), String(Value));
      plain.add(String(Name));
      return send(response, 200, { Version: 2, Tier: "Standard" });
    }
    const { Names, WithDecryption } = JSON.parse(String(body)) as { Names: string[]; WithDecryption: boolean };
    if (asked.length < askedMax) asked.push(Names);
    if (fault === "hang") return;
    if (fault !== undefined) return refuse(faults[fault].status, faults[fault].type);
    const found = Names.filter((name) => parameters.has(name));
    send(response, 200, {
      Parameters: found.map((Name) => ({
        Name,
        Type: plain.has(Name) ? "String" : "SecureString",
        Value: WithDecryption || plain.has(Name) ? parameters.get(Name) : "AQICAHencrypted",
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
    get: (name) => parameters.get(name),
    put: (name, value, type = "SecureString") => {
      if (type === "String") plain.add(name);
      else plain.delete(name);
      if (value === undefined) parameters.delete(name);
      else parameters.set(name, value);
    },
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
