import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";

/** How long one request may take, as Twilio would wait: `ct`, `rt` and `tt` of connection overrides. [D Connection Overrides] */
export interface Deadlines {
  /** until the connection stands, TLS included */
  readonly connectMs: number;
  /** from then to the first byte of the answer */
  readonly readMs: number;
  readonly totalMs: number;
}

export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How long each part took, in ms; a part that was not reached, or that there is not (TLS over http), is left out. */
export interface Phases {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** from the connection to the first byte of the answer */
  readonly firstByteMs?: number;
}

export const failures = [
  "no DNS answer",
  "refused",
  "unreachable",
  "no connection in time",
  "TLS failed",
  "no TLS in time",
  "closed before an answer",
  "no answer in time",
  "not HTTP",
] as const;
export type Failure = (typeof failures)[number];

export type Answer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly body: string;
    }
  | { readonly kind: "failure"; readonly failure: Failure; readonly code?: string };

export interface Timed {
  readonly answer: Answer;
  readonly tookMs: number;
  readonly phases: Phases;
}

const answerCharactersMax = 100_000;
/** An error's code, if it is a word of the system's own. */
const codeForm = /^[A-Z][A-Z0-9_]{2,60}$/;

/** Sends one POST over a connection of its own, as whoever meets this host for the first time, and ends within its deadlines. */
export function ask({ url, headers, body }: Asked, { connectMs, readMs, totalMs }: Deadlines): Promise<Timed> {
  const startedMs = performance.now();
  const since = (fromMs: number) => performance.now() - fromMs;
  const { protocol, hostname } = new URL(url);
  const secure = protocol === "https:";
  const named = isIP(hostname.replace(/^\[|\]$/g, "")) === 0;
  const at: { found?: number; connected?: number; secured?: number; answered?: number } = {};
  const phases = (): Phases => ({
    ...(at.found !== undefined && { dnsMs: at.found - startedMs }),
    ...(at.connected !== undefined && { connectMs: at.connected - (at.found ?? startedMs) }),
    ...(at.connected !== undefined && at.secured !== undefined && secure && { tlsMs: at.secured - at.connected }),
    ...(at.secured !== undefined && at.answered !== undefined && { firstByteMs: at.answered - at.secured }),
  });

  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    let over = false;
    const end = (answer: Answer) => {
      if (over) return;
      over = true;
      for (const timer of timers) clearTimeout(timer);
      resolve({ answer, tookMs: since(startedMs), phases: phases() });
      request.destroy();
    };
    const late = () => end({ kind: "failure", failure: hung(at, secure, named) });
    const deadline = (afterMs: number) => {
      const timer = setTimeout(late, afterMs);
      timers.push(timer);
      return timer;
    };
    const open = (secure ? https : http).request;
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const request = open(url, { method: "POST", agent: false, headers: { ...headers, ...length } });
    deadline(totalMs);
    const connectTimer = deadline(connectMs);
    let readTimer: NodeJS.Timeout | undefined;
    const ready = () => {
      at.secured = performance.now();
      clearTimeout(connectTimer);
      readTimer = deadline(readMs);
    };
    request.once("socket", (socket) => {
      socket.once("lookup", (error: Error | null) => {
        // told of a failure too, which is no time that a name took
        if (error === null || error === undefined) at.found = performance.now();
      });
      socket.once("connect", () => {
        at.connected = performance.now();
        if (!secure) ready();
      });
      socket.once("secureConnect", ready);
    });
    request.once("response", (response) => {
      at.answered = performance.now();
      clearTimeout(readTimer);
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        if (text.length < answerCharactersMax) text += part;
      });
      response.once("error", (error) => end(failed(error, at, secure)));
      response.once("end", () => {
        const { statusCode: status = 0, headers: received } = response;
        end({ kind: "answer", status, headers: received, body: text.slice(0, answerCharactersMax) });
      });
    });
    request.on("error", (error) => end(failed(error, at, secure)));
    request.end(body);
  });
}

interface Reached {
  readonly connected?: number;
  readonly secured?: number;
  readonly found?: number;
}

/** @returns in what a request hung that ran out of time */
function hung({ connected, secured, found }: Reached, secure: boolean, named: boolean): Failure {
  if (secured !== undefined) return "no answer in time";
  if (connected !== undefined && secure) return "no TLS in time";
  return named && found === undefined ? "no DNS answer" : "no connection in time";
}

function failed(error: Error, { connected, secured }: Reached, secure: boolean): Answer {
  const told = String((error as NodeJS.ErrnoException).code ?? "");
  const code = codeForm.test(told) ? { code: told } : {};
  const failure = (): Failure => {
    if (/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_)/.test(told)) return "no DNS answer";
    if (connected !== undefined && secured === undefined && secure) return "TLS failed";
    if (/^(EHOST|ENET|EADDRNOTAVAIL)/.test(told)) return "unreachable";
    if (told === "ECONNREFUSED") return "refused";
    if (told === "ETIMEDOUT") return "no connection in time";
    if (told.startsWith("HPE_")) return "not HTTP";
    return "closed before an answer";
  };
  return { kind: "failure", failure: failure(), ...code };
}
