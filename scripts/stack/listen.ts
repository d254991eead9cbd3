import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PortOwner } from "./stack-error.ts";
import { listenError } from "./stack-error.ts";

/** Nothing of the stack is reachable from other machines; a tunnel brings a real number in. */
export const host = "127.0.0.1";

/**
 * Listens on `port`, 0 for a free one, and returns the port.
 * @throws StackError naming the port and the flag that changes it
 */
export async function listen(server: Server, port: number, owner: PortOwner): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw listenError(owner, port, (error as NodeJS.ErrnoException).code);
  }
  return (server.address() as AddressInfo).port;
}

/** Ends the server and every open connection. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
