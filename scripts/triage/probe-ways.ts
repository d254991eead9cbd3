import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import * as v from "valibot";
import type { Leg } from "../../core/checkpoint.ts";
import { limits } from "../../core/limits.ts";
import { probeParameter } from "../../core/probe.ts";
import { newChallenge, probeUrl } from "../number/probe.ts";
import { signedEvent } from "../stack/signed-event.ts";
import type { Answer, Asked, Deadlines } from "./probe-ask.ts";

/** From the caller inwards; the last is another cloud. */
export const wayNames = ["public name", "API endpoint", "direct invocation", "fallback leg"] as const;
export type WayName = (typeof wayNames)[number];

/** What came of one request. Only `answered` is a success. */
export interface Outcome {
  /** `answered`, a status, a failure of the connection, or what was wrong with the answer */
  readonly what: string;
  readonly good: boolean;
  /** a class of error, in its maker's word */
  readonly code?: string;
  /** this way may not be asked, or not like this: tells nothing of the path of calls */
  readonly unusable?: boolean;
  /** of an answer: the leg reached its table */
  readonly table?: boolean;
}

/** One way to ask a leg. */
export interface Way {
  readonly name: WayName;
  readonly deadlines: Deadlines;
  /** Each request has a challenge of its own. */
  readonly next: () => Promise<Asked>;
  readonly read: (answer: Answer) => Outcome;
}

const primaryDeadlines: Deadlines = {
  connectMs: limits.webhookConnectTimeoutMs,
  readMs: limits.webhookReadTimeoutMs,
  totalMs: limits.webhookTotalTimeoutMs,
};
const fallbackDeadlines: Deadlines = {
  connectMs: limits.fallbackConnectTimeoutMs,
  readMs: limits.fallbackReadTimeoutMs,
  totalMs: limits.awayTotalTimeoutMs,
};

/**
 * A leg asked over HTTP.
 *
 * @param baseUrl whom to ask
 * @param signedFor the leg's public base URL: a leg checks the signature over that one, whichever way a request came
 */
export function httpWay(
  name: WayName,
  { leg, baseUrl, signedFor, flow, authToken }: { leg: Leg; baseUrl: string; signedFor: string } & Signed,
): Way {
  const deadlines = leg === "primary" ? primaryDeadlines : fallbackDeadlines;
  const next = async () => {
    const { params, signature } = signed(probeUrl(leg, signedFor, flow), authToken);
    const headers = { "content-type": formType, "user-agent": "stayline-probe", "x-twilio-signature": signature };
    return { url: probeUrl(leg, baseUrl, flow), headers, body: new URLSearchParams(params).toString() };
  };
  const read = (answer: Answer) =>
    answer.kind === "failure" ? broken(answer) : answered(leg, answer.status, answer.body);
  return { name, deadlines, next, read };
}

/**
 * The function asked without the API in front of it, with the event that the API would make [D Lambda Invoke]. Signed by the AWS
 * SDK's own signer, with the credentials that the SDK finds.
 */
export function invokeWay({ functionName, region, endpoint, signedFor, flow, authToken }: Invoked): Way {
  const { config } = new DynamoDBClient({ region });
  const url = probeUrl("primary", signedFor, flow);
  const target = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, endpoint);
  const next = async () => {
    const { params, signature } = signed(url, authToken);
    const event = signedEvent(url, params, authToken);
    const body = JSON.stringify({ ...event, headers: { ...event.headers, "x-twilio-signature": signature } });
    const scheme = { name: "sigv4", signingName: "lambda", signingRegion: region, properties: {} };
    const signer = await config.signer(scheme);
    const { protocol, hostname, host, port, pathname: path } = target;
    const request = { method: "POST", protocol, hostname, path, query: {}, headers: { host }, body };
    const signing = signer.sign({ ...request, ...(port !== "" && { port: Number(port) }) });
    const { headers } = await inTime(signing);
    return { url: target.href, headers, body };
  };
  return { name: "direct invocation", deadlines: primaryDeadlines, next, read: readInvocation };
}

interface Signed {
  /** of the status callback URL by which is asked */
  readonly flow: string;
  readonly authToken: string;
}
interface Invoked extends Signed {
  /** name or ARN of the status callback's function */
  readonly functionName: string;
  readonly region: string;
  readonly endpoint: string;
  readonly signedFor: string;
}

/** Credentials may have to be fetched, from a file, a process, or a service that is not there. */
const credentialsMs = 5_000;

async function inTime<T>(signing: Promise<T>): Promise<T> {
  // whoever comes too late is heard by nobody
  signing.catch(() => {});
  const late = sleep(credentialsMs, undefined, { ref: false }).then(() => {
    throw Object.assign(new Error("no credentials in time"), { name: "CredentialsTimeout" });
  });
  return Promise.race([signing, late]);
}

const formType = "application/x-www-form-urlencoded; charset=UTF-8";

function signed(url: string, authToken: string) {
  const challenge = newChallenge();
  const params = { CallSid: `CAprobe${challenge.slice(0, 27)}`, [probeParameter]: challenge };
  return { params, signature: getExpectedTwilioSignature(authToken, url, params) };
}

const probeAnswer = v.object({ leg: v.picklist(["primary", "fallback"]), table: v.object({ reached: v.boolean() }) });
const invoked = v.object({ statusCode: v.number(), body: v.optional(v.string(), "") });
const errorType = /^[A-Za-z][A-Za-z.]{2,60}$/;

function broken({ failure, code }: Extract<Answer, { kind: "failure" }>): Outcome {
  return { what: failure, good: false, ...(code !== undefined && { code }) };
}

function answered(leg: Leg, status: number, body: string): Outcome {
  if (status !== 200) return { what: `status ${status}`, good: false };
  const told = v.safeParse(probeAnswer, fromJson(body));
  // an error page with status 200, an older build, or the other leg's host
  if (!told.success || told.output.leg !== leg) return { what: "not the leg's answer", good: false };
  return { what: "answered", good: true, table: told.output.table.reached };
}

/** What Lambda's API says of itself, and what it says of the function. [D Lambda Invoke] */
function readInvocation(answer: Answer): Outcome {
  if (answer.kind === "failure") return broken(answer);
  const { status, headers, body } = answer;
  const payload = fromJson(body);
  if (status === 200 && headers["x-amz-function-error"] !== undefined) {
    return { what: "the function failed", good: false, ...coded((payload as { errorType?: unknown })?.errorType) };
  }
  if (status !== 200) {
    // denied, no such function, wrong Region: nothing of that happens to a call
    const unusable = status >= 400 && status < 500 && status !== 429;
    const code = coded(String(headers["x-amzn-errortype"] ?? "").split(":")[0]);
    return { what: `Lambda ${status}`, good: false, ...code, ...(unusable && { unusable }) };
  }
  const result = v.safeParse(invoked, payload);
  if (!result.success) return { what: "not the leg's answer", good: false };
  return answered("primary", result.output.statusCode, result.output.body);
}

function coded(word: unknown): { readonly code?: string } {
  return typeof word === "string" && errorType.test(word) ? { code: word } : {};
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
