import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:http";
import type { Leg as LegName } from "../../core/checkpoint.ts";
import { closeServer, host, listen } from "./listen.ts";
import { readBody } from "./read-body.ts";

/**
 * What happens to a request on its way to the table:
 * refuse (connection destroyed at once, nothing executed), hang (never answered, nothing executed), throttle (DynamoDB's own
 * throttling answer, nothing executed), lose-answer (executed, then the connection is destroyed), slow (forwarded `delayMs`
 * later, even when the asker has given up meanwhile: so a late write arrives late, as from a real network).
 */
export type TableFaultMode = "refuse" | "hang" | "throttle" | "lose-answer" | "slow";

export interface TableFaultOptions {
  /** Default: both legs. */
  leg?: LegName;
  /** DynamoDB operation, e.g. `UpdateItem`. Default: every one. */
  operation?: string;
  /** How many matching requests it meets. Default: all, until `clear()`. */
  times?: number;
  /** For `slow`. */
  delayMs?: number;
}

/** Requests on the wire by leg and operation, those that met a fault and the SDK's own retries included. */
export type TableCounts = Record<LegName, Record<string, number>>;

export interface TableProxy {
  urls: Record<LegName, string>;
  /** Faults stand beside each other; each request meets the first one that matches it. */
  fault(mode: TableFaultMode, options?: TableFaultOptions): void;
  clear(): void;
  counts(): TableCounts;
  /** Sets the counts to zero; faults stay. */
  reset(): void;
  stop(): Promise<void>;
}

const throttled = JSON.stringify({
  __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
  message:
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
});
/** DynamoDB's own limit for a request. [D DynamoDB quotas] */
const bodyBytesMax = 16 * 1024 * 1024;

/** A network in front of the table whose faults can be chosen: one address for each leg, so that it knows who asks. */
export async function startTableProxy(tableEndpoint: string): Promise<TableProxy> {
  const table = new URL(tableEndpoint);
  const agent = new Agent({ keepAlive: true });
  const faults: (TableFaultOptions & { mode: TableFaultMode; left: number })[] = [];
  let counts: TableCounts = { primary: {}, fallback: {} };

  const takeFault = (leg: LegName, operation: string) => {
    const fault = faults.find(
      (one) => one.left > 0 && (one.leg ?? leg) === leg && (one.operation ?? operation) === operation,
    );
    if (fault !== undefined) fault.left -= 1;
    return fault;
  };

  const forward = async (incoming: IncomingMessage, body: Buffer, answer: (from: IncomingMessage) => void) => {
    await new Promise<void>((resolve, reject) => {
      const headers = { ...incoming.headers, host: table.host };
      const options = {
        host: table.hostname,
        port: table.port,
        method: incoming.method,
        path: incoming.url,
        headers,
        agent,
      };
      const outgoing = request(options, (from) => {
        answer(from);
        from.on("end", resolve).on("error", reject);
      });
      outgoing.on("error", reject).end(body);
    });
  };

  const serve = async (leg: LegName, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const operation = String(incoming.headers["x-amz-target"] ?? "").replace(/^.*\./, "") || "unknown";
    counts[leg][operation] = (counts[leg][operation] ?? 0) + 1;
    const fault = takeFault(leg, operation);
    if (fault?.mode === "refuse") return void incoming.socket.destroy();
    const body = await readBody(incoming, bodyBytesMax);
    if (body === undefined) return void incoming.socket.destroy();
    if (fault?.mode === "hang") return;
    if (fault?.mode === "throttle") {
      outgoing.writeHead(400, { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "throttled" });
      return void outgoing.end(throttled);
    }
    if (fault?.mode === "slow") await new Promise((resolve) => setTimeout(resolve, fault.delayMs ?? 0));
    await forward(incoming, body, (from) => {
      if (fault?.mode === "lose-answer" || outgoing.destroyed) {
        from.resume();
        incoming.socket.destroy();
      } else {
        outgoing.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(outgoing);
      }
    });
  };

  const start = async (leg: LegName) => {
    const server = createServer((incoming, outgoing) => {
      serve(leg, incoming, outgoing).catch(() => incoming.socket.destroy());
    });
    return { server, url: `http://${host}:${await listen(server, 0, "table")}` };
  };
  const [primary, fallback] = await Promise.all([start("primary"), start("fallback")]);

  return {
    urls: { primary: primary.url, fallback: fallback.url },
    fault: (mode, options = {}) =>
      void faults.push({ ...options, mode, left: options.times ?? Number.POSITIVE_INFINITY }),
    clear: () => void faults.splice(0),
    counts: () => structuredClone(counts),
    reset: () => {
      counts = { primary: {}, fallback: {} };
    },
    stop: async () => {
      await Promise.all([closeServer(primary.server), closeServer(fallback.server)]);
      agent.destroy();
    },
  };
}
