import { appendFileSync, copyFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import path from "node:path";
import { closeServer, listen } from "../../../scripts/stack/listen.ts";
import { testCertificate } from "../../support/test-certificate.ts";

/**
 * Public names, by TLS, through a proxy (HTTPS_PROXY): each leads to a server of here.
 * @param servers local base URL by public host name
 * @param caFile certificates that are trusted already
 * @param ready awaited before each request
 */
export async function startFront(
  folder: string,
  servers: Readonly<Record<string, string>>,
  caFile: string,
  ready: () => Promise<void>,
) {
  const { key, cert } = await testCertificate(folder, "front", Object.keys(servers));
  const trusted = path.join(folder, "trusted.pem");
  copyFileSync(caFile, trusted);
  appendFileSync(trusted, `\n${cert}`);

  const front = createTlsServer({ key, cert }, (incoming, response) => {
    const server = servers[incoming.headers.host ?? ""] ?? "";
    ready().then(
      () => onward(server, incoming, response),
      (error: Error) => response.writeHead(500).end(error.stack),
    );
  });
  const proxy = createServer();
  proxy.on("connect", ({ url = "" }, socket) => {
    if (servers[url.replace(/:443$/, "")] === undefined) return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    front.emit("connection", socket);
  });
  const port = await listen(proxy, 0, "effects");
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${port}`, NODE_USE_ENV_PROXY: "1", NODE_EXTRA_CA_CERTS: trusted },
    stop: async () => {
      front.closeAllConnections();
      await closeServer(proxy);
    },
  };
}

/** The table for a user with keys: a request that is signed with another key is refused, as AWS does. */
export async function startKeyedTable(table: string, isKey: (id: string) => boolean) {
  const server = createServer((incoming, response) => {
    const [, id = ""] = / Credential=([^/]*)\//.exec(incoming.headers.authorization ?? "") ?? [];
    if (isKey(id)) return onward(table, incoming, response);
    const told = { __type: "com.amazon.coral.service#UnrecognizedClientException", message: "invalid security token" };
    response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(told));
  });
  const port = await listen(server, 0, "table");
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}

function onward(server: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = "/" } = incoming;
  const out = request(`${server}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  out.on("error", () => response.writeHead(502).end());
  incoming.pipe(out);
}
