import http from "node:http";
import https from "node:https";
import type { ExchangeRequest } from "./exchange.ts";
import { failed, type Reply } from "./reply.ts";

/** One HTTP request on a connection of its own, with real timers. Never rejects. */
export function httpExchange(request: ExchangeRequest): Promise<Reply> {
  return new Promise((resolve) => start(request, resolve));
}

function start(request: ExchangeRequest, resolve: (reply: Reply) => void): void {
  const secure = request.url.startsWith("https:");
  const outgoing = (secure ? https : http).request(request.url, {
    method: request.method,
    headers: request.headers(),
    agent: false,
  });
  let connected = false;
  let settled = false;
  let partial = false;
  let readTimer: NodeJS.Timeout | undefined;

  const settle = (reply: Reply) => {
    if (settled) return;
    settled = true;
    clearTimeout(connectTimer);
    clearTimeout(readTimer);
    clearTimeout(totalTimer);
    resolve(reply);
    outgoing.destroy();
  };
  const waitForBytes = () => {
    clearTimeout(readTimer);
    readTimer = setTimeout(
      () => settle(failed(11205, `read timeout after ${request.readTimeoutMs} ms`, partial ? "final" : "rt")),
      request.readTimeoutMs,
    );
  };
  const connectTimer = setTimeout(
    () => settle(failed(11201, `connect timeout after ${request.connectTimeoutMs} ms`, "ct")),
    request.connectTimeoutMs,
  );
  const totalTimer = setTimeout(
    () => settle(failed(11203, "total timeout is triggered", "final")),
    request.totalTimeoutMs,
  );

  outgoing.on("socket", (socket) => {
    socket.once(secure ? "secureConnect" : "connect", () => {
      connected = true;
      clearTimeout(connectTimer);
      if (!settled) waitForBytes();
    });
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    // a partly received answer is not retried [D Connection Overrides]
    const failureClass = partial ? "final" : connected ? "other" : "ct";
    settle(failed(causeCodeOf(error, connected), error.code ?? error.message, failureClass));
  });
  outgoing.on("response", (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const answer = () =>
      settle({
        kind: "answer",
        status: response.statusCode ?? 0,
        headers: flatten(response.headers),
        body: Buffer.concat(chunks).toString("utf8"),
        url: request.url,
      });
    partial = true;
    waitForBytes();
    response.on("data", (chunk: Buffer) => {
      if (settled) return;
      waitForBytes();
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > request.bodyBytesMax) answer();
    });
    response.on("end", answer);
    response.on("error", () => settle(failed(11205, "answer cut short", "final")));
    response.on("aborted", () => settle(failed(11205, "answer cut short", "final")));
  });
  outgoing.end(request.method === "POST" ? new URLSearchParams(request.params).toString() : undefined);
}

/** [D ERR 11202, 11206, 11210, 11220, 11235 to 11237] */
function causeCodeOf(error: NodeJS.ErrnoException, connected: boolean): number {
  const code = error.code ?? "";
  if (code === "ECONNREFUSED") return 11202;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return 11210;
  // EPROTO: what answers does not speak TLS.
  if (code.startsWith("HPE_") || code === "EPROTO" || code.includes("WRONG_VERSION")) return 11206;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return 11235;
  if (code === "CERT_HAS_EXPIRED") return 11236;
  if (["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"].includes(code) || code.startsWith("UNABLE_TO_")) {
    return 11237;
  }
  if (code.includes("CERT") || code.includes("SSL") || code.includes("TLS")) return 11220;
  return connected ? 11205 : 11201;
}

/** Cookies hold commas, so their lines are kept apart by line ends. */
function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      return [name, [value ?? ""].flat().join(name === "set-cookie" ? "\n" : ", ")];
    }),
  );
}
