import type { BrowserContext } from "playwright-core";

/**
 * Notes each request of the context's pages that leaves `origin`. Data and blob addresses are no requests.
 * @returns the addresses, growing as pages go on
 */
export function requestsElsewhere(context: BrowserContext, origin: string): readonly string[] {
  const elsewhere: string[] = [];
  const note = (address: string) => {
    if (!/^(?:data|blob|about):/.test(address) && URL.parse(address)?.origin !== origin) elsewhere.push(address);
  };
  context.on("request", (request) => note(request.url()));
  context.on("page", (page) => page.on("websocket", (socket) => note(socket.url())));
  return elsewhere;
}
