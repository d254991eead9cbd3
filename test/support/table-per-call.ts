import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { closeServer, host, listen } from "../../scripts/stack/listen.ts";
import { readBody } from "../../scripts/stack/read-body.ts";
import type { Table } from "../../scripts/stack/table.ts";
import { startTableProxy, type TableProxy } from "../../scripts/stack/table-proxy.ts";

const bodyBytesMax = 1024 * 1024;

interface Hold {
  readonly reached: () => void;
  readonly opened: Promise<void>;
  readonly answered: (status: number) => void;
}

export interface HeldWrite {
  /** resolves when the write is on its way */
  readonly reached: Promise<void>;
  /** lets it arrive; resolves to the status of the table's answer */
  readonly release: () => Promise<number>;
}

/**
 * Lets many calls be on one stack while the table is away for some of them: each call has a table proxy of its own. The
 * legs find it at a port that is known before the table is, so that it can stand in their environment.
 */
export async function tablePerCall() {
  const proxies = new Map<string, TableProxy>();
  const holds = new Map<string, Hold>();
  const agent = new Agent({ keepAlive: true });
  let table: Table | undefined;

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = (await readBody(incoming, bodyBytesMax)) ?? Buffer.alloc(0);
    const callSid: string = JSON.parse(body.toString()).Key?.callSid?.S ?? "";
    const hold = isWrite(incoming) ? holds.get(callSid) : undefined;
    if (hold !== undefined) {
      holds.delete(callSid);
      hold.reached();
      await hold.opened;
    }
    const to = new URL(proxies.get(callSid)?.urls.primary ?? table?.endpoint ?? "");
    const { method, headers } = incoming;
    const forwarded = request(to, { method, headers: { ...headers, host: to.host }, agent }, (from) => {
      hold?.answered(from.statusCode ?? 502);
      if (outgoing.destroyed) return void from.resume();
      outgoing.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(outgoing);
    });
    forwarded.on("error", () => incoming.socket.destroy());
    // whoever asked has given up; a write that was held arrives all the same
    outgoing.on("close", () => void (outgoing.writableFinished || hold !== undefined || forwarded.destroy()));
    forwarded.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await listen(server, 0, "table");
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    use: (used: Table) => {
      table = used;
    },
    /** A proxy for one call, until `stop()`. */
    async proxyFor(callSid: string) {
      const proxy = await startTableProxy(table?.endpoint ?? "");
      proxies.set(callSid, proxy);
      const stop = async () => {
        proxies.delete(callSid);
        await proxy.stop();
      };
      return { ...proxy, stop };
    },
    /** Holds the next write of a call on its way to the table, as a network can. */
    holdNextWrite(callSid: string): HeldWrite {
      const reached = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      const answered = Promise.withResolvers<number>();
      holds.set(callSid, { reached: reached.resolve, opened: opened.promise, answered: answered.resolve });
      const release = () => {
        opened.resolve();
        return answered.promise;
      };
      return { reached: reached.promise, release };
    },
    async stop() {
      agent.destroy();
      await closeServer(server);
    },
  };
}

const isWrite = ({ headers }: IncomingMessage): boolean => String(headers["x-amz-target"]).endsWith(".UpdateItem");

export type TablePerCall = Awaited<ReturnType<typeof tablePerCall>>;
