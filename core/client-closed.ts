import { limits } from "./limits.ts";
import type { LogLine, Told } from "./log.ts";

/** What a door knows of the one who asks. */
export interface Asked {
  /** when the platform got the request, by our clock or one that agrees with it */
  readonly beganAtMs: number;
  /** how long an answer is waited for */
  readonly patienceMs: number;
  /** aborts when the other side closes the connection, where that can be seen */
  readonly connection: AbortSignal | undefined;
}

/**
 * Who gives a request up first: for the primary the API in front of it, for the fallback Twilio, by the read timeout in the
 * overrides of all its webhook URLs (`core/action-url.ts`).
 */
export const patienceMs = {
  primary: limits.gatewayTimeoutMs,
  fallback: limits.fallbackReadTimeoutMs,
} as const;

const connectionKey = Symbol.for("stayline.connection");

/**
 * A server that holds the connection itself can tell that it was closed: it puts a function under this key of its global object,
 * which gives the signal of the request that is being handled. Neither cloud tells a function; there the deadline decides.
 */
export function tellConnection(host: object, connection: () => AbortSignal | undefined): void {
  Object.assign(host, { [connectionKey]: connection });
}

/** @param host the global object */
export function connectionOf(host: object): AbortSignal | undefined {
  const connection: unknown = Reflect.get(host, connectionKey);
  return typeof connection === "function" ? connection() : undefined;
}

/** Whether whoever asked was gone at `nowMs`: by the request's own deadline or connection, whatever else timed out meanwhile. */
export function isOver({ beganAtMs, patienceMs, connection }: Asked, nowMs: number): boolean {
  return connection?.aborted === true || nowMs - beganAtMs >= patienceMs;
}

/**
 * The outcome of a request: what happened inside, unless nobody was there to hear of it. An operation that timed out inside is
 * a failure like any other as long as the request itself was not over. A request that was turned away stays that: who sent it
 * and how long that one waits is not known.
 */
export function outcomeOf(told: Told, over: boolean): Partial<LogLine> & Pick<LogLine, "event"> {
  if (!over || told.event === "request.rejected" || told.event === "probe.answered") return told;
  return { ...told, event: "request.client-closed", inside: told.event, status: 499 };
}
