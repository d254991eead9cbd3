import { Agent, request as httpRequest } from "node:http";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import type { Item } from "../../core/checkpoint-store.ts";
import { dynamodbStore } from "../../core/stores/dynamodb.ts";
import { parseTwiml, type TwimlElement } from "../../rehearsal/twiml-document.ts";
import type { Stack } from "../../scripts/stack/start-stack.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";

/** What came back, or why nothing did. */
export interface Got {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const silenceMs = 10_000;

/** Sends a request exactly as it is written: no client normalises its path, query, headers or body. Rejects when the connection breaks without an answer. */
export function send(baseUrl: string, target: string, { method = "POST", headers = {}, body }: Sent): Promise<Got> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const given = { "content-type": form, ...length, ...headers };
    const outgoing = httpRequest({ hostname, port, method, path: target, headers: given, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const contentType = response.headers["content-type"] ?? "";
        resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error(`no answer in ${silenceMs} ms`)));
    // an answer that comes before all of a large body was sent is an answer
    outgoing.on("error", (error) => setTimeout(reject, 200, error));
    outgoing.end(body);
  });
}

export const form = "application/x-www-form-urlencoded; charset=UTF-8";
export type Params = Readonly<Record<string, string | readonly string[]>>;

/** A form body; a list is a parameter that comes more than once. */
export function formBody(params: Params): string {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

/** @param url as Twilio was told it; a fragment is never signed */
export function signatureOf(authToken: string, url: string, params: Params): string {
  return getExpectedTwilioSignature(authToken, url.replace(/#.*/, ""), { ...params });
}

/** Path and query of a URL, as they are sent. */
export function targetOf(url: string): string {
  return url.replace(/#.*/, "").replace(/^https?:\/\/[^/]*/, "");
}

/** A request of Twilio to a URL of either leg: a signed form. `asSigned` is what the signature is over, where that differs. */
export function ask(
  stack: Stack,
  url: string,
  params: Params,
  asSigned: { readonly url?: string; readonly params?: Params; readonly authToken?: string } = {},
): Promise<Got> {
  const signed = signatureOf(asSigned.authToken ?? stack.authToken, asSigned.url ?? url, asSigned.params ?? params);
  return send(legOf(stack, url), targetOf(url), {
    headers: { "x-twilio-signature": signed },
    body: formBody(params),
  });
}

/** The local address of the leg that a URL belongs to. */
export function legOf(stack: Stack, url: string): string {
  return /^\/(voice|status|media)\//.test(targetOf(url)) ? stack.primary.baseUrl : stack.fallback.baseUrl;
}

export interface Document {
  readonly said: string[];
  /** webhook URLs in the order in which they stand in the document */
  readonly actions: string[];
  readonly statuses: string[];
}

/** @throws Error for anything but a 200 with well-formed TwiML */
export function documentOf({ status, contentType, body }: Got): Document {
  const parsed = parseTwiml(body);
  if (status !== 200 || !contentType.startsWith("text/xml") || parsed.kind !== "twiml") {
    throw new Error(`not TwiML: ${status} ${contentType} ${body.slice(0, 300)}`);
  }
  const found: Document = { said: [], actions: [], statuses: [] };
  const visit = ({ name, text, attributes, children }: TwimlElement): void => {
    if (name === "Say") found.said.push(text);
    if (name === "Redirect") found.actions.push(text);
    if (attributes.action !== undefined) found.actions.push(attributes.action);
    const status = attributes.statusCallback ?? attributes.recordingStatusCallback;
    if (status !== undefined) found.statuses.push(status);
    children.forEach(visit);
  };
  visit(parsed.root);
  return found;
}

/** @returns what the table holds of a call, read past every fault of the proxy */
export async function itemOf({ table }: Stack, callSid: string): Promise<Item | undefined> {
  const client = { region: table.region, endpoint: table.endpoint, credentials: tableCredentials };
  const store = dynamodbStore({ table: table.name, attemptMs: 2_000, client });
  const read = await store.read(callSid, { nowMs: Date.now(), withinMs: 5_000 });
  if (read.kind === "unavailable") throw new Error(`the table could not be read: ${read.reason}`);
  return read.kind === "found" ? read.item : undefined;
}
