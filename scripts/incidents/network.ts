import { createServer } from "node:https";
import { generate } from "selfsigned";
import type { Leg } from "../../core/checkpoint.ts";
import type { ExchangeRequest } from "../../rehearsal/exchange.ts";
import { httpExchange } from "../../rehearsal/http-exchange.ts";
import type { Reply } from "../../rehearsal/reply.ts";
import { type LegProxy, startLegProxy } from "../stack/leg-proxy.ts";
import { closeServer, host, listen } from "../stack/listen.ts";
import type { SocketFault } from "../stack/socket-fault.ts";

/**
 * What strikes a request between Twilio and the leg: on the socket, in a name that does not resolve, in a certificate that nobody
 * knows, in a proxy that takes the slash off the end of a path.
 */
export type NetworkFault = SocketFault | "dns" | "tls" | "slash-lost";

/** Reserved: nobody listens there. */
const closedPort = "http://127.0.0.1:1";
/** Never resolves. [RFC 6761] */
const noHost = "https://voice.example.invalid";

export interface Network {
  exchange(request: ExchangeRequest, fault: NetworkFault | undefined): Promise<Reply>;
  stop(): Promise<void>;
}

/**
 * Ways from Twilio to both legs, whose public names lead here.
 *
 * @param publicUrls base URLs in the URLs that Twilio asks, one of them for each address of `local`; longer ones first
 */
export function createNetwork(
  publicUrls: readonly (readonly [publicUrl: string, leg: Leg])[],
  local: Record<Leg, string>,
): Network {
  const proxies = new Map<string, Promise<LegProxy>>();
  let strange: Promise<{ readonly baseUrl: string; stop(): Promise<void> }> | undefined;

  const wayTo = async (leg: Leg, fault: NetworkFault | undefined): Promise<string> => {
    if (fault === undefined || fault === "slash-lost") return local[leg];
    if (fault === "refused") return closedPort;
    if (fault === "dns") return noHost;
    if (fault === "tls") {
      strange ??= startStranger();
      return (await strange).baseUrl;
    }
    const name = `${leg} ${fault}`;
    const proxy = proxies.get(name) ?? startFaulty(local[leg], fault);
    proxies.set(name, proxy);
    return (await proxy).baseUrl;
  };

  return {
    exchange: async (request, fault) => {
      const [publicUrl, leg] = publicUrls.find(([base]) => request.url.startsWith(`${base}/`)) ?? [];
      if (publicUrl === undefined || leg === undefined) return httpExchange({ ...request, url: noHost });
      const asked = request.url.slice(publicUrl.length);
      const url = (await wayTo(leg, fault)) + (fault === "slash-lost" ? asked.replace(/\/$/, "") : asked);
      const headers = () => ({ ...request.headers(), host: new URL(publicUrl).host });
      const reply = await httpExchange({ ...request, url, headers });
      return reply.kind === "answer" ? { ...reply, url: request.url } : reply;
    },
    stop: async () => {
      for (const proxy of proxies.values()) await (await proxy).stop();
      await (await strange)?.stop();
    },
  };
}

async function startFaulty(target: string, fault: SocketFault): Promise<LegProxy> {
  const proxy = await startLegProxy(() => target);
  proxy.setFault(() => true, fault);
  return proxy;
}

/** Somebody else, with a certificate that nobody vouches for. */
async function startStranger() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "stranger.example" }], { keyType: "ec" });
  const server = createServer({ key, cert }, (_request, response) => void response.end());
  const port = await listen(server, 0, "primary");
  return { baseUrl: `https://${host}:${port}`, stop: () => closeServer(server) };
}
