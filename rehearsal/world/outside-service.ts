import type { FaultName } from "../fault-kinds.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What the outside service was asked to do: method, path and body, without the idempotency key. */
export type EffectText = string;

export interface Executed {
  readonly key: string | undefined;
  readonly text: EffectText;
  readonly atMs: number;
}

/** One handler's way to the outside: its own address, so that a fault can stop that handler. */
export interface Door {
  readonly baseUrl: string;
  /** Nobody is reached through it any more. A door that is left open keeps the whole call behind it in memory. */
  close(): void;
}

type Serve = (path: string, init: RequestInit) => Promise<Response>;

/**
 * Open doors by their number, in an array whose free places are used again: a `Map` that lives as long leaves its outgrown
 * tables, and every call that was in them, to the next collection of old objects.
 */
const doors: (Serve | undefined)[] = [];
/** The door that is always open, of whoever last asked for it. */
export const modelDoor = 0;
const closed: number[] = [];
let realFetch: typeof globalThis.fetch | undefined;

const suffix = ".outside.invalid";

/**
 * Puts the rehearsal in the place of the network, as far as flows see it: `fetch` reaches the doors that are open, and
 * nothing else. A rehearsed flow that asks another address is told how to be rehearsed.
 */
export function closeNetwork(): () => void {
  realFetch ??= globalThis.fetch;
  const given = realFetch;
  globalThis.fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.hostname.endsWith(suffix)) {
      const serve = doors[Number(url.hostname.slice(1, -suffix.length))];
      if (serve !== undefined) return serve(url.pathname + url.search, init);
      throw new TypeError("fetch failed");
    }
    throw new Error(`a rehearsed flow asked ${url.origin}: take the address of an outside service from \`settings\``);
  };
  return () => {
    globalThis.fetch = given;
    realFetch = undefined;
  };
}

/** @param at a door of its own; default: one that nobody has, until it is closed */
export function openDoor(serve: Serve, at?: number): Door {
  const number = at ?? closed.pop() ?? Math.max(doors.length, modelDoor + 1);
  doors[number] = serve;
  return {
    baseUrl: `http://h${number}${suffix}`,
    close: () => {
      if (doors[number] !== serve) return;
      doors[number] = undefined;
      closed.push(number);
    },
  };
}

/**
 * Settings of a flow in a rehearsal: any name is an address at the outside service, unless it was given. The door is
 * opened when a setting is first read: most turns have no effect.
 */
export function settingsFor(
  open: () => Door,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  let door: Door | undefined;
  return new Proxy(given, {
    get: (target, name) => {
      if (typeof name === "symbol") return undefined;
      if (target[name] !== undefined) return target[name];
      door ??= open();
      return `${door.baseUrl}/${name}`;
    },
    has: () => true,
  });
}

export interface OutsideService {
  /** @param meet the fault that this request meets */
  serve(
    path: string,
    init: RequestInit,
    meet: () => "-" | FaultName<"effect">,
    die: () => Promise<never>,
  ): Promise<Response>;
  /** A letter is in the outbox. */
  posted(key: string, text: EffectText): void;
  readonly executed: readonly Executed[];
  /** Keys of all requests that were made to it, whatever became of them. */
  readonly asked: readonly string[];
  /** What it knows, as text. */
  digest(): string;
}

/** An outside service that honours idempotency keys, bound to their arguments; its references depend on what was asked. */
export function outsideService(time: Pick<VirtualTime, "nowMs" | "sleep">): OutsideService {
  const executed: Executed[] = [];
  const asked: string[] = [];
  const byKey = new Map<string, EffectText>();
  let down: "refused" | "hang" | undefined;

  const execute = (key: string | undefined, text: EffectText): Response => {
    const before = key === undefined ? undefined : byKey.get(key);
    if (before !== undefined && before !== text) return jsonResponse(409, { error: "key used" });
    if (before === undefined) {
      if (key !== undefined) byKey.set(key, text);
      executed.push({ key, text, atMs: time.nowMs() });
    }
    return jsonResponse(200, { reference: referenceOf(text) });
  };

  return {
    executed,
    asked,
    posted: (key, text) => {
      asked.push(key);
      executed.push({ key, text, atMs: time.nowMs() });
    },
    digest: () => [down, ...executed.map(({ key, text }) => `${key} ${text}`)].join(" "),
    async serve(path, init, meet, die) {
      const { key, text } = toEffect(path, init);
      if (key !== undefined) asked.push(key);
      const never = () => untilAborted(init.signal ?? undefined);
      if (down === "refused") throw new TypeError("fetch failed");
      if (down === "hang") return never();
      switch (meet()) {
        case "-":
          return execute(key, text);
        case "refused":
          throw new TypeError("fetch failed");
        case "status-500":
          return jsonResponse(500, { error: "error" });
        case "status-500-after":
          execute(key, text);
          return jsonResponse(500, { error: "error" });
        case "hang":
          return never();
        case "unheard":
          execute(key, text);
          return never();
        case "late":
          void time.sleep(lateMs).then(() => execute(key, text));
          return never();
        case "slow":
          await time.sleep(slowMs);
          return execute(key, text);
        case "crash":
          return die();
        case "crash-after":
          execute(key, text);
          return die();
        case "service-down":
          down = "refused";
          throw new TypeError("fetch failed");
        case "service-hangs":
          down = "hang";
          return never();
      }
    },
  };
}

/** Longer than one effect, and than all effects of a webhook, are waited for. */
const lateMs = 3_000;
/** Just within the time that one effect has. */
const slowMs = 1_900;

function toEffect(path: string, init: RequestInit): { key: string | undefined; text: EffectText } {
  const key = headerOf(init.headers, "idempotency-key");
  const body = typeof init.body === "string" ? init.body : "";
  const bare = key === undefined ? body : body.replaceAll(JSON.stringify(key), '"(key)"');
  return { key, text: withoutSids(`${init.method ?? "GET"} ${path} ${bare}`) };
}

function headerOf(headers: RequestInit["headers"], name: string): string | undefined {
  if (headers === undefined || headers instanceof Headers || Array.isArray(headers)) {
    return new Headers(headers).get(name) ?? undefined;
  }
  const found = Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  return found === undefined ? undefined : String(found);
}

/** Recordings and payments of two calls differ in their sids alone. */
export function withoutSids(text: string): string {
  if (!text.includes("/Recordings/RE") && !text.includes("ch_") && !text.includes("pt_")) return text;
  return text.replace(/(\/Recordings\/RE|\bch_|\bpt_)[0-9a-f]{32}/g, "$1");
}

/** What flows read of a response; a real one costs as much as all the rest of a turn. */
function jsonResponse(status: number, value: unknown): Response {
  const text = JSON.stringify(value);
  const headers = new Map([["content-type", "application/json"]]);
  const response = {
    status,
    ok: status < 400,
    headers,
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
  };
  return response as unknown as Response;
}

/** The same for the same request: what a caller is told does not depend on who asked. */
function referenceOf(text: string): string {
  let hash = 7;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) % 2_147_483_647;
  return `R-${hash.toString(36).toUpperCase()}`;
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))),
  );
}
