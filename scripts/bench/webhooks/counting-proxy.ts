import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { host } from "../../stack/listen.ts";

/** What went over the wire since the last reset. */
export interface Wire {
  /** by operation of DynamoDB */
  readonly requests: Readonly<Record<string, number>>;
  /** heads included */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const target = /x-amz-target: *DynamoDB_\d+\.(\w+)/gi;
/** Longer than any header that is looked for: one that is cut in two by a segment is found all the same. */
const tailCharactersMax = 100;

/** Passes bytes to the table and back as they are, and counts them. */
export async function startCountingProxy(endpoint: string) {
  const table = new URL(endpoint);
  const sockets = new Set<Socket>();
  let requests: Record<string, number> = {};
  let sentBytes = 0;
  let receivedBytes = 0;

  const server = createServer({ noDelay: true }, (incoming) => {
    const outgoing = connect({ port: Number(table.port), host: table.hostname, noDelay: true });
    let tail = "";
    incoming.on("data", (chunk) => {
      sentBytes += chunk.length;
      const text = tail + chunk.toString("latin1");
      let seen = 0;
      for (const { index, 0: header, 1: operation = "" } of text.matchAll(target)) {
        // a name that may go on in the next segment is counted there
        if (index + header.length === text.length) break;
        requests[operation] = (requests[operation] ?? 0) + 1;
        seen = index + header.length;
      }
      tail = text.slice(Math.max(seen, text.length - tailCharactersMax));
    });
    outgoing.on("data", (chunk) => {
      receivedBytes += chunk.length;
    });
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).on("close", () => void sockets.delete(from));
      from.pipe(to);
    }
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    wire: (): Wire => ({ requests: { ...requests }, sentBytes, receivedBytes }),
    reset: () => {
      requests = {};
      sentBytes = 0;
      receivedBytes = 0;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
