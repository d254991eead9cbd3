/** HTTP/1.1 as it stands on a wire: only as much of it as a proxy needs that passes on whole requests and whole answers. */

export interface WireRequest {
  method: string;
  /** As it stands in the request line, query included. */
  target: string;
  /** To be passed on: as received, but for `Connection: close`, so that the end of the answer is the end of the connection. */
  bytes: Buffer;
}

export interface WireAnswer {
  /** Code and reason, e.g. `200 OK`. */
  status: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
  /** As received. */
  bytes: Buffer;
}

const headEnd = "\r\n\r\n";
const headBytesMax = 64 * 1024;
const bodyBytesMax = 1024 * 1024;
/** Headers that say how the body travels; each message gets its own. */
const framing = ["content-length", "transfer-encoding", "connection", "keep-alive"];

/** `more` until the whole request is there; what follows it is left out. `unreadable`: no HTTP, a body in chunks, or too long. */
export function readRequest(received: Buffer): WireRequest | "more" | "unreadable" {
  const headAt = received.indexOf(headEnd);
  if ((headAt < 0 ? received.length : headAt) > headBytesMax) return "unreadable";
  if (headAt < 0) return "more";
  const { first, headers } = readHead(received, headAt);
  const [method, target, version] = first.split(" ");
  if (method === undefined || target === undefined || version?.startsWith("HTTP/1.") !== true) return "unreadable";
  if (headerOf(headers, "transfer-encoding") !== undefined) return "unreadable";
  const bodyBytes = Number(headerOf(headers, "content-length") ?? 0);
  if (!(bodyBytes >= 0 && bodyBytes <= bodyBytesMax)) return "unreadable";
  const bodyAt = headAt + headEnd.length;
  if (received.length < bodyAt + bodyBytes) return "more";
  const kept = headers.filter(([name]) => !["connection", "keep-alive"].includes(name.toLowerCase()));
  const head = toHead(first, [...kept, ["Connection", "close"]]);
  return { method, target, bytes: Buffer.concat([head, received.subarray(bodyAt, bodyAt + bodyBytes)]) };
}

/** The answer in all the bytes of a connection, or undefined where there is none. */
export function readAnswer(bytes: Buffer): WireAnswer | undefined {
  const headAt = bytes.indexOf(headEnd);
  if (headAt < 0) return undefined;
  const { first, headers } = readHead(bytes, headAt);
  if (!first.startsWith("HTTP/1.")) return undefined;
  const rest = bytes.subarray(headAt + headEnd.length);
  const isChunked = headerOf(headers, "transfer-encoding")?.toLowerCase() === "chunked";
  return { status: first.slice("HTTP/1.1 ".length), headers, body: isChunked ? joinChunks(rest) : rest, bytes };
}

/** A whole answer after which the connection ends; `content-length` is that of the body. */
export function toAnswer(
  status: string,
  headers: readonly (readonly [string, string])[],
  body: string | Buffer,
): WireAnswer {
  const content = Buffer.from(body);
  const own = headers.filter(([name]) => !framing.includes(name.toLowerCase()));
  const sent = [...own, ["content-length", String(content.length)], ["connection", "close"]] as const;
  return {
    status,
    headers: sent,
    body: content,
    bytes: Buffer.concat([toHead(`HTTP/1.1 ${status}`, sent), content]),
  };
}

function readHead(bytes: Buffer, headAt: number) {
  const [first = "", ...lines] = bytes.toString("latin1", 0, headAt).split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { first, headers };
}

function toHead(first: string, headers: readonly (readonly [string, string])[]): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${[first, ...lines].join("\r\n")}${headEnd}`, "latin1");
}

function headerOf(headers: readonly (readonly [string, string])[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineAt = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.toString("latin1", at, lineAt), 16);
    if (lineAt < 0 || !(size > 0)) break;
    chunks.push(bytes.subarray(lineAt + 2, lineAt + 2 + size));
    at = lineAt + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}
