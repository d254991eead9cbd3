import { type IncomingHttpHeaders, request } from "node:http";
import { inject } from "vitest";
import {
  type BreakerName,
  type CallerInput,
  type ConsoleEvent,
  type State,
  tokenHeader,
} from "../../../console/protocol.ts";
import { type Console, startConsole } from "../../../scripts/console/start-console.ts";
import { startStack } from "../../../scripts/stack/start-stack.ts";

export interface NumberedEvent {
  readonly id: number;
  readonly event: ConsoleEvent;
}

/** So much faster than real that a prompt takes no time to speak of, and silence is taken for an answer at the next look. */
const usualSpeed = 50;
const waitedMs = 15_000;

interface ServedOptions {
  readonly speed?: number;
  /** It looks at its own table as at that of a deployed stack. */
  readonly tracesItself?: boolean;
  readonly logs?: readonly string[];
  /** Told each line that a leg writes. */
  readonly onLine?: (line: string) => void;
}

/** A console before a real stack, used as its page uses it: over HTTP. */
export async function servedConsole({ speed = usualSpeed, tracesItself = false, logs, onLine }: ServedOptions = {}) {
  let served: Console | undefined;
  const stack = await startStack({
    ...{ tableProxy: true, buildDir: inject("buildDir"), flowNames: ["appointment", "front-desk", "survey"] },
    onLine: (_, line) => {
      served?.line(line);
      onLine?.(line);
    },
  });
  const { name, region, endpoint } = stack.table;
  const env = tracesItself ? { TABLE_NAME: name, TABLE_REGION: region, TABLE_ENDPOINT: endpoint } : {};
  const page = await startConsole(stack, { port: 0, speed, env, ...(logs === undefined ? {} : { logs }) });
  served = page;
  const { origin, host } = new URL(page.url);

  const post = async (path: string, body: unknown = {}) => {
    const headers = { [tokenHeader]: page.token, "content-type": "application/json", origin };
    const response = await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const begin = async (flow: string, language = "en"): Promise<string> =>
    String((await post("/api/calls", { flow, language })).body.id);
  const events = await listen(origin);
  return {
    ...{ stack, origin, host, token: page.token, post, begin, events },
    input: (id: string, input: CallerInput) => post(`/api/calls/${id}/input`, input),
    press: (id: string, digits: string) => post(`/api/calls/${id}/input`, { kind: "digits", digits }),
    breaker: (name: BreakerName, on: boolean) => post(`/api/breakers/${name}`, { on }),
    state: async () => (await (await fetch(`${origin}/api/state`)).json()) as State,
    stop: async () => {
      events.close();
      await page.stop();
      await stack.stop();
    },
  };
}

export type Served = Awaited<ReturnType<typeof servedConsole>>;

/** Reads the event stream as a browser does. */
export async function listen(origin: string, lastEventId?: number) {
  const stopping = new AbortController();
  const headers = lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) };
  const response = await fetch(`${origin}/api/events`, { headers, signal: stopping.signal });
  const all: NumberedEvent[] = [];
  const named: string[] = [];
  const looks = new Set<() => void>();
  const read = async () => {
    let rest = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (rest + chunk).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1];
        const [id, data, event] = [field("id"), field("data"), field("event")];
        if (event !== undefined) named.push(event);
        if (id !== undefined && data !== undefined) all.push({ id: Number(id), event: JSON.parse(data) });
      }
      for (const look of looks) look();
    }
  };
  void read().catch(() => {});

  /** The first event that fits, also one that has come already. */
  const until = <T extends ConsoleEvent>(
    fits: (event: ConsoleEvent) => event is T,
    from = 0,
    withinMs = waitedMs,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        looks.delete(look);
        reject(
          new Error(
            `not told: ${fits}; told: ${all.slice(-8).map(({ event }) => JSON.stringify(event).slice(0, 150))}`,
          ),
        );
      }, withinMs);
      const look = () => {
        const found = all.find(({ id, event }) => id > from && fits(event))?.event;
        if (found === undefined || !fits(found)) return;
        looks.delete(look);
        clearTimeout(late);
        resolve(found);
      };
      looks.add(look);
      look();
    });
  const ofKind = <K extends ConsoleEvent["kind"]>(kind: K) =>
    all.flatMap(({ event }) => (event.kind === kind ? [event as Extract<ConsoleEvent, { kind: K }>] : []));
  return {
    ...{ all, named, until, ofKind },
    ofCall: (id: string) => all.flatMap(({ event }) => ("callId" in event && event.callId === id ? [event] : [])),
    question: (id: string, nth = 0) =>
      until((event): event is Extract<ConsoleEvent, { kind: "question" }> => {
        return event.kind === "question" && event.callId === id && event.question.index === nth;
      }),
    ended: (id: string) =>
      until((event): event is Extract<ConsoleEvent, { kind: "call.ended" }> => {
        return event.kind === "call.ended" && event.callId === id;
      }),
    close: () => stopping.abort(),
  };
}

/** A request with any headers, also those that `fetch` keeps to itself. */
export function raw(
  url: string,
  { method = "GET", headers = {}, body = "" }: { method?: string; headers?: IncomingHttpHeaders; body?: string },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        // a stream of events does not end
        if (response.headers["content-type"]?.startsWith("text/event-stream")) asked.destroy();
      });
      response.on("close", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    // refused before its body is read, it may break while it is sent; then the answer has come already
    asked.on("error", (error) => setImmediate(() => reject(error)));
    asked.end(body);
  });
}
