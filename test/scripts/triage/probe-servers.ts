import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { randomOf } from "../../../rehearsal/explore/random.ts";

export interface Served {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export type Trouble = "close" | "503" | "hang" | "not HTTP";

/** A layer in front of a server: passes requests on, and of a known share of them makes trouble. The same seed, the same requests. */
export async function startLayer(inner: () => string) {
  let trouble: { rate: number; kind: Trouble; random: () => number } | undefined;
  let troubled = 0;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await text(incoming);
    const { host: _host, ...headers } = incoming.headers;
    const passed = request(new URL(incoming.url ?? "/", inner()), { method: "POST", headers, agent: false });
    passed.once("response", (got) => {
      outgoing.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(outgoing);
    });
    passed.once("error", () => incoming.socket.destroy());
    passed.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    if (trouble === undefined || trouble.random() >= trouble.rate) return void pass(incoming, outgoing);
    troubled += 1;
    if (trouble.kind === "503") outgoing.writeHead(503).end("Service Unavailable");
    else if (trouble.kind === "close") incoming.socket.destroy();
    else if (trouble.kind === "not HTTP") incoming.socket.end("220 mail.example.com ESMTP\r\n");
  });
  return {
    ...(await listening(server)),
    troubled: () => troubled,
    set: (kind?: Trouble, rate = 0, seed = 1) => {
      troubled = 0;
      trouble = kind && { kind, rate, random: randomOf(seed, 0) };
    },
  };
}

/** Accepts connections, and says nothing: over https its clients wait for TLS. */
export async function startSilence(): Promise<Served> {
  const sockets = new Set<{ destroy: () => void }>();
  const server = createTcpServer((socket) => void sockets.add(socket.on("error", () => {})));
  const { url, stop } = await listening(server);
  const end = () => {
    for (const socket of sockets) socket.destroy();
    return stop();
  };
  return { url: url.replace("http:", "https:"), stop: end };
}

/** Lambda's Invoke: hands the event to a leg over HTTP, as the runtime would to its handler. [D Lambda Invoke] */
export async function startLambda(
  leg: string,
  {
    functionName,
    faultOf = () => undefined,
  }: { functionName: string; faultOf?: (nth: number) => "error" | "throttle" | undefined },
) {
  const seen: IncomingMessage["headers"][] = [];
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await text(incoming);
    const fault = faultOf(seen.push(incoming.headers) - 1);
    const json = { "content-type": "application/json" };
    if (!/^AWS4-HMAC-SHA256 Credential=/.test(incoming.headers.authorization ?? ""))
      return outgoing.writeHead(403, { ...json, "x-amzn-errortype": "MissingAuthenticationTokenException" }).end("{}");
    if (incoming.url !== `/2015-03-31/functions/${functionName}/invocations`)
      return outgoing.writeHead(404, { ...json, "x-amzn-errortype": "ResourceNotFoundException:http://x" }).end("{}");
    if (fault === "throttle") return outgoing.writeHead(429, { "x-amzn-errortype": "TooManyRequestsException" }).end();
    if (fault === "error") {
      const payload = { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 4.00 seconds" };
      return outgoing.writeHead(200, { ...json, "x-amz-function-error": "Unhandled" }).end(JSON.stringify(payload));
    }
    const event = JSON.parse(body) as APIGatewayProxyEventV2;
    const form = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
    const { "x-twilio-signature": signature = "", "content-type": type = "" } = event.headers;
    const headers = { "x-twilio-signature": signature, "content-type": type };
    const got = await fetch(new URL(event.rawPath, leg), { method: "POST", headers, body: form });
    const result = { statusCode: got.status, body: await got.text() };
    return outgoing.writeHead(200, json).end(JSON.stringify(result));
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  return { ...(await listening(server)), seen };
}

async function listening(server: Server): Promise<Served> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    if ("closeAllConnections" in server) (server as { closeAllConnections: () => void }).closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
