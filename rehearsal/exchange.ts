import type { RequestKind } from "./call-record.ts";
import type { Reply } from "./reply.ts";

/** One request on the way to whoever serves its URL. */
export type ExchangeRequest = {
  /** Without connection overrides; of a GET with its parameters in the query. */
  url: string;
  method: "GET" | "POST";
  /** Undefined for requests outside a call. */
  kind: RequestKind | undefined;
  params: Readonly<Record<string, string>>;
  /** Made when asked for: a transport inside this process needs no signature. */
  headers: () => Record<string, string>;
  connectTimeoutMs: number;
  /** To the first byte, and between any two. */
  readTimeoutMs: number;
  totalTimeoutMs: number;
  /** Reading stops with the chunk that passes it; that chunk is kept whole, so that the reader can tell. */
  bodyBytesMax: number;
};

/** A transport: HTTP with real sockets and timers, or the legs in this process in virtual time. Never rejects. */
export type Exchange = (request: ExchangeRequest) => Promise<Reply>;
