import http from "node:http";
import type { AddressInfo } from "node:net";

export type Received = {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  params: Record<string, string>;
  atMs: number;
};

export type Answer =
  | { status?: number; type?: string; body?: string; headers?: Record<string, string | string[]> }
  | "hang"
  | "reset";

export type TwimlServer = {
  base: string;
  received: Received[];
  of: (path: string) => Received[];
  close: () => Promise<void>;
};

/** A real HTTP server for one test; a route is a path without its query, its answer TwiML or anything else. */
export async function serve(
  routes: Record<string, string | Answer | ((request: Received) => string | Answer)>,
): Promise<TwimlServer> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://server");
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const params = Object.fromEntries(request.method === "GET" ? url.searchParams : form);
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        params,
        atMs: performance.now(),
      };
      received.push(one);
      const route = routes[url.pathname] ?? { status: 404 };
      const answer = typeof route === "function" ? route(one) : route;
      if (answer === "hang") return;
      if (answer === "reset") return void request.socket.destroy();
      const {
        status = 200,
        type = "text/xml",
        body = "",
        headers = {},
      } = typeof answer === "string" ? { body: answer } : answer;
      response.writeHead(status, { ...(type === "" ? {} : { "content-type": type }), ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    received,
    of: (path) => received.filter((one) => one.path.split("?")[0] === path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const xml = (verbs: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
export const audio: Answer = { type: "audio/mpeg", body: "mp3" };
export const account = { authToken: "12345", accountSid: `AC${"0".repeat(32)}`, callSid: `CA${"1".repeat(32)}` };
