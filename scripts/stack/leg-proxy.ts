import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as later } from "node:timers/promises";
import { shortenSeals } from "../../rehearsal/redact.ts";
import { readAnswer, readRequest, type WireRequest } from "./http-bytes.ts";
import { host } from "./listen.ts";
import type { Delivery, FaultPlan, RequestFault, SocketFault } from "./socket-fault.ts";
import { faultPlans, isInLoop } from "./socket-fault.ts";
import { StackError } from "./stack-error.ts";

export interface RequestLine {
  method: string;
  /** Path and query as sent. */
  target: string;
}

/** Which requests a fault meets: one coming request that no earlier fault took, or all of a kind until `clear()`. */
export type FaultWhere = "next" | ((line: RequestLine) => boolean);

export interface SeenRequest {
  method: string;
  /** Path and query; `…` in the place of each sealed checkpoint. */
  path: string;
  fault: RequestFault | "none";
  /** How often the leg got it. */
  asked: number;
}

export interface LegProxy {
  /** The leg as Twilio is to see it; stays the same. */
  baseUrl: string;
  /**
   * `none` lets one request pass before the fault behind it in the queue. `refused` closes the port at once until `clear()`,
   * whatever `where` says: nobody can tell which request a refused connection was for.
   */
  setFault(where: FaultWhere, fault: SocketFault | "none"): void;
  /** Takes all faults away and opens the port again. Requests that hang go on hanging. */
  clear(): Promise<void>;
  /** The latest 1,000. */
  requests(): SeenRequest[];
  /** Ends every connection. */
  stop(): Promise<void>;
}

export interface LegProxyOptions {
  port?: number;
  /** Of `slow`: well within the deadlines of our URLs. */
  slowMs?: number;
  /** Of `drip`: shorter than any read timeout, and the shortest TwiML outlasts any total timeout. */
  dripIntervalMs?: number;
}

/** Between bytes and a reset: libuv takes the two, found together, for an end in good order. */
const resetDelayMs = 50;
const requestsKept = 1_000;
/** Longer than any URL of ours with the parameters of a GET. */
const pathCharactersKept = 4_000;
/** An answer of a leg is a document or a prompt. */
const answerBytesMax = 16 * 1024 * 1024;

/**
 * A network in front of one leg, with faults that are real on the socket. Start it before the stack and name its `baseUrl` in
 * `publicUrls`: what Twilio signs and what TwiML says is then the proxy's address.
 *
 * @param target base URL of the leg; asked for each request, because a leg may come later or move
 * @throws StackError when the port cannot be listened on
 */
export async function startLegProxy(target: () => string, options: LegProxyOptions = {}): Promise<LegProxy> {
  const { slowMs = 1_000, dripIntervalMs = 250 } = options;
  const queue: (RequestFault | "none")[] = [];
  const matching: { matches: (line: RequestLine) => boolean; fault: RequestFault | "none" }[] = [];
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const stopping = new AbortController();

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // What is lost on a socket is seen by its end; an error without a listener would end the process.
    return socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  };

  const takeFault = ({ method, target: asked }: WireRequest): RequestFault | "none" => {
    if (isInLoop(asked)) return "redirect-loop";
    const line = { method, target: asked };
    return matching.find(({ matches }) => matches(line))?.fault ?? queue.shift() ?? "none";
  };

  const serve = async (client: Socket, request: WireRequest): Promise<void> => {
    const fault = takeFault(request);
    const path = shortenSeals(request.target.slice(0, pathCharactersKept));
    const record: SeenRequest = { method: request.method, path, fault, asked: 0 };
    seen.push(record);
    seen.splice(0, seen.length - requestsKept);
    const ask = () => {
      record.asked += 1;
      const { hostname, port } = new URL(target());
      return askLeg(keep(connect(Number(port), hostname)), request.bytes);
    };
    const delivery = await deliveryOf(faultPlans[fault], request, ask, slowMs);
    await deliver(client, delivery, dripIntervalMs, stopping.signal);
  };

  const accept = (client: Socket) => {
    let received = Buffer.alloc(0);
    keep(client).on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const request = readRequest(received);
      if (request === "more") return;
      client.removeAllListeners("data").resume();
      if (request === "unreadable") return void client.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
      serve(client, request).catch(() => client.resetAndDestroy());
    });
  };

  let server: Server | undefined = await open(options.port ?? 0, accept);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://${host}:${port}`,
    setFault: (where, fault) => {
      if (fault === "refused") {
        // The port is closed when this returns; connections that are open stay.
        server?.close();
        server = undefined;
      } else if (where === "next") queue.push(fault);
      else matching.push({ matches: where, fault });
    },
    clear: async () => {
      queue.splice(0);
      matching.splice(0);
      server ??= await open(port, accept);
    },
    requests: () => structuredClone(seen),
    stop: async () => {
      stopping.abort();
      const closed = server === undefined ? undefined : once(server.close(), "close");
      server = undefined;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function open(port: number, accept: (client: Socket) => void): Promise<Server> {
  const server = createServer(accept);
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new StackError(`Port ${port} of a leg's proxy cannot be listened on (${code}).`);
  }
  return server;
}

interface Asked {
  bytes: Buffer;
  /** The leg was not there, or its connection broke: the client meets the same. */
  isLost: boolean;
}

/** Everything that the leg sends until it ends the connection. */
async function askLeg(leg: Socket, request: Buffer): Promise<Asked> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  leg.on("data", (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > answerBytesMax) leg.destroy();
  });
  const hasEnded = once(leg, "end").then(
    () => true,
    () => false,
  );
  const isClosed = new Promise<false>((resolve) => leg.once("close", () => resolve(false)));
  leg.write(request);
  const isWhole = await Promise.race([hasEnded, isClosed]);
  return { bytes: Buffer.concat(chunks), isLost: !isWhole };
}

async function deliveryOf(
  plan: FaultPlan,
  request: WireRequest,
  ask: () => Promise<Asked>,
  slowMs: number,
): Promise<Delivery> {
  if (plan.asks === "never") return plan.deliver(request);
  const first = ask();
  if (plan.asks === "twice") await first;
  const second = plan.asks === "once" ? first : ask();
  const [, { bytes, isLost }] = await Promise.all([first, second]);
  const answer = isLost ? undefined : readAnswer(bytes);
  return answer === undefined ? { kind: "cut", bytes, by: isLost ? "reset" : "fin" } : plan.deliver(answer, slowMs);
}

async function deliver(client: Socket, delivery: Delivery, dripIntervalMs: number, signal: AbortSignal): Promise<void> {
  switch (delivery.kind) {
    case "send":
      if (delivery.lateMs !== undefined) await later(delivery.lateMs, undefined, { signal });
      client.end(delivery.bytes);
      return;
    case "cut":
      if (delivery.by === "fin") return void client.end(delivery.bytes);
      if (delivery.bytes.length > 0) {
        client.write(delivery.bytes);
        await later(resetDelayMs, undefined, { signal });
      }
      return void client.resetAndDestroy();
    case "drip": {
      const { bytes, body } = delivery.answer;
      const bodyAt = bytes.length - body.length;
      client.write(bytes.subarray(0, bodyAt));
      for (let at = bodyAt; at < bytes.length - 1; at += 1) {
        await later(dripIntervalMs, undefined, { signal });
        if (client.destroyed) return;
        client.write(bytes.subarray(at, at + 1));
      }
      return;
    }
    case "hang":
      return;
  }
}
