import http from "node:http";
import https from "node:https";
import { type Carrier, delivery, type Sent } from "../core/outbox-delivery.ts";

export interface Account {
  readonly sid: string;
  /** `SK…:secret` of an API key, or the account's sid and its auth token */
  readonly login: string;
  /** default: Twilio's own; another one for tests */
  readonly baseUrl?: string | undefined;
}

type Timeouts = Readonly<Record<"requestTimeoutMs" | "connectTimeoutMs", number>>;

const twilio = "https://api.twilio.com";
const answerBytesMax = 64 * 1024;

/**
 * Twilio's REST API, as far as letters need it. By hand and not by Twilio's client: that does not tell a connection that was never
 * there, after which a letter may be sent again, from an answer that was lost, after which it may not.
 */
export function twilioCarrier(account: Account, timeouts: Timeouts = delivery): Carrier {
  const post = (resource: string, form: readonly (readonly [string, string])[]) => {
    const path = `/2010-04-01/Accounts/${account.sid}/${resource}.json`;
    return postForm(account, timeouts, path, new URLSearchParams(form.map(([...pair]) => pair)));
  };
  return {
    sms: ({ to, from, body }) => post("Messages", Object.entries({ To: to, From: from, Body: body })),
    call: ({ statusCallbackEvent, ...parameters }) => {
      const single = Object.entries(parameters).map(([name, value]) => [pascal(name), value] as const);
      return post("Calls", [...single, ...statusCallbackEvent.map((event) => ["StatusCallbackEvent", event] as const)]);
    },
  };
}

const pascal = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

function postForm(
  { login, baseUrl = twilio }: Account,
  timeouts: Timeouts,
  path: string,
  form: URLSearchParams,
): Promise<Sent> {
  return new Promise((resolve) => {
    const url = new URL(`${baseUrl.replace(/\/$/, "")}${path}`);
    const secure = url.protocol === "https:";
    const body = form.toString();
    const asking = (secure ? https : http).request(url, {
      method: "POST",
      // a connection of its own: one that is used again may be closed by the other side just as we write
      agent: false,
      headers: {
        authorization: `Basic ${Buffer.from(login).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body),
        accept: "application/json",
      },
    });
    // until then nothing of the request can have left this machine
    let connected = false;
    const settle = (sent: Sent) => {
      clearTimeout(connecting);
      clearTimeout(waiting);
      resolve(sent);
      asking.destroy();
    };
    const lost = (reason: string) =>
      settle(connected ? { kind: "unknown", reason } : { kind: "not-yet", reason, reached: false });
    const connecting = setTimeout(() => connected || lost("no connection in time"), timeouts.connectTimeoutMs);
    const waiting = setTimeout(() => lost("no answer in time"), timeouts.requestTimeoutMs);
    asking.on("socket", (socket) => {
      socket.once(secure ? "secureConnect" : "connect", () => {
        connected = true;
        clearTimeout(connecting);
        asking.end(body);
      });
    });
    asking.on("error", (error: NodeJS.ErrnoException) => lost(connected ? "the connection broke" : codeOf(error)));
    asking.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= answerBytesMax) chunks.push(chunk);
      });
      response.on("error", () => lost("the answer broke"));
      response.on("aborted", () => lost("the answer broke"));
      response.on("end", () => settle(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"))));
    });
  });
}

/** The system's word, like ECONNREFUSED; no host or address. */
function codeOf({ code = "" }: NodeJS.ErrnoException): string {
  return /^[A-Z_]{3,40}$/.test(code) ? code : "no connection";
}

/**
 * What an answer says.
 * - 2xx: accepted.
 * - 429: "never processed and always safe to retry" [D error 20429].
 * - 503: the service was not there for it. Taken for the same [I]: Twilio documents it nowhere for messages and calls, and an API
 *   that is down answers most with it; each of these in doubt would be an operator's work for every caller of an outage.
 * - 401: our key is wrong or was rotated. Nothing was done, and it is not the letter's fault: asked again.
 * - other 4xx: refused for good (a number that is none, a person who has unsubscribed).
 * - 500, 502, 504, 408 and all else: it may have been done, and a retry may come to the person twice [D error 20500].
 */
export function readAnswer(status: number, body: string): Sent {
  const { sid, code } = fieldsOf(body);
  const numbered = typeof code === "number" && Number.isInteger(code) ? `${status}, error ${code}` : String(status);
  if (status >= 200 && status < 300) {
    // accepted whatever it says; without its sid nobody could look for it
    return {
      kind: "accepted",
      sid: typeof sid === "string" && /^(?:SM|MM|CA)[0-9a-f]{32}$/.test(sid) ? sid : "unknown",
    };
  }
  if (status === 429 || status === 503 || status === 401)
    return { kind: "not-yet", reason: `status ${numbered}`, reached: true };
  if (status >= 400 && status < 500 && status !== 408) return { kind: "refused", reason: `status ${numbered}` };
  return { kind: "unknown", reason: `status ${numbered}` };
}

function fieldsOf(body: string): { readonly sid?: unknown; readonly code?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
