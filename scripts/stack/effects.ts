import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { closeServer, host, listen } from "./listen.ts";
import { readBody } from "./read-body.ts";

/** The body of `POST /effects/<effect>`. */
export interface EffectCall {
  effect: string;
  idempotencyKey: string;
  callSid: string;
  arguments: unknown;
}

export interface ExecutedEffect {
  effect: string;
  idempotencyKey: string;
  callSid: string;
  atMs: number;
}

/** refuse and 500 and hang: not executed; lose-answer: executed, then the connection is destroyed. */
export type EffectsFault = "refuse" | "500" | "hang" | "lose-answer";

type Answer = { status: number; body: unknown };
type RequestListener = (phase: "before" | "after", call: EffectCall) => Promise<void> | void;

export interface EffectsService {
  /** Where flows send effects: POST to `<baseUrl>/<effect>`. A GET answers the list of executed effects. */
  baseUrl: string;
  executed(): ExecutedEffect[];
  /** Called before executing and after executing but before answering; awaited. Returns its own removal. */
  onRequest(listener: RequestListener): () => void;
  /** For every request from now on; undefined ends it. */
  fail(fault: EffectsFault | undefined): void;
  stop(): Promise<void>;
}

export interface EffectsOptions {
  /** 0 or absent: a free one. */
  port?: number;
  /** Effects that this service executes as often as it is asked, as services without idempotency keys do. */
  notIdempotent?: readonly string[];
  nowMs?: () => number;
}

const bodyBytesMax = 64 * 1024;
const executedMax = 100_000;

/**
 * The outside world of the flows: a service that executes an effect once for each idempotency key and refuses the same key with
 * other arguments (409).
 * @throws StackError when the port is taken
 */
export async function startEffects(options: EffectsOptions = {}): Promise<EffectsService> {
  const { notIdempotent = [], nowMs = Date.now } = options;
  const executed: ExecutedEffect[] = [];
  const answers = new Map<string, { call: EffectCall; reference: string }>();
  const listeners = new Set<RequestListener>();
  let fault: EffectsFault | undefined;

  const tell = async (phase: "before" | "after", call: EffectCall) => {
    for (const listener of listeners) await listener(phase, call);
  };

  const execute = (call: EffectCall): Answer => {
    const { effect, idempotencyKey, callSid } = call;
    const known = notIdempotent.includes(effect) ? undefined : answers.get(idempotencyKey);
    if (known !== undefined) {
      const same = known.call.effect === effect && isDeepStrictEqual(known.call.arguments, call.arguments);
      if (same) return { status: 200, body: { reference: known.reference } };
      return { status: 409, body: { message: "This idempotency key was used with other arguments" } };
    }
    if (executed.length >= executedMax) return { status: 507, body: { message: "Too many effects" } };
    const reference = referenceOf(idempotencyKey);
    executed.push({ effect, idempotencyKey, callSid, atMs: nowMs() });
    answers.set(idempotencyKey, { call, reference });
    return { status: 200, body: { reference } };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "/", "http://effects");
    if (request.method === "GET" && pathname === "/effects") return send(response, { status: 200, body: executed });
    const effect = /^\/effects\/([\w-]{1,64})$/.exec(pathname)?.[1];
    if (effect === undefined) return send(response, { status: 404, body: { message: "Not Found" } });
    if (request.method !== "POST") return send(response, { status: 405, body: { message: "Method Not Allowed" } });

    const call = toEffectCall(effect, await readBody(request, bodyBytesMax));
    if (call === undefined) return send(response, { status: 400, body: { message: "Not an effect call" } });
    await tell("before", call);
    if (fault === "hang") return;
    if (fault === "refuse") return void request.socket.destroy();
    if (fault === "500") return send(response, { status: 500, body: { message: "Internal Server Error" } });
    const answer = execute(call);
    await tell("after", call);
    if (fault === "lose-answer") return void request.socket.destroy();
    send(response, answer);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server, options.port ?? 0, "effects");
  return {
    baseUrl: `http://${host}:${port}/effects`,
    executed: () => structuredClone(executed),
    onRequest: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    fail: (next) => {
      fault = next;
    },
    stop: () => closeServer(server),
  };
}

/** Five characters that a caller can write down: no vowels, nothing that sounds or looks like another. */
function referenceOf(idempotencyKey: string): string {
  const alphabet = "23456789CFGHJKLMPQRTVWXZ";
  const digest = createHash("sha256").update(idempotencyKey).digest();
  return `R-${[...digest.subarray(0, 5)].map((byte) => alphabet[byte % alphabet.length]).join("")}`;
}

function toEffectCall(effect: string, body: Buffer | undefined): EffectCall | undefined {
  try {
    const parsed: unknown = JSON.parse(String(body));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const { idempotencyKey, callSid, arguments: args } = parsed as Record<string, unknown>;
    if (typeof idempotencyKey !== "string" || idempotencyKey === "" || typeof callSid !== "string") return undefined;
    return { effect, idempotencyKey, callSid, arguments: args };
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
