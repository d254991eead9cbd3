import { createRequire } from "node:module";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { limits } from "../../core/limits.ts";
import { toContext } from "../stack/http-api.ts";
import { signedEvent } from "./signed-event.ts";

/** The built primary leg alone in a process, so that its CPU time is its own: table and effects service are elsewhere. */

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

export interface LegOptions {
  /** built voice webhook, absolute path */
  readonly bundle: string;
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
}

/** The webhooks that are measured, each with the one that comes before it in its call. */
export const before = {
  first: undefined,
  ordinary: "first",
  "ordinary duplicate": "ordinary",
  effect: "ordinary",
  "effect duplicate": "effect",
} as const satisfies Readonly<Record<string, string | undefined>>;
export type WebhookName = keyof typeof before;
export const webhooks = Object.keys(before) as WebhookName[];

export type Task =
  | { readonly kind: "webhook"; readonly name: WebhookName; readonly calls: number }
  | { readonly kind: "urls"; readonly flow: string };

export interface Measured {
  /** one entry per webhook */
  readonly wallMs: readonly number[];
  readonly cpuMs: readonly number[];
  /** of the longest URL in any document of the task */
  readonly urlCharacters: number;
  readonly documents: number;
}

interface Asked {
  readonly url: string;
  readonly twiml: string;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Any verb finds its answer in here. */
const everyAnswer = {
  Digits: "1",
  SpeechResult: "yes",
  Confidence: "0.9",
  RecordingSid: `RE${"1".repeat(32)}`,
  RecordingUrl: "https://api.twilio.com/recording",
  RecordingDuration: "5",
  DialCallStatus: "busy",
};
const documentsMax = 20;
const effectFlow = "appointment";
let calls = 0;

export function createLeg(options: LegOptions) {
  const { handler }: { handler: Handler } = createRequire(import.meta.url)(options.bundle);
  const voiceUrl = (flow: string) => `${options.baseUrl}/voice/${flow}`;

  /** One webhook: its document, and what it cost. The event is signed before the clock starts. */
  async function ask(url: string, callSid: string, answer: Readonly<Record<string, string>> = {}): Promise<Asked> {
    const standard = {
      AccountSid: options.accountSid,
      From: "+815011112222",
      To: "+815033334444",
      Direction: "inbound",
    };
    const params = { CallSid: callSid, CallStatus: "in-progress", ApiVersion: "2010-04-01", ...standard, ...answer };
    const event = signedEvent(url, params, options.authToken);
    const context = toContext("voice-webhook", "bench", Date.now() + limits.lambdaTimeoutMs);
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    const { statusCode, body = "" } = await handler(event, context);
    const wallMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(cpuBefore);
    if (statusCode !== 200) throw new Error(`${new URL(url).pathname.slice(0, 40)} answered ${statusCode}: ${body}`);
    return { url, twiml: body, wallMs, cpuMs: (user + system) / 1_000 };
  }

  /** Takes a call up to one webhook and returns what that one cost. */
  async function callUpTo(name: WebhookName, callSid: string): Promise<Asked> {
    const previous = before[name];
    if (previous === undefined) return ask(voiceUrl(effectFlow), callSid);
    const earlier = await callUpTo(previous, callSid);
    const url = name.endsWith("duplicate") ? earlier.url : actionOf(earlier.twiml);
    if (url === undefined) throw new Error(`${previous} led nowhere`);
    return ask(url, callSid, { Digits: "1" });
  }

  return {
    async webhook(name: WebhookName, count: number): Promise<Measured> {
      const measured: Asked[] = [];
      for (let call = 0; call < count; call += 1) measured.push(await callUpTo(name, newCallSid()));
      return {
        wallMs: measured.map(({ wallMs }) => wallMs),
        cpuMs: measured.map(({ cpuMs }) => cpuMs),
        urlCharacters: Math.max(...measured.flatMap(({ twiml }) => urlsOf(twiml).map((url) => url.length)), 0),
        documents: count,
      };
    },
    /** Goes through a flow, whatever it asks, and looks at the URLs. */
    async urls(flow: string): Promise<Measured> {
      const callSid = newCallSid();
      const documents = [(await ask(voiceUrl(flow), callSid)).twiml];
      let url = actionOf(documents[0] ?? "");
      while (url !== undefined && documents.length < documentsMax) {
        const { twiml } = await ask(url, callSid, everyAnswer);
        documents.push(twiml);
        url = actionOf(twiml);
      }
      const lengths = documents.flatMap(urlsOf).map(({ length }) => length);
      return { wallMs: [], cpuMs: [], urlCharacters: Math.max(...lengths, 0), documents: documents.length };
    },
  };
}

function newCallSid(): string {
  calls += 1;
  return `CA${process.pid.toString(16).padStart(8, "0")}${calls.toString(16).padStart(24, "0")}`;
}

/** Every URL of a document, connection overrides included. */
function urlsOf(twiml: string): string[] {
  return [...twiml.matchAll(/https:\/\/[^"<\s]+/g)].map(([url]) => url.replaceAll("&amp;", "&"));
}

/** Where the document's question goes, without connection overrides. */
function actionOf(twiml: string): string | undefined {
  const [, attribute, redirect] = /action="([^"#]+)|<Redirect[^>]*>([^<#]+)/.exec(twiml) ?? [];
  return (attribute ?? redirect)?.replaceAll("&amp;", "&");
}

async function serve(options: LegOptions): Promise<void> {
  const leg = createLeg(options);
  process.on("message", (task: Task) => {
    const done = task.kind === "urls" ? leg.urls(task.flow) : leg.webhook(task.name, task.calls);
    done.then(
      (measured) => process.send?.({ measured }),
      (error: Error) => process.send?.({ error: error.message }),
    );
  });
  process.send?.({ ready: true });
}

if (process.send !== undefined) {
  process.on("disconnect", () => process.exit(0));
  process.once("message", (options: LegOptions) => void serve(options));
}
