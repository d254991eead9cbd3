import type { APIGatewayProxyEventV2 } from "aws-lambda";
import twilio from "twilio/lib/webhooks/webhooks.js";
import { vi } from "vitest";
import type { LogLine } from "../../core/log.ts";
import type { Exchange, ExchangeRequest } from "../../rehearsal/exchange.ts";
import type { Reply } from "../../rehearsal/reply.ts";
import { signedUrl } from "../../rehearsal/webhook-headers.ts";
import { startTable, tableCredentials } from "../../scripts/stack/table.ts";
import { sealKeys } from "../support/legs.ts";
import { formBody, type Got, type Params } from "../support/signed-request.ts";
import { functionEvent, functionResponse } from "./function-runtime.ts";

export const callSid = `CA${"0".repeat(31)}7`;
export const token = "12345";

/** A request of Twilio, and what stands between it and the leg. */
export interface Asked {
  readonly method?: "GET" | "POST";
  readonly params?: Params;
  /** what Twilio signs, if not this URL by the rules of Voice */
  readonly signedUrl?: string;
  readonly signedParams?: Params;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** in place of the form */
  readonly body?: string;
  /** how API Gateway hands it over, where that differs */
  readonly gateway?: {
    readonly rawPath?: string;
    readonly host?: string;
    readonly scheme?: string;
    readonly stage?: string;
    readonly isBase64Encoded?: boolean;
  };
}

export interface Bases {
  readonly primary: string;
  readonly fallback: string;
}

export const bases: Bases = { primary: "https://line.example.com", fallback: "https://line-1234.twil.io" };

/**
 * The deployed handlers of both legs in this process, with the flows of the tests and the embedded table. Where API
 * Gateway and Twilio's Functions stand, events are made by hand: they are what the traps are about.
 */
export async function realLegs(given: Partial<Bases> = {}, authTokens = token) {
  const table = await startTable(0);
  const urls = { ...bases, ...given };
  const environment = environmentOf(urls, authTokens, table);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubGlobal("Twilio", { Response: functionResponse });
  vi.doMock("../../flows/index.ts", async () => {
    const { appointment } = await import("../../flows/appointment.ts");
    const { echo } = await import("../flows/echo.ts");
    const { outcomes } = await import("../flows/outcomes.ts");
    const { asides } = await import("./asides-flow.ts");
    return { flows: [appointment, asides, echo, outcomes] };
  });
  vi.resetModules();
  const primary = {
    voice: (await import("../../lambda/voice-webhook.ts")).handler,
    status: (await import("../../lambda/status-callback.ts")).handler,
  };
  const fallback = {
    "/voice-fallback": (await import("../../functions/voice-fallback.protected.ts")).handler,
    "/voice-webhook": (await import("../../functions/voice-webhook.protected.ts")).handler,
    "/status-callback": (await import("../../functions/status-callback.protected.ts")).handler,
  };
  const lines: LogLine[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    if (String(text).startsWith("{")) lines.push(JSON.parse(String(text)));
    return true;
  });

  const askPrimary = async (event: APIGatewayProxyEventV2): Promise<Got> => {
    const handler = event.rawPath.includes("/status/") ? primary.status : primary.voice;
    const context = { getRemainingTimeInMillis: () => 4_000 } as Parameters<typeof handler>[1];
    const { statusCode = 0, headers = {}, body = "" } = await handler(event, context);
    return { status: statusCode, contentType: String(headers["content-type"]), body };
  };
  const askFallback = async (url: string, form: string, headers: Readonly<Record<string, string>>): Promise<Got> => {
    const { pathname } = new URL(url);
    const name = Object.keys(fallback).find((path) => pathname.endsWith(path)) as keyof typeof fallback | undefined;
    if (name === undefined) return { status: 404, contentType: "text/plain", body: "no such function" };
    const response = await new Promise<InstanceType<typeof functionResponse>>((resolve) => {
      const answered = (_: null, answer: unknown) => resolve(answer as InstanceType<typeof functionResponse>);
      void fallback[name](environment, functionEvent(url, form, headers), answered);
    });
    const contentType = String(response.headers["Content-Type"]);
    return { status: response.statusCode, contentType, body: String(response.body) };
  };
  const isFallback = (url: string) => new URL(url).hostname === new URL(urls.fallback).hostname;
  const send = (url: string, asked: Asked, signature: string | undefined): Promise<Got> => {
    const form = asked.body ?? formBody(asked.params ?? {});
    const headers = {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      host: asked.gateway?.host ?? new URL(url).host,
      ...(signature === undefined ? {} : { "x-twilio-signature": signature }),
      ...asked.headers,
    };
    if (isFallback(url)) return askFallback(url, form, headers);
    return askPrimary(gatewayEvent(url, form, headers, asked));
  };

  return {
    urls,
    lines,
    /** asks a URL of either leg, as Twilio would */
    ask(url: string, asked: Asked = {}): Promise<Got> {
      const plain = url.replace(/#.*/, "");
      const over = asked.signedUrl ?? signedUrl(new URL(plain));
      const params = asked.method === "GET" || asked.body !== undefined ? {} : (asked.params ?? {});
      const signature = twilio.getExpectedTwilioSignature(
        asked.token ?? token,
        over,
        asked.signedParams ?? { ...params },
      );
      return send(plain, asked, signature);
    },
    /** the legs as the network of a rehearsed call: signed by the rehearsal itself; prompts are always there */
    exchange: (async ({ url, method, kind, params, headers }: ExchangeRequest): Promise<Reply> => {
      if (kind === "media")
        return { kind: "answer", status: 200, headers: { "content-type": "audio/mpeg" }, body: "mp3" };
      const signature = headers()["X-Twilio-Signature"];
      const got = await send(url, { method, params: method === "GET" ? {} : params }, signature);
      return { kind: "answer", status: got.status, headers: { "content-type": got.contentType }, body: got.body };
    }) satisfies Exchange,
    async stop(): Promise<void> {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      vi.unstubAllGlobals();
      vi.doUnmock("../../flows/index.ts");
      await table.stop();
    },
  };
}

export type RealLegs = Awaited<ReturnType<typeof realLegs>>;

function environmentOf(
  { primary, fallback }: Bases,
  authTokens: string,
  table: { endpoint: string; name: string; region: string },
) {
  return {
    PRIMARY_BASE_URL: primary,
    FALLBACK_BASE_URL: fallback,
    TWILIO_AUTH_TOKEN: authTokens,
    AUTH_TOKEN: authTokens,
    SEAL_KEYS: sealKeys,
    TABLE_NAME: table.name,
    TABLE_REGION: table.region,
    TABLE_ENDPOINT: table.endpoint,
    AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
    TABLE_ACCESS_KEY_ID: tableCredentials.accessKeyId,
    TABLE_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
  };
}

/** One event of an HTTP API, payload format 2.0; forms come in base64. [D HTTP API Lambda integration] */
function gatewayEvent(
  url: string,
  form: string,
  headers: Readonly<Record<string, string>>,
  { method = "POST", gateway = {} }: Asked,
): APIGatewayProxyEventV2 {
  const [, host = "", path = "/", query = ""] = /^https?:\/\/(?:[^/@]*@)?([^/?]*)([^?]*)\??(.*)$/.exec(url) ?? [];
  const isBase64Encoded = gateway.isBase64Encoded ?? form !== "";
  const rawPath = gateway.rawPath ?? path;
  const event: Partial<APIGatewayProxyEventV2> = {
    version: "2.0",
    rawPath,
    rawQueryString: query,
    headers: { "x-forwarded-proto": gateway.scheme ?? new URL(url).protocol.slice(0, -1), ...headers },
    requestContext: {
      domainName: host,
      stage: gateway.stage ?? "$default",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "TwilioProxy/1.1" },
    } as APIGatewayProxyEventV2["requestContext"],
    isBase64Encoded,
    ...(method === "GET" ? {} : { body: Buffer.from(form).toString(isBase64Encoded ? "base64" : "utf8") }),
  };
  return event as APIGatewayProxyEventV2;
}
