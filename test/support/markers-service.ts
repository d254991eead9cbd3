import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, host, listen } from "../../scripts/stack/listen.ts";
import { readBody } from "../../scripts/stack/read-body.ts";
import { type collection, markers } from "./markers.ts";

/** The outside service of the careless flow: it answers and refuses with markers, and writes down what came and went. */
export async function startMarkersService(inputs: ReturnType<typeof collection>) {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = String(await readBody(request, 64 * 1024));
    const refuses = request.url === "/refuse";
    const told = refuses ? `${markers.serviceError}: ${body}` : markers.effectResult;
    inputs.add("a request to the service", `${request.url} ${request.headers.authorization} ${body}`);
    inputs.add("an answer of the service", told);
    response.writeHead(refuses ? 500 : 200, { "content-type": "text/plain", "x-reference": markers.effectResult });
    response.end(told);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server, 0, "effects");
  return { url: `http://${host}:${port}`, stop: () => closeServer(server) };
}
