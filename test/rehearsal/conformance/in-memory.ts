import type { CallRecord } from "../../../rehearsal/call-record.ts";
import type { Caller } from "../../../rehearsal/caller-script.ts";
import type { Exchange, ExchangeRequest } from "../../../rehearsal/exchange.ts";
import { type CallOptions, placeCall } from "../../../rehearsal/place-call.ts";
import type { Reply } from "../../../rehearsal/reply.ts";
import { account } from "../twiml-server.ts";

export { account, xml } from "../twiml-server.ts";

export type Asked = {
  /** As it is on the wire: a GET with its parameters. */
  url: string;
  path: string;
  method: string;
  kind: string | undefined;
  params: Readonly<Record<string, string>>;
  headers: Record<string, string>;
};

type Answer = { status?: number; type?: string; body?: string; headers?: Record<string, string> };
type Route = string | Answer | Reply;
export type Routes = Record<string, Route | ((asked: Asked, count: number) => Route)>;

export const base = "https://primary.example";
export const mp3: Answer = { type: "audio/mpeg", body: "mp3" };

/** A network in memory: a route is a path without its query (or a whole URL without it), its answer TwiML or anything else. */
export function inMemory(routes: Routes) {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const exchange: Exchange = async (request: ExchangeRequest) => {
    const url = new URL(request.url);
    const { method, kind, params } = request;
    const one = { url: request.url, path: url.pathname, method, kind, params, headers: request.headers() };
    asked.push(one);
    const place = `${url.origin}${url.pathname}`;
    const count = counts.get(place) ?? 0;
    counts.set(place, count + 1);
    const route = routes[place] ?? routes[url.pathname] ?? { status: 404 };
    return toReply(typeof route === "function" ? route(one, count) : route);
  };
  return { exchange, asked };
}

function toReply(route: Route): Reply {
  if (typeof route === "string") return toReply({ body: route });
  if ("kind" in route) return route;
  const { status = 200, type = "text/xml", body = "", headers = {} } = route;
  return { kind: "answer", status, body, headers: { ...(type === "" ? {} : { "content-type": type }), ...headers } };
}

export type Placed = {
  record: CallRecord;
  asked: Asked[];
  /** Paths in the order in which they were asked. */
  paths: string[];
  of: (path: string) => Asked[];
  /** Virtual milliseconds that the call took. */
  tookMs: number;
};

/** Places a call in virtual time to `/voice`, with `/fallback` as its fallback URL. */
export async function call(routes: Routes, script: Caller = [], options: Partial<CallOptions> = {}): Promise<Placed> {
  const { exchange, asked } = inMemory(routes);
  let nowMs = 1_750_000_000_000;
  const startedMs = nowMs;
  const record = await placeCall({
    voiceUrl: `${base}/voice`,
    fallbackUrl: `${base}/fallback`,
    ...account,
    script,
    exchange,
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    ...options,
  });
  return {
    record,
    asked,
    paths: asked.map(({ path }) => path),
    of: (path) => asked.filter((one) => one.path === path),
    tookMs: nowMs - startedMs,
  };
}
