import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestListener } from "node:http";
import { tellConnection } from "../../core/client-closed.ts";

/**
 * Serves requests so that the built code sees when the other side closes the connection: the socket is ours here, where in the
 * cloud it is the platform's.
 */
export function watchingConnections(answer: RequestListener): RequestListener {
  const current = new AsyncLocalStorage<AbortSignal>();
  tellConnection(globalThis, () => current.getStore());
  return (request, response) => {
    const closed = new AbortController();
    const close = () => {
      if (!response.writableFinished) closed.abort("closed");
    };
    if (request.socket.destroyed) close();
    response.once("close", close);
    current.run(closed.signal, () => answer(request, response));
  };
}
