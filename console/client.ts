import { type ConsoleEvent, configElementId, type PageConfig, type Refusal, tokenHeader } from "./protocol.ts";

/** What came of an action: its value, or a line that says what is wrong and how to mend it. */
export type Answer<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "refused"; readonly message: string };

export interface Client {
  readonly get: <Value>(path: string) => Promise<Answer<Value>>;
  readonly post: <Value>(path: string, body: object) => Promise<Answer<Value>>;
  /** Events from the first that is kept; a lost connection is taken up again by the browser. @returns how to end it */
  readonly listen: (told: (id: number, event: ConsoleEvent) => void, connected: (on: boolean) => void) => () => void;
}

const requestTimeoutMs = 30_000;
const gone = "The console's server does not answer. Is npm start still running? Start it again and reload this page.";

/** Speaks to the server that the page came from, and to nobody else. */
export function createClient(): Client {
  const config = document.getElementById(configElementId)?.textContent ?? "{}";
  const { token } = JSON.parse(config) as PageConfig;
  const ask = async <Value>(path: string, init: RequestInit): Promise<Answer<Value>> => {
    try {
      const headers = { [tokenHeader]: token, "content-type": "application/json" };
      const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(requestTimeoutMs) });
      const body = (await response.json()) as Value | Refusal;
      if (response.ok) return { kind: "done", value: body as Value };
      return { kind: "refused", message: (body as Refusal).message };
    } catch {
      return { kind: "refused", message: gone };
    }
  };
  return {
    get: (path) => ask(path, { method: "GET" }),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
    listen: (told, connected) => {
      const source = new EventSource("/api/events");
      source.addEventListener("open", () => connected(true));
      source.addEventListener("error", () => connected(false));
      source.addEventListener("message", ({ data, lastEventId }) => {
        told(Number(lastEventId), JSON.parse(data as string) as ConsoleEvent);
      });
      return () => source.close();
    },
  };
}
