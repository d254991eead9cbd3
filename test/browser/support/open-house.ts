import { type LocalServer, localServer } from "./local-server.ts";

/** A console as it would be without any check: whoever asks may read, whoever posts has acted. */
export interface OpenHouse extends LocalServer {
  /** `METHOD path content-type` of everything that acted. */
  readonly acted: readonly string[];
}

export async function openHouse(): Promise<OpenHouse> {
  const acted: string[] = [];
  const server = await localServer((request, response) => {
    const { method = "", url = "", headers } = request;
    response.setHeader("access-control-allow-origin", headers.origin ?? "*");
    response.setHeader("access-control-allow-headers", "content-type, x-stayline-console");
    request.resume();
    if (method === "POST") acted.push(`${url} ${(headers["content-type"] ?? "").split(";")[0]}`);
    if (url === "/api/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("id: 1\ndata: {}\n\n");
      return;
    }
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<title>stayline</title>");
  });
  return { ...server, acted };
}
