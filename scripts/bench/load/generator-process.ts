import { createUrls } from "../../../core/action-url.ts";
import type { Leg } from "../../../core/checkpoint.ts";
import { faultyNetwork } from "../../rehearse/http-network.ts";
import { type Arrivals, arrivalsFrom, placeOpenLoop } from "./arrivals.ts";
import { steadyClock } from "./clock.ts";
import { type LoadedCall, type LoadLine, placeLoadCall, type Segment, sidOf, unfinished } from "./load-call.ts";
import { referenceFlow } from "./reference-flow.ts";

/** Twilio's and the callers' part, in a process of its own: what serves the calls must not hold up their arrival. */

export interface LineSettings {
  readonly legs: Readonly<Record<Leg, string>>;
  readonly accountSid: string;
  readonly authToken: string;
}

export interface LoadTask {
  readonly segment: Segment;
  readonly arrivals: Arrivals;
  /** How long the last calls may take after the last arrival. */
  readonly drainMs: number;
}

export type ToGenerator =
  | { readonly kind: "line"; readonly settings: LineSettings }
  | { readonly kind: "place"; readonly task: LoadTask };
export interface Placed {
  readonly calls: readonly LoadedCall[];
  /** From the first arrival to the end of the last call, or of the wait for it. */
  readonly tookMs: number;
  /** Requests that the fallback's functions had before them at once, at most. */
  readonly fallbackAtOnce: number;
}
export type FromGenerator =
  | { readonly kind: "placed"; readonly placed: Placed }
  | { readonly kind: "broken"; readonly what: string };

/** Before the first arrival, so that it is not late. */
const leadMs = 100;

function openLine({ legs, accountSid, authToken }: LineSettings) {
  const network = faultyNetwork(legs);
  const urls = createUrls(legs);
  const { name } = referenceFlow;
  let [now, most] = [0, 0];
  const legOf = (url: string): Leg => (url.startsWith(`${legs.primary}/`) ? "primary" : "fallback");
  const isFunction = (url: string) => legOf(url) === "fallback" && !url.startsWith(`${legs.fallback}/prompts/`);
  const line: LoadLine = {
    ...{ voiceUrl: urls.voice(name), fallbackUrl: urls.fallback(name), statusCallbackUrl: urls.callStatus(name) },
    ...{ accountSid, authToken, flow: referenceFlow, clock: steadyClock, legOf },
    exchange: async (request, failure) => {
      if (!isFunction(request.url)) return network.exchange(request, failure);
      now += 1;
      most = Math.max(most, now);
      const reply = await network.exchange(request, failure);
      now -= 1;
      return reply;
    },
  };
  const takeMost = () => {
    const taken = most;
    most = now;
    return taken;
  };
  return { line, takeMost };
}

async function placeAll(opened: ReturnType<typeof openLine>, task: LoadTask): Promise<Placed> {
  const { segment, drainMs } = task;
  const startMs = steadyClock.nowMs() + leadMs;
  const arrivals = arrivalsFrom(startMs, task.arrivals);
  const place = (arrival: (typeof arrivals)[number]) => placeLoadCall(opened.line, segment, arrival);
  const placed = await placeOpenLoop(arrivals, steadyClock, place, drainMs);
  const calls = placed.map((call, index) => call ?? unfinished(sidOf(segment, index)));
  return { calls, tookMs: steadyClock.nowMs() - startMs, fallbackAtOnce: opened.takeMost() };
}

let opened: ReturnType<typeof openLine> | undefined;
const tell = (message: FromGenerator) => void process.send?.(message);

process.on("disconnect", () => process.exit(0));
process.on("message", (message: ToGenerator) => {
  if (message.kind === "line") {
    opened = openLine(message.settings);
    return;
  }
  if (opened === undefined) return tell({ kind: "broken", what: "a task came before its line" });
  placeAll(opened, message.task).then(
    (placed) => tell({ kind: "placed", placed }),
    (error: unknown) => tell({ kind: "broken", what: error instanceof Error ? error.message : String(error) }),
  );
});
