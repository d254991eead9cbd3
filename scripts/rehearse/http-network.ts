import type { Leg } from "../../core/checkpoint.ts";
import type { ExchangeRequest } from "../../rehearsal/exchange.ts";
import { httpExchange } from "../../rehearsal/http-exchange.ts";
import type { Reply } from "../../rehearsal/reply.ts";
import { type LegProxy, startLegProxy } from "../stack/leg-proxy.ts";
import type { SocketFault } from "../stack/socket-fault.ts";

/** Reserved, and below the ports that systems hand out: nobody listens there, and nobody will in the middle of a rehearsal. */
const closedPort = "http://127.0.0.1:1";

/** Ways to both legs: the straight one, and one through a proxy for each fault, which every request on it meets. */
export interface FaultyNetwork {
  /** Sends a request over the way with this fault; neither leg nor Twilio sees another address. */
  exchange(request: ExchangeRequest, fault: SocketFault | "none"): Promise<Reply>;
  stop(): Promise<void>;
}

/** Each fault has a way of its own, so calls side by side do not meet each other's faults. */
export function faultyNetwork(legs: Readonly<Record<Leg, string>>): FaultyNetwork {
  const ways = new Map<string, Promise<LegProxy>>();
  const start = async (leg: Leg, fault: SocketFault): Promise<LegProxy> => {
    const proxy = await startLegProxy(() => legs[leg]);
    proxy.setFault(() => true, fault);
    return proxy;
  };
  const wayTo = async (leg: Leg, fault: SocketFault): Promise<string> => {
    if (fault === "refused") return closedPort;
    const name = `${leg} ${fault}`;
    const proxy = ways.get(name) ?? start(leg, fault);
    ways.set(name, proxy);
    return (await proxy).baseUrl;
  };
  return {
    exchange: async (request, fault) => {
      if (fault === "none") return httpExchange(request);
      const leg = request.url.startsWith(`${legs.primary}/`) ? "primary" : "fallback";
      const url = (await wayTo(leg, fault)) + request.url.slice(legs[leg].length);
      const headers = () => ({ ...request.headers(), host: legs[leg].replace("http://", "") });
      const reply = await httpExchange({ ...request, url, headers });
      return reply.kind === "answer" ? { ...reply, url: request.url } : reply;
    },
    stop: async () => {
      for (const proxy of ways.values()) await (await proxy).stop();
    },
  };
}
